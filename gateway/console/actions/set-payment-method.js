// What the next renewal is charged to.

import { choice, form, open } from "../components/dialog-form.js";
import { h } from "../lib/dom.js";
import { ERRORS, METHOD, STATE } from "../lib/fragments.js";
import { t } from "../lib/i18n.js";
import { invalidate } from "../router.js";
import { toast } from "../components/toasts.js";
import { methodName, methodNote } from "../components/elements.js";

const OPERATION = `mutation SetSubscriptionPaymentMethod($input: SetSubscriptionPaymentMethodInput!) {
  setSubscriptionPaymentMethod(input: $input) { subscription { ...State } changed ${ERRORS} }
}
${STATE}${METHOD}`;

export function choosePayment(subscription, account, redraw) {
  const options = account.paymentMethods.map((method) => ({
    value: method.id,
    label: methodName(method),
    note: h("span", { class: "quiet" }, methodNote(method)),
  }));
  open(t("payment.dialog"), () =>
    form({
      operation: OPERATION,
      input: ({ paymentMethodId = "" }) => ({ subscriptionId: subscription.id, paymentMethodId }),
      submit: t("save"),
      fields: [
        h("p", { class: "quiet" }, t("payment.lead")),
        choice("paymentMethodId", t("method.title"), options, subscription.paymentMethod?.id),
        h("p", { class: "hint" }, h("a", { href: `/accounts/${account.id}/billing` }, t("method.add"))),
      ],
      done(payload, dialog) {
        Object.assign(subscription, payload.subscription);
        invalidate();
        redraw();
        dialog.close();
        toast(t("payment.done"));
      },
    }),
  );
}
