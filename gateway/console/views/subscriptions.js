// The list: filter, order, search, and pages that follow as one scrolls.

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
import { h, icon, uniqueId } from "../lib/dom.js";
import { request } from "../lib/graphql-client.js";
import { t } from "../lib/i18n.js";
import { navigate } from "../router.js";

const PAGE_SIZE = 20;
const SEARCH_DEBOUNCE_MS = 250;

const DISPLAYS = ["ALL", "ACTIVE", "EXPIRING_SOON", "EXPIRED"];
const DEFAULTS = { display: "ACTIVE", order: "ENDS_ON", direction: "ASC" };
const ORDER_FIELDS = ["ENDS_ON", "ACTIVATED_ON", "NAME", "PRODUCT", "LICENSE_COUNT"];

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
      controls(account, route),
      fillResults(h("div", { class: "results" }), account, route),
    ];
  },
  /** Shows the chosen filters at once, before the response. */
  preview(element, route) {
    syncControls(element.querySelector(".controls"), route);
  },
  update(element, { account }, route) {
    announce(fillResults(element.querySelector(".results"), account, route).dataset.found);
  },
};

/** The search parameters as the operation's input. */
function variables({ account, search }) {
  const { display, product, text, field, direction } = parseSearch(search);
  const filter = { display, ...(product && { productId: product }), ...(text && { search: text }) };
  return { account, first: PAGE_SIZE, filter, orderBy: { field, direction } };
}

function parseSearch(search) {
  const oneOf = (name, allowed) => (allowed.includes(search.get(name)) ? search.get(name) : DEFAULTS[name]);
  return {
    display: oneOf("display", DISPLAYS),
    product: search.get("product"),
    text: search.get("search")?.slice(0, 100),
    field: oneOf("order", ORDER_FIELDS),
    direction: oneOf("direction", ["ASC", "DESC"]),
  };
}

/** This route's path with other search parameters; empty and default ones are left out. */
function pathWith(route, changes) {
  const search = new URLSearchParams(route.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value && value !== DEFAULTS[name]) search.set(name, value);
    else search.delete(name);
  }
  return `/accounts/${encodeURIComponent(route.account)}/subscriptions${search.size ? `?${search}` : ""}`;
}

/** Made once; syncControls() keeps them at what the address says. */
function controls(account, route) {
  const products = account.productOverviews.map(({ product }) => [product.id, product.name]);
  const element = h(
    "div",
    { class: "controls", role: "search", "aria-label": t("list.controls") },
    h(
      "nav",
      { class: "segments", "aria-label": t("list.show") },
      DISPLAYS.map((display) => h("a", { "data-display": display }, t(`display.${display}`))),
    ),
    searchBox(route),
    select("product", t("list.product"), [["", t("list.everyProduct")], ...products], route),
    h(
      "div",
      { class: "order" },
      select(
        "order",
        t("list.order"),
        ORDER_FIELDS.map((field) => [field, t(`order.${field}`)]),
        route,
      ),
      directionButton(route),
    ),
  );
  syncControls(element, route);
  return element;
}

function syncControls(element, route) {
  const { display, text, product, field, direction } = parseSearch(route.search);
  for (const link of element.querySelectorAll("[data-display]")) {
    link.href = pathWith(route, { display: link.dataset.display });
    if (link.dataset.display === display) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  const searchInput = element.querySelector("[name=search]");
  if (searchInput !== document.activeElement) searchInput.value = text ?? "";
  element.querySelector("[name=product]").value = product ?? "";
  element.querySelector("[name=order]").value = field;
  const label = t(direction === "ASC" ? "order.ascending" : "order.descending");
  const sortButton = element.querySelector(".sort-direction");
  sortButton.setAttribute("aria-label", label);
  sortButton.title = label;
  sortButton.replaceChildren(icon(direction === "ASC" ? "up" : "down"));
}

/** The route at the time of the event: the search parameters may have changed since the control was made. */
const currentRoute = (route) => ({ ...route, search: new URLSearchParams(location.search) });

function searchBox(route) {
  let timer;
  const onInput = ({ target }) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (target.isConnected)
        navigate(pathWith(currentRoute(route), { search: target.value.trim() }), { replace: true });
    }, SEARCH_DEBOUNCE_MS);
  };
  const id = uniqueId("search");
  return h(
    "div",
    { class: "search" },
    h("label", { class: "visually-hidden", for: id }, t("list.searchLabel")),
    icon("search"),
    h("input", {
      type: "search",
      id,
      name: "search",
      placeholder: t("list.search"),
      maxlength: "100",
      autocomplete: "off",
      input: onInput,
    }),
  );
}

function select(name, label, options, route) {
  const id = uniqueId(name);
  const onChange = ({ target }) => navigate(pathWith(currentRoute(route), { [name]: target.value }));
  return h(
    "div",
    { class: "select" },
    h("label", { class: "visually-hidden", for: id }, label),
    h(
      "select",
      { id, name, change: onChange },
      options.map(([code, text]) => h("option", { value: code }, text)),
    ),
    icon("down"),
  );
}

function directionButton(route) {
  const onClick = () =>
    navigate(
      pathWith(currentRoute(route), {
        direction: parseSearch(currentRoute(route).search).direction === "ASC" ? "DESC" : "ASC",
      }),
    );
  return h("button", { type: "button", class: "icon-button framed sort-direction", click: onClick });
}

function fillResults(results, account, route) {
  const { nodes, totalCount } = account.subscriptions;
  results.dataset.found = t("list.found", { count: totalCount });
  // In the page's head, which is drawn beside this.
  queueMicrotask(() => {
    const total = results.parentElement?.querySelector(".total");
    if (total) total.textContent = results.dataset.found;
  });
  if (nodes.length === 0) results.replaceChildren(noResults(route));
  else results.replaceChildren(...resultList(account.subscriptions, route));
  return results;
}

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

function resultList(page, route) {
  const element = table(page.nodes, route);
  const load = async (after) => (await request(NEXT_PAGE, { ...variables(route), after })).account.subscriptions;
  const appendRows = (nodes) => {
    const rows = nodes.map((subscription) => row(subscription, route));
    element.querySelector("tbody").append(...rows);
    return rows;
  };
  return [element, loadMore(page, load, appendRows, { onScroll: true })];
}

// Roles by name: what CSS lays out as cards on a narrow screen is no table to a screen reader otherwise.
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
