// What the next renewal is charged to.

import { openMutationDialog } from "../components/dialog-form.js";
import { radioGroup } from "../components/form-fields.js";
import { paymentMethodDetails, paymentMethodName } from "../components/payment-method.js";
import { h } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { subscriptionMutation } from "../lib/mutation.js";
import { updateSubscription } from "./on-success.js";

/** @import { BillingAccount, Subscription } from "../lib/types.js" */

const OPERATION = subscriptionMutation("setSubscriptionPaymentMethod");

/**
 * @param {Subscription} subscription
 * @param {BillingAccount} account
 */
export function setPaymentMethod(subscription, account) {
  const options = (account.paymentMethods ?? []).map((method) => ({
    value: method.id,
    label: paymentMethodName(method),
    note: h("span", { class: "quiet" }, paymentMethodDetails(method)),
  }));
  openMutationDialog(t("payment.dialog"), {
    operation: OPERATION,
    input: ({ paymentMethodId = "" }) => ({ subscriptionId: subscription.id, paymentMethodId }),
    submit: t("save"),
    fields: [
      h("p", { class: "quiet" }, t("payment.lead")),
      radioGroup("paymentMethodId", t("method.title"), options, subscription.paymentMethod?.id),
      h("p", { class: "hint" }, h("a", { href: `/accounts/${account.id}/billing` }, t("method.add"))),
    ],
    onSuccess: updateSubscription(subscription, "payment.done"),
  });
}
