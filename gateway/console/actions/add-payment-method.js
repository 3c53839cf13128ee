// A new payment method, by the payment processor's token for it. A card number never comes here.

import { openMutationDialog } from "../components/dialog-form.js";
import { checkbox, field, textInput } from "../components/form-fields.js";
import { h } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { mutationText } from "../lib/mutation.js";
import { IS_DEMO } from "../lib/session.js";
import { closeAndReload } from "./on-success.js";

const OPERATION = mutationText("addPaymentMethod", "paymentMethod { id }");

/** @param {string} accountId */
export function addPaymentMethod(accountId) {
  openMutationDialog(t("method.new"), {
    operation: OPERATION,
    input: ({ token, makeDefault }) => ({ accountId, token, makeDefault }),
    submit: t("method.submit"),
    fields: [
      h("p", { class: "quiet" }, t("method.lead")),
      field("token", t("method.token"), textInput({ class: "mono", autofocus: true }), IS_DEMO && t("method.demo")),
      checkbox("makeDefault", t("method.makeDefault")),
    ],
    onSuccess: closeAndReload("method.added"),
  });
}
