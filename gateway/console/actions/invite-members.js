// Invites people to a company by their addresses; each address has a result of its own.

import { openMutationDialog } from "../components/dialog-form.js";
import { field, radioGroup } from "../components/form-fields.js";
import { showToast } from "../components/toasts.js";
import { getElement, h } from "../lib/dom.js";
import { USER_ERRORS } from "../lib/fragments.js";
import { enumLabel, t } from "../lib/i18n.js";
import { mutationText } from "../lib/mutation.js";
import { invalidate, reload } from "../router.js";

/** @import { UserError } from "../lib/types.js" */

const OPERATION = mutationText("inviteMembers", `results { email membership { id } ${USER_ERRORS} }`);

/** @typedef {{ email: string, userErrors: UserError[] }} InvitationResult */

/** @param {string} text */
const parseAddresses = (text) => text.split(/[\s,;]+/).filter(Boolean);

/** @param {string} accountId */
export function inviteMembers(accountId) {
  const emails = h("textarea", { rows: "3", autofocus: true, autocapitalize: "off", spellcheck: "false" });
  openMutationDialog(t("invite.title"), {
    operation: OPERATION,
    input: (values) => ({ accountId, emails: parseAddresses(values.emails), role: values.role }),
    submit: t("invite.submit"),
    fields: [
      field("emails", t("invite.emails"), emails, t("invite.hint")),
      radioGroup("role", t("invite.role"), ["MEMBER", "ADMIN"].map(roleOption), "MEMBER"),
    ],
    onSuccess,
  });
}

/** @param {string} role */
const roleOption = (role) => ({
  value: role,
  label: enumLabel("role", role),
  note: h("span", { class: "quiet" }, t(`invite.${role}`)),
});

/**
 * @param {{ results: InvitationResult[] }} payload
 * @param {HTMLDialogElement} dialog
 */
function onSuccess({ results }, dialog) {
  invalidate();
  const rejected = results.filter(({ userErrors }) => userErrors.length > 0);
  const count = results.length - rejected.length;
  if (count > 0) showToast(t("invite.done", { count }));
  if (rejected.length > 0) {
    showRejected(rejected, dialog);
    return;
  }
  dialog.close();
  reload();
}

/**
 * Addresses that were rejected stay in the field, each with its error beneath.
 *
 * @param {InvitationResult[]} rejected
 * @param {HTMLDialogElement} dialog
 */
function showRejected(rejected, dialog) {
  dialog.addEventListener("close", () => reload());
  const textarea = getElement(dialog, "textarea", HTMLTextAreaElement);
  textarea.value = rejected.map(({ email }) => email).join("\n");
  const messages = rejected.map(({ email, userErrors }) =>
    h("p", { class: "user-error" }, `${email}: `, h("span", { lang: "en" }, userErrors[0].message)),
  );
  getElement(dialog, ".form-errors", HTMLElement).replaceChildren(...messages);
  textarea.focus();
}
