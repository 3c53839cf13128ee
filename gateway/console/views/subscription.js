// One subscription: its state and renewal, keys and devices, products, orders, and what it is charged to.

import {
  dateWithDistance,
  descriptionList,
  meter,
  repeat,
  section,
  skeleton,
  statusChips,
} from "../components/elements.js";
import { ORDER_SUMMARY } from "../components/order-list.js";
import { SHELL_VIEWER } from "../components/shell.js";
import { lazy } from "../components/toasts.js";
import { h, icon } from "../lib/dom.js";
import { PAYMENT_METHOD, SUBSCRIPTION_STATE } from "../lib/fragments.js";
import { enumLabel, formatNumber, t } from "../lib/i18n.js";
import { licenseKeys } from "./license-keys.js";
import { renewalSwitch } from "./renewal-switch.js";
import { orderSection, paymentSection, productSection } from "./subscription-sections.js";

/** @import { BillingAccount, Route, Seats, Subscription, View } from "../lib/types.js" */

const OPERATION = `query Subscription($subscription: ID!, $account: ID!) {
  viewer { ...ShellViewer }
  subscription(id: $subscription) {
    id number ...SubscriptionState
    product { name edition graceDays }
    startTrigger termMonths channel
    items { product { name } quantity }
    account { id name viewerRole }
    licenseKeys(first: 50) { totalCount nodes { ...LicenseKeyCard } }
    orders(first: 10) { totalCount nodes { ...OrderSummary } }
  }
  account(id: $account) { id paymentMethods { ...PaymentMethodSummary } }
}
fragment LicenseKeyCard on LicenseKey {
  id name maskedKey kind status allocation quota used available expiresOn registeredAt
  admins { user { name } email }
  activations(first: 5) { totalCount pageInfo { hasNextPage endCursor } nodes { ...DeviceRow } }
}
fragment DeviceRow on Activation { id deviceName deviceId status activatedAt lastSeenAt }
${SUBSCRIPTION_STATE}${PAYMENT_METHOD}${ORDER_SUMMARY}${SHELL_VIEWER}`;

/** @type {View<{ subscription: Subscription | null, account: BillingAccount | null }>} */
export default {
  name: "subscription",
  tab: "subscriptions",
  operation: OPERATION,
  variables: ({ subscription, account }) => ({ subscription, account }),
  title: ({ subscription }) => subscription?.displayName ?? t("subscription.missing"),
  skeleton: () => skeleton("title", "facts", ...repeat(4), "facts"),
  render({ subscription, account }, route) {
    if (subscription === null) return missing(route);
    return [
      pageHead(subscription, route),
      h(
        "div",
        { class: "columns" },
        h("div", { class: "column" }, overview(subscription, account), licenseKeys(subscription)),
        h(
          "div",
          { class: "column side" },
          paymentSection(subscription, account),
          productSection(subscription),
          orderSection(subscription),
        ),
      ),
    ];
  },
};

/** @param {Route} route */
const missing = (route) =>
  h(
    "div",
    { class: "empty" },
    h("h1", {}, t("subscription.missing")),
    h("p", {}, t("subscription.missingHint")),
    h("a", { class: "button secondary", href: `/accounts/${route.account}/subscriptions` }, t("subscription.all")),
  );

/**
 * @param {Subscription} subscription
 * @param {Route} route
 */
function pageHead(subscription, route) {
  const rename = lazy(
    () => import("../actions/rename-subscription.js"),
    ({ renameSubscription }) => renameSubscription(subscription),
  );
  return h(
    "div",
    { class: "page-head" },
    h("a", { class: "back", href: `/accounts/${route.account}/subscriptions` }, icon("back"), t("subscription.all")),
    h(
      "div",
      { class: "title-row" },
      h("h1", {}, subscription.displayName),
      subscription.viewerCan.rename &&
        h(
          "button",
          {
            type: "button",
            id: "rename",
            class: "icon-button",
            "aria-label": t("rename.open"),
            title: t("rename.open"),
            click: rename,
          },
          icon("edit"),
        ),
    ),
    h(
      "p",
      { class: "subtitle" },
      h("span", {}, `${subscription.product.name} · ${subscription.number}`),
      statusChips(subscription),
    ),
  );
}

/**
 * @param {Subscription} subscription
 * @param {BillingAccount | null} account
 */
function overview(subscription, account) {
  const { seats, activatedOn, expiresOn, renewsOn, status } = subscription;
  return section(
    t("subscription.overview"),
    {},
    h(
      "div",
      { class: "card" },
      renewalSwitch(subscription, account),
      descriptionList(
        [
          t("fact.activated"),
          activatedOn ? dateWithDistance(activatedOn, { distance: false }) : t(`trigger.${subscription.startTrigger}`),
        ],
        [
          t(renewsOn ? (status === "GRACE_PERIOD" ? "fact.due" : "fact.renews") : "fact.expires"),
          expiresOn ? dateWithDistance(expiresOn) : t(activatedOn ? "date.perpetual" : "date.notStarted"),
        ],
        [
          t("fact.term"),
          subscription.termMonths > 0 ? t("fact.months", { count: subscription.termMonths }) : t("fact.once"),
        ],
        [t("fact.channel"), enumLabel("channel", subscription.channel)],
      ),
      h(
        "div",
        { class: "seat-line" },
        h(
          "p",
          { class: "seat-words" },
          h("strong", {}, t("seats.inUse", { count: seats.used, total: formatNumber(seats.total) })),
          h("span", { class: "quiet" }, seatNote(seats)),
        ),
        meter(seats.used, seats.total),
      ),
    ),
  );
}

/** @param {Seats} seats */
function seatNote({ reserved, available }) {
  const free = t("seats.free", { count: available });
  return reserved > 0 ? `${free} · ${t("seats.reserved", { count: reserved })}` : free;
}
