// The subscriptions of an account, page by page as one scrolls.

import {
  dateWithDistance,
  emptyState,
  missingAccount,
  nextDate,
  repeat,
  seatUsage,
  skeleton,
  statusChips,
} from "../components/elements.js";
import { loadMore } from "../components/pagination.js";
import { SHELL_VIEWER } from "../components/shell.js";
import { announce } from "../components/toasts.js";
import { getElement, h } from "../lib/dom.js";
import { request } from "../lib/graphql-client.js";
import { t } from "../lib/i18n.js";
import { parseSearch, pathWith, subscriptionFilters, syncFilters } from "./subscription-filters.js";

/** @import { ListedProduct } from "./subscription-filters.js" */
/** @import { Connection, Route, SubscriptionRow, View } from "../lib/types.js" */

/**
 * @typedef {object} ListedAccount
 * @property {ListedProduct[]} productOverviews
 * @property {Connection<SubscriptionRow>} subscriptions
 */

const PAGE_SIZE = 20;

const SUBSCRIPTION_PAGE = `fragment SubscriptionPage on ProductSubscriptionConnection {
  totalCount
  pageInfo { hasNextPage endCursor }
  nodes {
    id number displayName status isExpiringSoon isTrial expiresOn renewsOn
    product { name }
    seats { total used }
  }
}`;

const OPERATION = `query Subscriptions($account: ID!, $first: Int!, $filter: ProductSubscriptionFilter, $orderBy: ProductSubscriptionOrder) {
  viewer { ...ShellViewer }
  account(id: $account) {
    id
    productOverviews { product { id name } }
    subscriptions(first: $first, filter: $filter, orderBy: $orderBy) { ...SubscriptionPage }
  }
}
${SUBSCRIPTION_PAGE}${SHELL_VIEWER}`;

const NEXT_PAGE = `query MoreSubscriptions($account: ID!, $first: Int!, $after: String!, $filter: ProductSubscriptionFilter, $orderBy: ProductSubscriptionOrder) {
  account(id: $account) {
    subscriptions(first: $first, after: $after, filter: $filter, orderBy: $orderBy) { ...SubscriptionPage }
  }
}
${SUBSCRIPTION_PAGE}`;

/** @type {View<{ account: ListedAccount | null }>} */
export default {
  name: "subscriptions",
  tab: "subscriptions",
  operation: OPERATION,
  variables,
  title: () => t("tab.subscriptions"),
  skeleton: () => skeleton("title", "controls", ...repeat(10)),
  render({ account }, route) {
    if (account === null) return missingAccount();
    return [
      h("div", { class: "page-head" }, h("h1", {}, t("tab.subscriptions")), h("p", { class: "quiet total" })),
      subscriptionFilters(account.productOverviews, route),
      fillResults(h("div", { class: "results" }), account, route),
    ];
  },
  /** Shows the chosen filters at once, before the response. */
  preview(element, route) {
    syncFilters(getElement(element, ".controls", HTMLElement), route);
  },
  update(element, { account }, route) {
    if (account === null) {
      element.replaceChildren(missingAccount());
      return;
    }
    fillResults(getElement(element, ".results", HTMLElement), account, route);
    announce(foundText(account));
  },
};

/**
 * The search parameters as the operation's input.
 *
 * @param {Route} route
 */
function variables({ account, search }) {
  const { display, product, text, field, direction } = parseSearch(search);
  const filter = { display, ...(product && { productId: product }), ...(text && { search: text }) };
  return { account, first: PAGE_SIZE, filter, orderBy: { field, direction } };
}

/** @param {ListedAccount} account */
const foundText = (account) => t("list.found", { count: account.subscriptions.totalCount });

/**
 * @param {HTMLElement} results
 * @param {ListedAccount} account
 * @param {Route} route
 */
function fillResults(results, account, route) {
  // In the page's head, which is drawn beside this.
  queueMicrotask(() => {
    const total = results.parentElement?.querySelector(".total");
    if (total) total.textContent = foundText(account);
  });
  if (account.subscriptions.nodes.length === 0) results.replaceChildren(noResults(route));
  else results.replaceChildren(...resultList(account.subscriptions, route));
  return results;
}

/** @param {Route} route */
function noResults(route) {
  const { text, product, display } = parseSearch(route.search);
  if (!text && !product && display === "ALL") return emptyState(t("overview.empty"), t("overview.emptyHint"));
  const all = pathWith({ ...route, search: new URLSearchParams() }, { display: "ALL" });
  return emptyState(
    t("list.nothing"),
    t("list.nothingHint"),
    h("a", { class: "button secondary", href: all }, t("list.clear")),
  );
}

/**
 * @param {Connection<SubscriptionRow>} page
 * @param {Route} route
 */
function resultList(page, route) {
  const element = table(page.nodes, route);
  /** @param {string | null} after */
  const load = async (after) => (await request(NEXT_PAGE, { ...variables(route), after })).account.subscriptions;
  /** @param {SubscriptionRow[]} nodes */
  const appendRows = (nodes) => {
    const rows = nodes.map((subscription) => row(subscription, route));
    getElement(element, "tbody", HTMLElement).append(...rows);
    return rows;
  };
  return [element, loadMore(page, load, appendRows, { onScroll: true })];
}

/**
 * With explicit roles: on narrow screens CSS lays the rows out as cards, which drops a table's own roles.
 *
 * @param {SubscriptionRow[]} nodes
 * @param {Route} route
 */
function table(nodes, route) {
  const headers = ["subscription", "status", "date", "licences"].map((name) =>
    h("th", { role: "columnheader", scope: "col", class: name }, t(`list.${name}`)),
  );
  return h(
    "table",
    { role: "table", class: "table", "aria-label": t("tab.subscriptions") },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, headers)),
    h(
      "tbody",
      { role: "rowgroup" },
      nodes.map((subscription) => row(subscription, route)),
    ),
  );
}

/**
 * @param {SubscriptionRow} subscription
 * @param {Route} route
 */
function row(subscription, route) {
  const { label, on } = nextDate(subscription);
  return h(
    "tr",
    { role: "row" },
    h(
      "td",
      { role: "cell", class: "subscription" },
      h("a", { href: `/accounts/${route.account}/subscriptions/${subscription.id}` }, subscription.displayName),
      h("span", { class: "quiet" }, `${subscription.product.name} · ${subscription.number}`),
    ),
    h("td", { role: "cell", class: "status" }, statusChips(subscription)),
    h(
      "td",
      { role: "cell", class: "date" },
      h("span", { class: "date-label" }, label),
      " ",
      on && dateWithDistance(on),
    ),
    h("td", { role: "cell", class: "licences" }, seatUsage(subscription.seats.used, subscription.seats.total)),
  );
}
