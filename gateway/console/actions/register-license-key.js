// Registers a licence key in any account that one manages, from any view.

import { addCheckbox, openMutationDialog } from "../components/dialog-form.js";
import { field, radioGroup, textInput } from "../components/form-fields.js";
import { isAdmin } from "../components/shell.js";
import { showToast } from "../components/toasts.js";
import { getElement, h } from "../lib/dom.js";
import { enumLabel, t } from "../lib/i18n.js";
import { mutationText } from "../lib/mutation.js";
import { invalidate, navigate } from "../router.js";

/** @import { Account, UserError, Viewer } from "../lib/types.js" */

const OPERATION = mutationText("registerLicenseKey", "subscription { id displayName account { id } }");

/** @typedef {{ id: string, displayName: string, account: { id: string } }} RegisteredSubscription */

/**
 * @param {Viewer} viewer
 * @param {string} accountId
 */
export function registerLicenseKey(viewer, accountId) {
  const accounts = viewer.accounts.filter(isAdmin);
  const preselected = accounts.find(({ id }) => id === accountId) ?? accounts[0];
  openMutationDialog(t("register.title"), {
    operation: OPERATION,
    input: ({ accountId: selected = preselected.id, key, name, suspendTrial = false }) => ({
      accountId: selected,
      key,
      suspendTrial,
      ...(name && { name }),
    }),
    submit: t("register.submit"),
    fields: [
      h("p", { class: "quiet" }, t("register.lead")),
      field("key", t("register.key"), keyInput(), t("register.keyHint")),
      field("name", t("register.name"), textInput({ maxlength: "100" }), t("register.nameHint")),
      accounts.length > 1 &&
        radioGroup("accountId", t("register.account"), accounts.map(accountOption), preselected.id),
    ],
    onSuccess,
    onUserError,
  });
}

const keyInput = () =>
  textInput({
    class: "mono",
    placeholder: "XXXXX-XXXXX-XXXXX-XXXXX-XXXXX",
    autofocus: true,
    autocapitalize: "characters",
  });

/** @param {Account} account */
const accountOption = ({ id, name, kind }) => ({
  value: id,
  label: name,
  note: h("span", { class: "quiet" }, enumLabel("account", kind)),
});

/** @param {RegisteredSubscription} subscription */
const subscriptionPath = ({ id, account }) => `/accounts/${account.id}/subscriptions/${id}`;

/**
 * @param {{ subscription: RegisteredSubscription }} payload
 * @param {HTMLDialogElement} dialog
 */
function onSuccess({ subscription }, dialog) {
  dialog.close();
  invalidate();
  showToast(t("register.done", { name: subscription.displayName }));
  navigate(subscriptionPath(subscription));
}

/**
 * Two errors have a remedy: a link to the existing subscription, and a checkbox to end the trial.
 *
 * @param {UserError} error
 * @param {HTMLFormElement} form
 * @param {{ subscription: RegisteredSubscription | null }} payload
 */
function onUserError(error, form, { subscription }) {
  if (error.code === "KEY_ALREADY_REGISTERED" && subscription) {
    const text = t("register.openExisting", { name: subscription.displayName });
    getElement(form, ".user-error", HTMLElement).append(" ", h("a", { href: subscriptionPath(subscription) }, text));
  }
  if (error.code === "TRIAL_CONFLICT") addCheckbox(form, "suspendTrial", t("register.suspendTrial"));
}
