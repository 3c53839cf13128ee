// Auto-renewal of a subscription: the switch, and what its state means.

import { chip } from "../components/elements.js";
import { lazy } from "../components/toasts.js";
import { h } from "../lib/dom.js";
import { formatDate, t } from "../lib/i18n.js";

/** @import { BillingAccount, Subscription } from "../lib/types.js" */

/**
 * The switch shows the state; the dialog it opens says what changing it means.
 *
 * @param {Subscription} subscription
 * @param {BillingAccount | null} account
 */
export function renewalSwitch(subscription, account) {
  const on = subscription.autoRenewal === "ON";
  const onToggle = lazy(
    () => import("../actions/set-auto-renewal.js"),
    ({ setAutoRenewal }) => setAutoRenewal(subscription, account),
  );
  const control = subscription.viewerCan.setAutoRenewal
    ? h(
        "button",
        {
          type: "button",
          role: "switch",
          id: "renewal",
          class: "switch",
          "aria-checked": String(on),
          "aria-labelledby": "renewal-name",
          "aria-describedby": "renewal-note",
          click: onToggle,
        },
        h("span", {}),
      )
    : chip("renewal", subscription.autoRenewal);
  return h(
    "div",
    { class: "renewal" },
    h(
      "div",
      {},
      h("p", { class: "renewal-name", id: "renewal-name" }, t("renewal.name")),
      h("p", { class: "quiet", id: "renewal-note" }, renewalNote(subscription)),
    ),
    control,
  );
}

/** @param {Subscription} subscription */
function renewalNote({ autoRenewal, renewsOn, expiresOn, status, channel, isTrial }) {
  if (autoRenewal === "NOT_AVAILABLE")
    return t(isTrial ? "renewal.trial" : channel === "APP_STORE" ? "renewal.appStore" : "renewal.unavailable");
  if (status === "GRACE_PERIOD" && expiresOn) return t("renewal.grace", { date: formatDate(expiresOn) });
  if (autoRenewal === "ON") return renewsOn ? t("renewal.on", { date: formatDate(renewsOn) }) : t("renewal.onUndated");
  if (status === "EXPIRED") return t("renewal.expired");
  return expiresOn ? t("renewal.off", { date: formatDate(expiresOn) }) : t("renewal.offUndated");
}
