// Switches auto-renewal on or off, after saying what that means.

import { addCheckbox, openMutationDialog } from "../components/dialog-form.js";
import { checkbox, radioGroup } from "../components/form-fields.js";
import { paymentMethodName } from "../components/payment-method.js";
import { h } from "../lib/dom.js";
import { formatDate, t } from "../lib/i18n.js";
import { subscriptionMutation } from "../lib/mutation.js";
import { updateSubscription } from "./on-success.js";

/** @import { BillingAccount, Subscription, UserError } from "../lib/types.js" */

const OPERATION = subscriptionMutation("setAutoRenewal");

/**
 * @param {Subscription} subscription
 * @param {BillingAccount | null} account
 */
export function setAutoRenewal(subscription, account) {
  const enabled = subscription.autoRenewal !== "ON";
  const title = t(enabled ? "renewal.turnOn" : "renewal.turnOff");
  openMutationDialog(title, {
    operation: OPERATION,
    input: ({ paymentMethodId, confirmGraceLoss = false }) => ({
      subscriptionId: subscription.id,
      enabled,
      ...(enabled && paymentMethodId ? { paymentMethodId } : {}),
      ...(enabled ? {} : { confirmGraceLoss }),
    }),
    submit: title,
    danger: !enabled && subscription.status === "GRACE_PERIOD",
    fields: enabled ? enableFields(subscription, account) : disableFields(subscription),
    onSuccess: updateSubscription(subscription, enabled ? "renewal.isOn" : "renewal.isOff"),
    onUserError,
  });
}

/**
 * The grace period began while the dialog was open: its loss has to be confirmed now.
 *
 * @param {UserError} error
 * @param {HTMLFormElement} form
 */
function onUserError(error, form) {
  if (error.code === "GRACE_LOSS_UNCONFIRMED") addCheckbox(form, "confirmGraceLoss", t("renewal.confirmGraceLoss"));
}

/** @param {Subscription} subscription */
function disableFields({ status, expiresOn, product }) {
  if (status === "GRACE_PERIOD" && expiresOn) {
    return [
      h("p", { class: "alarm" }, h("strong", {}, t("renewal.endsToday"))),
      consequences(
        t("renewal.graceLost", { date: formatDate(expiresOn) }),
        t("renewal.noCharge"),
        t("renewal.noWayBack"),
      ),
      checkbox("confirmGraceLoss", t("renewal.confirmGraceLoss")),
    ];
  }
  const until = expiresOn ? t("renewal.until", { date: formatDate(expiresOn) }) : t("renewal.undated");
  const noGrace = t("renewal.noGrace", { count: product.graceDays });
  return consequences(until, t("renewal.noCharge"), noGrace, t("renewal.wayBack"));
}

/** @param {...string} messages */
function consequences(...messages) {
  const items = messages.map((message) => h("li", {}, h("span", {}, message)));
  return h("ul", { class: "consequences" }, items);
}

/**
 * @param {Subscription} subscription
 * @param {BillingAccount | null} account
 */
function enableFields({ expiresOn, paymentMethod, channel }, account) {
  const renews = expiresOn ? t("renewal.willRenew", { date: formatDate(expiresOn) }) : t("renewal.willRenewUndated");
  const lead = h("p", {}, renews);
  if (channel === "APP_STORE" || !account?.paymentMethods) return lead;
  const renewable = account.paymentMethods.filter(({ canRenew }) => canRenew);
  if (renewable.length === 0) return [lead, noMethodNote(account)];
  const selected =
    renewable.find(({ id }) => id === paymentMethod?.id) ??
    renewable.find(({ isDefault }) => isDefault) ??
    renewable[0];
  const options = renewable.map((method) => ({ value: method.id, label: paymentMethodName(method), note: null }));
  return [lead, radioGroup("paymentMethodId", t("renewal.charge"), options, selected.id)];
}

/** @param {BillingAccount} account */
function noMethodNote(account) {
  const link = h("a", { href: `/accounts/${account.id}/billing` }, t("method.add"));
  return h("p", { class: "note" }, t("renewal.noMethod"), " ", link);
}
