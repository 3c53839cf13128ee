// Register a key: from everywhere, into any account that one manages.

import { checkbox, field, mutationForm, openDialog, radioGroup, textInput } from "../components/dialog-form.js";
import { isAdmin } from "../components/shell.js";
import { showToast } from "../components/toasts.js";
import { h } from "../lib/dom.js";
import { USER_ERRORS } from "../lib/fragments.js";
import { enumLabel, t } from "../lib/i18n.js";
import { invalidate, navigate } from "../router.js";

const OPERATION = `mutation RegisterLicenseKey($input: RegisterLicenseKeyInput!) {
  registerLicenseKey(input: $input) {
    subscription { id displayName account { id } }
    ${USER_ERRORS}
  }
}`;

export function registerLicenseKey(viewer, accountId) {
  const accounts = viewer.accounts.filter(isAdmin);
  const preselected = accounts.find(({ id }) => id === accountId) ?? accounts[0];
  openDialog(t("register.title"),
    mutationForm({
      operation: OPERATION,
      input: ({ accountId: selected, key, name, suspendTrial = false }) => ({ accountId: selected ?? preselected.id, key, suspendTrial, ...(name && { name }) }),
      submit: t("register.submit"),
      fields: [
        h("p", { class: "quiet" }, t("register.lead")),
        field("key", t("register.key"), textInput({ class: "mono", placeholder: "XXXXX-XXXXX-XXXXX-XXXXX-XXXXX", autofocus: true, autocapitalize: "characters" }), t("register.keyHint")),
        field("name", t("register.name"), textInput({ maxlength: "100" }), t("register.nameHint")),
        accounts.length > 1 && radioGroup("accountId", t("register.account"), accounts.map(option), preselected.id),
      ],
      onSuccess({ subscription }, dialog) {
        dialog.close();
        invalidate();
        showToast(t("register.done", { name: subscription.displayName }));
        navigate(subscriptionPath(subscription));
      },
      onUserError,
    }),
  );
}

const option = ({ id, name, kind }) => ({ value: id, label: name, note: h("span", { class: "quiet" }, enumLabel("account", kind)) });

const subscriptionPath = ({ id, account }) => `/accounts/${account.id}/subscriptions/${id}`;

/** Two errors have a remedy: a link to the existing subscription, and a checkbox to end the trial. */
function onUserError(error, form, { subscription }) {
  const message = form.querySelector(".user-error");
  if (error.code === "KEY_ALREADY_REGISTERED" && subscription) {
    message.append(" ", h("a", { href: subscriptionPath(subscription) }, t("register.openExisting", { name: subscription.displayName })));
  }
  if (error.code === "TRIAL_CONFLICT" && !form.querySelector("[name=suspendTrial]")) {
    form.querySelector(".form-errors").before(checkbox("suspendTrial", t("register.suspendTrial")));
  }
}
