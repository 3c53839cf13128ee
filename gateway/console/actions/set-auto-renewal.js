// Switches auto-renewal on or off, after saying what that means.

import { checkbox, mutationForm, openDialog, radioGroup } from "../components/dialog-form.js";
import { paymentMethodName } from "../components/elements.js";
import { showToast } from "../components/toasts.js";
import { h } from "../lib/dom.js";
import { PAYMENT_METHOD, SUBSCRIPTION_STATE, USER_ERRORS } from "../lib/fragments.js";
import { formatDate, t } from "../lib/i18n.js";
import { invalidate } from "../router.js";

const OPERATION = `mutation SetAutoRenewal($input: SetAutoRenewalInput!) {
  setAutoRenewal(input: $input) { subscription { ...SubscriptionState } changed ${USER_ERRORS} }
}
${SUBSCRIPTION_STATE}${PAYMENT_METHOD}`;

export function setAutoRenewal(subscription, account, redraw) {
  const enabled = subscription.autoRenewal !== "ON";
  openDialog(t(enabled ? "renewal.turnOn" : "renewal.turnOff"),
    mutationForm({
      operation: OPERATION,
      input: ({ paymentMethodId, confirmGraceLoss = false }) => ({
        subscriptionId: subscription.id,
        enabled,
        ...(enabled && paymentMethodId ? { paymentMethodId } : {}),
        ...(enabled ? {} : { confirmGraceLoss }),
      }),
      submit: t(enabled ? "renewal.turnOn" : "renewal.turnOff"),
      danger: !enabled && subscription.status === "GRACE_PERIOD",
      fields: enabled ? enableFields(subscription, account) : disableFields(subscription),
      onSuccess(payload, dialog) {
        Object.assign(subscription, payload.subscription);
        invalidate();
        redraw();
        dialog.close();
        showToast(t(enabled ? "renewal.isOn" : "renewal.isOff"));
      },
      onUserError: (error, form) => error.code === "GRACE_LOSS_UNCONFIRMED" && requireConfirmation(form),
    }),
  );
}

function disableFields({ status, expiresOn, product }) {
  if (status === "GRACE_PERIOD") {
    return [
      h("p", { class: "alarm" }, h("strong", {}, t("renewal.endsToday"))),
      consequences(t("renewal.graceLost", { date: formatDate(expiresOn) }), t("renewal.noCharge"), t("renewal.noWayBack")),
      checkbox("confirmGraceLoss", t("renewal.confirmGraceLoss")),
    ];
  }
  const until = expiresOn ? t("renewal.until", { date: formatDate(expiresOn) }) : t("renewal.undated");
  return consequences(until, t("renewal.noCharge"), t("renewal.noGrace", { count: product.graceDays }), t("renewal.wayBack"));
}

const consequences = (...messages) => h("ul", { class: "consequences" }, messages.map((message) => h("li", {}, h("span", {}, message))));

/** The grace period began while the dialog was open: its loss has to be confirmed now. */
function requireConfirmation(form) {
  if (!form.querySelector("[name=confirmGraceLoss]")) form.querySelector(".form-errors").before(checkbox("confirmGraceLoss", t("renewal.confirmGraceLoss")));
}

function enableFields({ expiresOn, paymentMethod, channel }, account) {
  const lead = h("p", {}, expiresOn ? t("renewal.willRenew", { date: formatDate(expiresOn) }) : t("renewal.willRenewUndated"));
  if (channel === "APP_STORE" || !account?.paymentMethods) return lead;
  const renewable = account.paymentMethods.filter(({ canRenew }) => canRenew);
  if (renewable.length === 0) return [lead, h("p", { class: "note" }, t("renewal.noMethod"), " ", h("a", { href: `/accounts/${account.id}/billing` }, t("method.add")))];
  const selected = renewable.find(({ id }) => id === paymentMethod?.id) ?? renewable.find(({ isDefault }) => isDefault) ?? renewable[0];
  return [lead, radioGroup("paymentMethodId", t("renewal.charge"), renewable.map((method) => ({ value: method.id, label: paymentMethodName(method), note: null })), selected.id)];
}
