// Auto-renewal on and off: what it means is said before it is done.

import { choice, form, open, tick } from "../components/dialog-form.js";
import { h } from "../lib/dom.js";
import { ERRORS, METHOD, STATE } from "../lib/fragments.js";
import { day, t } from "../lib/i18n.js";
import { invalidate } from "../router.js";
import { toast } from "../components/toasts.js";
import { methodName } from "../components/elements.js";

const OPERATION = `mutation SetAutoRenewal($input: SetAutoRenewalInput!) {
  setAutoRenewal(input: $input) { subscription { ...State } changed ${ERRORS} }
}
${STATE}${METHOD}`;

export function turnRenewal(subscription, account, redraw) {
  const enabled = subscription.autoRenewal !== "ON";
  open(t(enabled ? "renewal.turnOn" : "renewal.turnOff"), () =>
    form({
      operation: OPERATION,
      input: ({ paymentMethodId, confirmGraceLoss = false }) => ({
        subscriptionId: subscription.id,
        enabled,
        ...(enabled && paymentMethodId ? { paymentMethodId } : {}),
        ...(enabled ? {} : { confirmGraceLoss }),
      }),
      submit: t(enabled ? "renewal.turnOn" : "renewal.turnOff"),
      danger: !enabled && subscription.status === "GRACE_PERIOD",
      fields: enabled ? turningOn(subscription, account) : turningOff(subscription),
      done(payload, dialog) {
        Object.assign(subscription, payload.subscription);
        invalidate();
        redraw();
        dialog.close();
        toast(t(enabled ? "renewal.isOn" : "renewal.isOff"));
      },
      refused: (error, made) => error.code === "GRACE_LOSS_UNCONFIRMED" && confirmation(made),
    }),
  );
}

function turningOff({ status, expiresOn, product }) {
  if (status === "GRACE_PERIOD") {
    return [
      h("p", { class: "alarm" }, h("strong", {}, t("renewal.endsToday"))),
      consequences(t("renewal.graceLost", { date: day(expiresOn) }), t("renewal.noCharge"), t("renewal.noWayBack")),
      tick("confirmGraceLoss", t("renewal.confirmGraceLoss")),
    ];
  }
  const until = expiresOn ? t("renewal.until", { date: day(expiresOn) }) : t("renewal.undated");
  return consequences(until, t("renewal.noCharge"), t("renewal.noGrace", { count: product.graceDays }), t("renewal.wayBack"));
}

const consequences = (...sentences) => h("ul", { class: "consequences" }, sentences.map((sentence) => h("li", {}, h("span", {}, sentence))));

/** The grace period began while the dialog was open: it is confirmed now, knowingly. */
function confirmation(made) {
  if (!made.querySelector("[name=confirmGraceLoss]")) made.querySelector(".problems").before(tick("confirmGraceLoss", t("renewal.confirmGraceLoss")));
}

function turningOn({ expiresOn, paymentMethod, channel }, account) {
  const lead = h("p", {}, expiresOn ? t("renewal.willRenew", { date: day(expiresOn) }) : t("renewal.willRenewUndated"));
  if (channel === "APP_STORE" || !account?.paymentMethods) return lead;
  const able = account.paymentMethods.filter(({ canRenew }) => canRenew);
  if (able.length === 0) return [lead, h("p", { class: "note" }, t("renewal.noMethod"), " ", h("a", { href: `/accounts/${account.id}/billing` }, t("method.add")))];
  const chosen = able.find(({ id }) => id === paymentMethod?.id) ?? able.find(({ isDefault }) => isDefault) ?? able[0];
  return [lead, choice("paymentMethodId", t("renewal.charge"), able.map((method) => ({ value: method.id, label: methodName(method), note: null })), chosen.id)];
}
