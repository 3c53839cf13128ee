// One subscription: its state and renewal, keys and devices, products, orders, and what it is charged to.

import {
  button,
  chip,
  dateWithDistance,
  descriptionList,
  meter,
  paymentMethodDetails,
  paymentMethodName,
  paymentMethodStatus,
  repeat,
  section,
  skeleton,
  statusChips,
} from "../components/elements.js";
import { ORDER_SUMMARY, orderList } from "../components/order-list.js";
import { SHELL_VIEWER } from "../components/shell.js";
import { lazy } from "../components/toasts.js";
import { h, icon } from "../lib/dom.js";
import { PAYMENT_METHOD, SUBSCRIPTION_STATE } from "../lib/fragments.js";
import { enumLabel, formatDate, formatNumber, t } from "../lib/i18n.js";
import { licenseKeys } from "./license-keys.js";

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

const missing = (route) =>
  h(
    "div",
    { class: "empty" },
    h("h1", {}, t("subscription.missing")),
    h("p", {}, t("subscription.missingHint")),
    h("a", { class: "button secondary", href: `/accounts/${route.account}/subscriptions` }, t("subscription.all")),
  );

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

function seatNote({ reserved, available }) {
  const free = t("seats.free", { count: available });
  return reserved > 0 ? `${free} · ${t("seats.reserved", { count: reserved })}` : free;
}

/** The switch shows the state; the dialog it opens says what changing it means. */
function renewalSwitch(subscription, account) {
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

function renewalNote({ autoRenewal, renewsOn, expiresOn, status, channel, isTrial }) {
  if (autoRenewal === "NOT_AVAILABLE")
    return t(isTrial ? "renewal.trial" : channel === "APP_STORE" ? "renewal.appStore" : "renewal.unavailable");
  if (status === "GRACE_PERIOD") return t("renewal.grace", { date: formatDate(expiresOn) });
  if (autoRenewal === "ON") return renewsOn ? t("renewal.on", { date: formatDate(renewsOn) }) : t("renewal.onUndated");
  if (status === "EXPIRED") return t("renewal.expired");
  return expiresOn ? t("renewal.off", { date: formatDate(expiresOn) }) : t("renewal.offUndated");
}

function paymentSection(subscription, account) {
  // A MEMBER may not know: the account's methods are null then.
  if (!account?.paymentMethods) return null;
  const { paymentMethod: method, viewerCan } = subscription;
  const onChoose = lazy(
    () => import("../actions/set-payment-method.js"),
    ({ setPaymentMethod }) => setPaymentMethod(subscription, account),
  );
  const action =
    viewerCan.setPaymentMethod &&
    button(t(method ? "payment.change" : "payment.choose"), { class: "link", id: "payment", click: onChoose });
  const content = method
    ? h(
        "div",
        { class: "method" },
        icon("card"),
        h(
          "div",
          {},
          h("p", {}, paymentMethodName(method), " ", paymentMethodStatus(method)),
          h("p", { class: "quiet" }, paymentMethodDetails(method)),
        ),
      )
    : h("p", { class: "quiet" }, t(subscription.channel === "APP_STORE" ? "payment.appStore" : "payment.none"));
  return section(t("payment.title"), { action }, h("div", { class: "card" }, content));
}

function productSection({ product, licenseCount, items }) {
  const row = (name, quantity) =>
    h("li", {}, h("span", {}, name), h("span", { class: "quantity" }, `× ${formatNumber(quantity)}`));
  return section(
    t("products.title"),
    {},
    h(
      "ul",
      { class: "list card plain" },
      row(product.name, licenseCount),
      items.map((item) => row(item.product.name, item.quantity)),
    ),
  );
}

function orderSection({ orders: page }) {
  if (page === null) return null;
  const content =
    page.nodes.length > 0
      ? orderList(page.nodes)
      : h("div", { class: "card" }, h("p", { class: "quiet" }, t("orders.none")));
  return section(
    t("orders.title"),
    { aside: page.totalCount > page.nodes.length && formatNumber(page.totalCount) },
    content,
  );
}
