// A new payment method: what the payment processor gave a token for. Its card number never comes here.

import { field, form, open, text, tick } from "../components/dialog-form.js";
import { h } from "../lib/dom.js";
import { ERRORS } from "../lib/fragments.js";
import { t } from "../lib/i18n.js";
import { reload } from "../router.js";
import { toast } from "../components/toasts.js";

const OPERATION = `mutation AddPaymentMethod($input: AddPaymentMethodInput!) {
  addPaymentMethod(input: $input) { paymentMethod { id } ${ERRORS} }
}`;

export function addMethod(accountId) {
  const demo = "demo" in document.documentElement.dataset;
  open(t("method.new"), () =>
    form({
      operation: OPERATION,
      input: ({ token, makeDefault }) => ({ accountId, token, makeDefault }),
      submit: t("method.submit"),
      fields: [
        h("p", { class: "quiet" }, t("method.lead")),
        field("token", t("method.token"), text({ class: "mono", autofocus: true }), demo && t("method.demo")),
        tick("makeDefault", t("method.makeDefault")),
      ],
      done(_, dialog) {
        dialog.close();
        toast(t("method.added"));
        reload();
      },
    }),
  );
}
