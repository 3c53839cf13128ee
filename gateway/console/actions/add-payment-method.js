// A new payment method: what the payment processor gave a token for. Its card number never comes here.

import { checkbox, field, mutationForm, openDialog, textInput } from "../components/dialog-form.js";
import { showToast } from "../components/toasts.js";
import { h } from "../lib/dom.js";
import { USER_ERRORS } from "../lib/fragments.js";
import { t } from "../lib/i18n.js";
import { reload } from "../router.js";

const OPERATION = `mutation AddPaymentMethod($input: AddPaymentMethodInput!) {
  addPaymentMethod(input: $input) { paymentMethod { id } ${USER_ERRORS} }
}`;

export function addPaymentMethod(accountId) {
  const demo = "demo" in document.documentElement.dataset;
  openDialog(t("method.new"),
    mutationForm({
      operation: OPERATION,
      input: ({ token, makeDefault }) => ({ accountId, token, makeDefault }),
      submit: t("method.submit"),
      fields: [
        h("p", { class: "quiet" }, t("method.lead")),
        field("token", t("method.token"), textInput({ class: "mono", autofocus: true }), demo && t("method.demo")),
        checkbox("makeDefault", t("method.makeDefault")),
      ],
      onSuccess(_, dialog) {
        dialog.close();
        showToast(t("method.added"));
        reload();
      },
    }),
  );
}
