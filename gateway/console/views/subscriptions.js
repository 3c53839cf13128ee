// The list: filter, order, search, and pages that follow as one scrolls.

import { h, icon, unique } from "../lib/dom.js";
import { ask } from "../lib/graphql-client.js";
import { t } from "../lib/i18n.js";
import { navigate } from "../router.js";
import { announce } from "../components/toasts.js";
import { more } from "../components/pagination.js";
import { empty, missingAccount, nextDate, rows, seats, skeleton, statusChips, when } from "../components/elements.js";
import { SHELL } from "../components/shell.js";

const PAGE = 20;
const TYPING = 250; // milliseconds of silence after which a search is meant

const DISPLAYS = ["ALL", "ACTIVE", "EXPIRING_SOON", "EXPIRED"];
const USUAL = { display: "ACTIVE", order: "ENDS_ON", direction: "ASC" };
const ORDERS = ["ENDS_ON", "ACTIVATED_ON", "NAME", "PRODUCT", "LICENSE_COUNT"];

const PAGES = `fragment Page on ProductSubscriptionConnection {
  totalCount
  pageInfo { hasNextPage endCursor }
  nodes {
    id number displayName status isExpiringSoon isTrial expiresOn renewsOn
    product { name }
    seats { total used }
  }
}`;

const OPERATION = `query Subscriptions($account: ID!, $first: Int!, $filter: ProductSubscriptionFilter, $orderBy: ProductSubscriptionOrder) {
  viewer { ...Shell }
  account(id: $account) {
    id
    productOverviews { product { id name } }
    subscriptions(first: $first, filter: $filter, orderBy: $orderBy) { ...Page }
  }
}
${PAGES}${SHELL}`;

const MORE = `query MoreSubscriptions($account: ID!, $first: Int!, $after: String!, $filter: ProductSubscriptionFilter, $orderBy: ProductSubscriptionOrder) {
  account(id: $account) {
    subscriptions(first: $first, after: $after, filter: $filter, orderBy: $orderBy) { ...Page }
  }
}
${PAGES}`;

export default {
  name: "subscriptions",
  tab: "subscriptions",
  operation: OPERATION,
  variables,
  title: () => t("tab.subscriptions"),
  skeleton: () => skeleton("title", "controls", ...rows(10)),
  render({ account }, place) {
    if (account === null) return missingAccount();
    return [
      h("div", { class: "page-head" }, h("h1", {}, t("tab.subscriptions")), h("p", { class: "quiet total" })),
      controls(account, place),
      filled(h("div", { class: "results" }), account, place),
    ];
  },
  /** At once, before the answer: what was chosen. */
  expect(element, place) {
    sync(element.querySelector(".controls"), place);
  },
  update(element, { account }, place) {
    announce(filled(element.querySelector(".results"), account, place).dataset.found);
  },
};

/** What the address says, as the graph's own input. */
function variables({ account, search }) {
  const { display, product, text, field, direction } = asked(search);
  const filter = { display, ...(product && { productId: product }), ...(text && { search: text }) };
  return { account, first: PAGE, filter, orderBy: { field, direction } };
}

function asked(search) {
  const known = (name, allowed) => (allowed.includes(search.get(name)) ? search.get(name) : USUAL[name]);
  return {
    display: known("display", DISPLAYS),
    product: search.get("product"),
    text: search.get("search")?.slice(0, 100),
    field: known("order", ORDERS),
    direction: known("direction", ["ASC", "DESC"]),
  };
}

/** This address with something changed; what is empty or usual is left out. */
function changedTo(place, changes) {
  const search = new URLSearchParams(place.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value && value !== USUAL[name]) search.set(name, value);
    else search.delete(name);
  }
  return `/accounts/${encodeURIComponent(place.account)}/subscriptions${search.size ? `?${search}` : ""}`;
}

/** Made once; what is chosen in them follows the address. */
function controls(account, place) {
  const products = account.productOverviews.map(({ product }) => [product.id, product.name]);
  const made = h(
    "div",
    { class: "controls", role: "search", "aria-label": t("list.controls") },
    h("nav", { class: "segments", "aria-label": t("list.show") }, DISPLAYS.map((display) => h("a", { "data-display": display }, t(`display.${display}`)))),
    searchBox(place),
    select("product", t("list.product"), [["", t("list.everyProduct")], ...products], place),
    h("div", { class: "order" }, select("order", t("list.order"), ORDERS.map((field) => [field, t(`order.${field}`)]), place), direction(place)),
  );
  sync(made, place);
  return made;
}

