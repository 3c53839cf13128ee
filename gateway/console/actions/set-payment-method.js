// What the next renewal is charged to.

import { mutationForm, openDialog, radioGroup } from "../components/dialog-form.js";
import { paymentMethodDetails, paymentMethodName } from "../components/elements.js";
import { showToast } from "../components/toasts.js";
import { h } from "../lib/dom.js";
import { PAYMENT_METHOD, SUBSCRIPTION_STATE, USER_ERRORS } from "../lib/fragments.js";
import { t } from "../lib/i18n.js";
import { invalidate } from "../router.js";

const OPERATION = `mutation SetSubscriptionPaymentMethod($input: SetSubscriptionPaymentMethodInput!) {
  setSubscriptionPaymentMethod(input: $input) { subscription { ...SubscriptionState } changed ${USER_ERRORS} }
}
${SUBSCRIPTION_STATE}${PAYMENT_METHOD}`;

export function setPaymentMethod(subscription, account, redraw) {
  const options = account.paymentMethods.map((method) => ({
    value: method.id,
    label: paymentMethodName(method),
    note: h("span", { class: "quiet" }, paymentMethodDetails(method)),
  }));
  openDialog(t("payment.dialog"),
    mutationForm({
      operation: OPERATION,
      input: ({ paymentMethodId = "" }) => ({ subscriptionId: subscription.id, paymentMethodId }),
      submit: t("save"),
      fields: [
        h("p", { class: "quiet" }, t("payment.lead")),
        radioGroup("paymentMethodId", t("method.title"), options, subscription.paymentMethod?.id),
        h("p", { class: "hint" }, h("a", { href: `/accounts/${account.id}/billing` }, t("method.add"))),
      ],
      onSuccess(payload, dialog) {
        Object.assign(subscription, payload.subscription);
        invalidate();
        redraw();
        dialog.close();
        showToast(t("payment.done"));
      },
    }),
  );
}
