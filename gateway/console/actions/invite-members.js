// People asked to join a company, by their addresses: each is told on its own.

import { field, mutationForm, openDialog, radioGroup } from "../components/dialog-form.js";
import { showToast } from "../components/toasts.js";
import { h } from "../lib/dom.js";
import { USER_ERRORS } from "../lib/fragments.js";
import { enumLabel, t } from "../lib/i18n.js";
import { invalidate, reload } from "../router.js";

const OPERATION = `mutation InviteMembers($input: InviteMembersInput!) {
  inviteMembers(input: $input) { results { email membership { id } ${USER_ERRORS} } ${USER_ERRORS} }
}`;

const parseAddresses = (text) => text.split(/[\s,;]+/).filter(Boolean);

export function inviteMembers(accountId) {
  const roleOption = (value) => ({ value, label: enumLabel("role", value), note: h("span", { class: "quiet" }, t(`invite.${value}`)) });
  openDialog(t("invite.title"),
    mutationForm({
      operation: OPERATION,
      input: ({ emails, role }) => ({ accountId, emails: parseAddresses(emails), role }),
      submit: t("invite.submit"),
      fields: [
        field("emails", t("invite.emails"), h("textarea", { rows: "3", autofocus: true, autocapitalize: "off", spellcheck: "false" }), t("invite.hint")),
        radioGroup("role", t("invite.role"), [roleOption("MEMBER"), roleOption("ADMIN")], "MEMBER"),
      ],
      onSuccess,
    }),
  );
}

/** Addresses that were rejected stay in the field, each with its error beneath. */
function onSuccess({ results }, dialog) {
  invalidate();
  const rejected = results.filter(({ userErrors }) => userErrors.length > 0);
  if (rejected.length < results.length) showToast(t("invite.done", { count: results.length - rejected.length }));
  if (rejected.length === 0) {
    dialog.close();
    reload();
    return;
  }
  dialog.addEventListener("close", () => reload());
  const textarea = dialog.querySelector("textarea");
  textarea.value = rejected.map(({ email }) => email).join("\n");
  const messages = rejected.map(({ email, userErrors }) => h("p", { class: "user-error" }, `${email}: `, h("span", { lang: "en" }, userErrors[0].message)));
  dialog.querySelector(".form-errors").replaceChildren(...messages);
  textarea.focus();
}