function sync(made, place) {
  const { display, text, product, field, direction: turned } = asked(place.search);
  for (const link of made.querySelectorAll("[data-display]")) {
    link.href = changedTo(place, { display: link.dataset.display });
    if (link.dataset.display === display) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  const box = made.querySelector("[name=search]");
  if (box !== document.activeElement) box.value = text ?? "";
  made.querySelector("[name=product]").value = product ?? "";
  made.querySelector("[name=order]").value = field;
  const label = t(turned === "ASC" ? "order.ascending" : "order.descending");
  const turn = made.querySelector(".turn");
  turn.setAttribute("aria-label", label);
  turn.title = label;
  turn.replaceChildren(icon(turned === "ASC" ? "up" : "down"));
}

/** The address as it is when something is chosen, which may be later than when its control was made. */
const now = (place) => ({ ...place, search: new URLSearchParams(location.search) });

function searchBox(place) {
  let timer;
  const search = ({ target }) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (target.isConnected) navigate(changedTo(now(place), { search: target.value.trim() }), { replace: true });
    }, TYPING);
  };
  const id = unique("search");
  return h(
    "div",
    { class: "search" },
    h("label", { class: "visually-hidden", for: id }, t("list.searchLabel")),
    icon("search"),
    h("input", { type: "search", id, name: "search", placeholder: t("list.search"), maxlength: "100", autocomplete: "off", input: search }),
  );
}

function select(name, label, options, place) {
  const id = unique(name);
  const go = ({ target }) => navigate(changedTo(now(place), { [name]: target.value }));
  return h(
    "div",
    { class: "select" },
    h("label", { class: "visually-hidden", for: id }, label),
    h("select", { id, name, change: go }, options.map(([code, words]) => h("option", { value: code }, words))),
    icon("down"),
  );
}

function direction(place) {
  const turn = () => navigate(changedTo(now(place), { direction: asked(now(place).search).direction === "ASC" ? "DESC" : "ASC" }));
  return h("button", { type: "button", class: "icon-button framed turn", click: turn });
}

function filled(results, account, place) {
  const { nodes, totalCount } = account.subscriptions;
  results.dataset.found = t("list.found", { count: totalCount });
  // In the page's head, which is drawn beside this.
  queueMicrotask(() => {
    const total = results.parentElement?.querySelector(".total");
    if (total) total.textContent = results.dataset.found;
  });
  if (nodes.length === 0) results.replaceChildren(nothing(place));
  else results.replaceChildren(...listed(account.subscriptions, place));
  return results;
}

function nothing(place) {
  const { text, product, display } = asked(place.search);
  if (!text && !product && display === "ALL") return empty(t("overview.empty"), t("overview.emptyHint"));
  const all = changedTo({ ...place, search: new URLSearchParams() }, { display: "ALL" });
  return empty(t("list.nothing"), t("list.nothingHint"), h("a", { class: "button secondary", href: all }, t("list.clear")));
}

function listed(page, place) {
  const shown = table(page.nodes, place);
  const load = async (after) => (await ask(MORE, { ...variables(place), after })).account.subscriptions;
  const add = (nodes) => {
    const fresh = nodes.map((subscription) => row(subscription, place));
    shown.querySelector("tbody").append(...fresh);
    return fresh;
  };
  return [shown, more(page, load, add, { scrolls: true })];
}

// Roles by name: what CSS lays out as cards on a narrow screen is no table to a screen reader otherwise.
function table(nodes, place) {
  const heads = ["subscription", "status", "date", "licences"].map((name) => h("th", { role: "columnheader", scope: "col", class: name }, t(`list.${name}`)));
  return h(
    "table",
    { role: "table", class: "table", "aria-label": t("tab.subscriptions") },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, heads)),
    h("tbody", { role: "rowgroup" }, nodes.map((subscription) => row(subscription, place))),
  );
}

function row(subscription, place) {
  const { label, on } = nextDate(subscription);
  return h(
    "tr",
    { role: "row" },
    h(
      "td",
      { role: "cell", class: "subscription" },
      h("a", { href: `/accounts/${place.account}/subscriptions/${subscription.id}` }, subscription.displayName),
      h("span", { class: "quiet" }, `${subscription.product.name} · ${subscription.number}`),
    ),
    h("td", { role: "cell", class: "status" }, statusChips(subscription)),
    h("td", { role: "cell", class: "date" }, h("span", { class: "date-label" }, label), " ", on && when(on)),
    h("td", { role: "cell", class: "licences" }, seats(subscription.seats.used, subscription.seats.total)),
  );
}
