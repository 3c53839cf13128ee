// One subscription: its state and renewal, keys and devices, products, orders, and what it is charged to.

import { h, icon } from "../lib/dom.js";
import { day, number, t, term } from "../lib/i18n.js";
import { keys } from "./license-keys.js";
import { redraw } from "../router.js";
import { lazy } from "../components/toasts.js";
import { button, chip, facts, meter, methodName, methodNote, methodState, rows, section, skeleton, statusChips, when } from "../components/elements.js";
import { SHELL } from "../components/shell.js";
import { ORDER, orderList } from "../components/order-list.js";
import { METHOD, STATE } from "../lib/fragments.js";

const OPERATION = `query Subscription($subscription: ID!, $account: ID!) {
  viewer { ...Shell }
  subscription(id: $subscription) {
    id number ...State
    product { name edition graceDays }
    startTrigger termMonths channel
    items { product { name } quantity }
    account { id name viewerRole }
    licenseKeys(first: 50) { totalCount nodes { ...Key } }
    orders(first: 10) { totalCount nodes { ...Order } }
  }
  account(id: $account) { id paymentMethods { ...Method } }
}
fragment Key on LicenseKey {
  id name maskedKey kind status allocation quota used available expiresOn registeredAt
  admins { user { name } email }
  activations(first: 5) { totalCount pageInfo { hasNextPage endCursor } nodes { ...Device } }
}
fragment Device on Activation { id deviceName deviceId status activatedAt lastSeenAt }
${STATE}${METHOD}${ORDER}${SHELL}`;

export default {
  name: "subscription",
  tab: "subscriptions",
  operation: OPERATION,
  variables: ({ subscription, account }) => ({ subscription, account }),
  title: ({ subscription }) => subscription?.displayName ?? t("subscription.missing"),
  skeleton: () => skeleton("title", "facts", ...rows(4), "facts"),
  render({ subscription, account }, place) {
    if (subscription === null) return missing(place);
    return [
      head(subscription, place),
      h(
        "div",
        { class: "columns" },
        h("div", { class: "column" }, overview(subscription, account), keys(subscription)),
        h("div", { class: "column side" }, payment(subscription, account), products(subscription), orders(subscription)),
      ),
    ];
  },
};

const missing = (place) =>
  h(
    "div",
    { class: "empty" },
    h("h1", {}, t("subscription.missing")),
    h("p", {}, t("subscription.missingHint")),
    h("a", { class: "button secondary", href: `/accounts/${place.account}/subscriptions` }, t("subscription.all")),
  );

function head(subscription, place) {
  const rename = lazy(() => import("../actions/rename-subscription.js"), ({ renameSubscription }) => renameSubscription(subscription, redraw));
  return h(
    "div",
    { class: "page-head" },
    h("a", { class: "back", href: `/accounts/${place.account}/subscriptions` }, icon("back"), t("subscription.all")),
    h(
      "div",
      { class: "title-row" },
      h("h1", {}, subscription.displayName),
      subscription.viewerCan.rename &&
        h("button", { type: "button", id: "rename", class: "icon-button", "aria-label": t("rename.open"), title: t("rename.open"), click: rename }, icon("edit")),
    ),
    h("p", { class: "subtitle" }, h("span", {}, `${subscription.product.name} · ${subscription.number}`), statusChips(subscription)),
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
      renewal(subscription, account),
      facts(
        [t("fact.activated"), activatedOn ? when(activatedOn, { near: false }) : t(`trigger.${subscription.startTrigger}`)],
        [t(renewsOn ? (status === "GRACE_PERIOD" ? "fact.due" : "fact.renews") : "fact.expires"), expiresOn ? when(expiresOn) : t(activatedOn ? "date.perpetual" : "date.notStarted")],
        [t("fact.term"), subscription.termMonths > 0 ? t("fact.months", { count: subscription.termMonths }) : t("fact.once")],
        [t("fact.channel"), term("channel", subscription.channel)],
      ),
      h(
        "div",
        { class: "seat-line" },
        h("p", { class: "seat-words" }, h("strong", {}, t("seats.inUse", { count: seats.used, total: number(seats.total) })), h("span", { class: "quiet" }, seatNote(seats))),
        meter(seats.used, seats.total),
      ),
    ),
  );
}

function seatNote({ reserved, available }) {
  const free = t("seats.free", { count: available });
  return reserved > 0 ? `${free} · ${t("seats.reserved", { count: reserved })}` : free;
}

/** The switch says what is; what it would do is said in the dialog, before it is done. */
function renewal(subscription, account) {
  const on = subscription.autoRenewal === "ON";
  const turn = lazy(() => import("../actions/set-auto-renewal.js"), ({ turnRenewal }) => turnRenewal(subscription, account, redraw));
  const control = subscription.viewerCan.setAutoRenewal
    ? h("button", { type: "button", role: "switch", id: "renewal", class: "switch", "aria-checked": String(on), "aria-labelledby": "renewal-name", "aria-describedby": "renewal-note", click: turn }, h("span", {}))
    : chip("renewal", subscription.autoRenewal);
  return h(
    "div",
    { class: "renewal" },
    h("div", {}, h("p", { class: "renewal-name", id: "renewal-name" }, t("renewal.name")), h("p", { class: "quiet", id: "renewal-note" }, renewalNote(subscription))),
    control,
  );
}

function renewalNote({ autoRenewal, renewsOn, expiresOn, status, channel, isTrial }) {
  if (autoRenewal === "NOT_AVAILABLE") return t(isTrial ? "renewal.trial" : channel === "APP_STORE" ? "renewal.appStore" : "renewal.unavailable");
  if (status === "GRACE_PERIOD") return t("renewal.grace", { date: day(expiresOn) });
  if (autoRenewal === "ON") return renewsOn ? t("renewal.on", { date: day(renewsOn) }) : t("renewal.onUndated");
  if (status === "EXPIRED") return t("renewal.expired");
  return expiresOn ? t("renewal.off", { date: day(expiresOn) }) : t("renewal.offUndated");
}

function payment(subscription, account) {
  // A MEMBER may not know: the account's methods are null then.
  if (!account?.paymentMethods) return null;
  const { paymentMethod: method, viewerCan } = subscription;
  const choose = lazy(() => import("../actions/set-payment-method.js"), ({ choosePayment }) => choosePayment(subscription, account, redraw));
  const action = viewerCan.setPaymentMethod && button(t(method ? "payment.change" : "payment.choose"), { class: "link", id: "payment", click: choose });
  const shown = method
    ? h("div", { class: "method" }, icon("card"), h("div", {}, h("p", {}, methodName(method), " ", methodState(method)), h("p", { class: "quiet" }, methodNote(method))))
    : h("p", { class: "quiet" }, t(subscription.channel === "APP_STORE" ? "payment.appStore" : "payment.none"));
  return section(t("payment.title"), { action }, h("div", { class: "card" }, shown));
}

function products({ product, licenseCount, items }) {
  const row = (name, quantity) => h("li", {}, h("span", {}, name), h("span", { class: "quantity" }, `× ${number(quantity)}`));
  return section(t("products.title"), {}, h("ul", { class: "list card plain" }, row(product.name, licenseCount), items.map((item) => row(item.product.name, item.quantity))));
}

function orders({ orders: page }) {
  if (page === null) return null;
  const content = page.nodes.length > 0 ? orderList(page.nodes) : h("div", { class: "card" }, h("p", { class: "quiet" }, t("orders.none")));
  return section(t("orders.title"), { aside: page.totalCount > page.nodes.length && number(page.totalCount) }, content);
}
