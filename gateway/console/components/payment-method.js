// A payment method in words.

import { h } from "../lib/dom.js";
import { serverToday } from "../lib/graphql-client.js";
import { enumLabel, formatDate, t } from "../lib/i18n.js";

/** @import { PaymentMethod } from "../lib/types.js" */

/**
 * Words for a payment method: "Visa •••• 4242", whose digits do not leave their dots.
 *
 * @param {PaymentMethod} method
 */
export function paymentMethodName(method) {
  const kind = enumLabel("method", method.kind);
  if (method.last4) return `${method.brand ?? kind} ••••\u00a0${method.last4}`;
  return method.brand ?? kind;
}

/** @param {PaymentMethod} method */
export function paymentMethodDetails({ holderName, expiresOn, canRenew }) {
  const parts = [
    holderName,
    expiresOn && t("method.until", { date: formatDate(expiresOn) }),
    !canRenew && t("method.noRenewal"),
  ];
  return parts.filter(Boolean).join(" · ");
}

/**
 * A word for the state of a method that can no longer be charged.
 *
 * @param {PaymentMethod} method
 */
export function paymentMethodStatus(method) {
  if (method.expiresOn && method.expiresOn < serverToday())
    return h("span", { class: "chip bad" }, t("method.expired"));
  return method.isDefault && h("span", { class: "chip plain" }, t("method.default"));
}
