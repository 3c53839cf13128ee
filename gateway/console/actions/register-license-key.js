// Register a key: from everywhere, into any account that one manages.

import { choice, field, form, open, text, tick } from "../components/dialog-form.js";
import { h } from "../lib/dom.js";
import { ERRORS } from "../lib/fragments.js";
import { t, term } from "../lib/i18n.js";
import { invalidate, navigate } from "../router.js";
import { toast } from "../components/toasts.js";
import { isAdmin } from "../components/shell.js";

const OPERATION = `mutation RegisterLicenseKey($input: RegisterLicenseKeyInput!) {
  registerLicenseKey(input: $input) {
    subscription { id displayName account { id } }
    ${ERRORS}
  }
}`;

export function register(viewer, accountId) {
  const accounts = viewer.accounts.filter(isAdmin);
  const here = accounts.find(({ id }) => id === accountId) ?? accounts[0];
  open(t("register.title"), () =>
    form({
      operation: OPERATION,
      input: ({ accountId: into, key, name, suspendTrial = false }) => ({ accountId: into ?? here.id, key, suspendTrial, ...(name && { name }) }),
      submit: t("register.submit"),
      fields: [
        h("p", { class: "quiet" }, t("register.lead")),
        field("key", t("register.key"), text({ class: "mono", placeholder: "XXXXX-XXXXX-XXXXX-XXXXX-XXXXX", autofocus: true, autocapitalize: "characters" }), t("register.keyHint")),
        field("name", t("register.name"), text({ maxlength: "100" }), t("register.nameHint")),
        accounts.length > 1 && choice("accountId", t("register.account"), accounts.map(option), here.id),
      ],
      done({ subscription }, dialog) {
        dialog.close();
        invalidate();
        toast(t("register.done", { name: subscription.displayName }));
        navigate(addressOf(subscription));
      },
      refused,
    }),
  );
}

const option = ({ id, name, kind }) => ({ value: id, label: name, note: h("span", { class: "quiet" }, term("account", kind)) });

const addressOf = ({ id, account }) => `/accounts/${account.id}/subscriptions/${id}`;

/** Two refusals have a way on: to what is there already, and to giving up the trial. */
function refused(error, made, { subscription }) {
  const refusal = made.querySelector(".refusal");
  if (error.code === "KEY_ALREADY_REGISTERED" && subscription) {
    refusal.append(" ", h("a", { href: addressOf(subscription) }, t("register.openExisting", { name: subscription.displayName })));
  }
  if (error.code === "TRIAL_CONFLICT" && !made.querySelector("[name=suspendTrial]")) {
    made.querySelector(".problems").before(tick("suspendTrial", t("register.suspendTrial")));
  }
}
