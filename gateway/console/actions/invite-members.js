// People asked to join a company, by their addresses: each is told on its own.

import { choice, field, form, open } from "../components/dialog-form.js";
import { h } from "../lib/dom.js";
import { ERRORS } from "../lib/fragments.js";
import { t, term } from "../lib/i18n.js";
import { invalidate, reload } from "../router.js";
import { toast } from "../components/toasts.js";

const INVITE = `mutation InviteMembers($input: InviteMembersInput!) {
  inviteMembers(input: $input) { results { email membership { id } ${ERRORS} } ${ERRORS} }
}`;

const addresses = (typed) => typed.split(/[\s,;]+/).filter(Boolean);

export function inviteMembers(accountId) {
  const role = (value) => ({ value, label: term("role", value), note: h("span", { class: "quiet" }, t(`invite.${value}`)) });
  open(t("invite.title"), () =>
    form({
      operation: INVITE,
      input: ({ emails, role: as }) => ({ accountId, emails: addresses(emails), role: as }),
      submit: t("invite.submit"),
      fields: [
        field("emails", t("invite.emails"), h("textarea", { rows: "3", autofocus: true, autocapitalize: "off", spellcheck: "false" }), t("invite.hint")),
        choice("role", t("invite.role"), [role("MEMBER"), role("ADMIN")], "MEMBER"),
      ],
      done,
    }),
  );
}

/** The good ones are invited; the others stay in the field, each with what stands against it. */
function done({ results }, dialog) {
  invalidate();
  const refused = results.filter(({ userErrors }) => userErrors.length > 0);
  if (refused.length < results.length) toast(t("invite.done", { count: results.length - refused.length }));
  if (refused.length === 0) {
    dialog.close();
    reload();
    return;
  }
  dialog.addEventListener("close", () => reload());
  const control = dialog.querySelector("textarea");
  control.value = refused.map(({ email }) => email).join("\n");
  const sentences = refused.map(({ email, userErrors }) => h("p", { class: "refusal" }, `${email}: `, h("span", { lang: "en" }, userErrors[0].message)));
  dialog.querySelector(".problems").replaceChildren(...sentences);
  control.focus();
}
