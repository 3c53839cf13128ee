// The filters of the list of subscriptions. The address's search parameters hold what is chosen.

import { getElement, h, icon, uniqueId } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { navigate } from "../router.js";

/** @import { Route } from "../lib/types.js" */
/** @typedef {{ product: { id: string, name: string } }} ListedProduct */

const SEARCH_DEBOUNCE_MS = 250;

const DISPLAYS = ["ALL", "ACTIVE", "EXPIRING_SOON", "EXPIRED"];
/** @type {Record<string, string>} */
const DEFAULTS = { display: "ACTIVE", order: "ENDS_ON", direction: "ASC" };
const ORDER_FIELDS = ["ENDS_ON", "ACTIVATED_ON", "NAME", "PRODUCT", "LICENSE_COUNT"];

/** @param {URLSearchParams} search */
export function parseSearch(search) {
  /**
   * @param {string} name
   * @param {string[]} allowed
   */
  const oneOf = (name, allowed) => {
    const value = search.get(name);
    return value !== null && allowed.includes(value) ? value : DEFAULTS[name];
  };
  return {
    display: oneOf("display", DISPLAYS),
    product: search.get("product"),
    text: search.get("search")?.slice(0, 100),
    field: oneOf("order", ORDER_FIELDS),
    direction: oneOf("direction", ["ASC", "DESC"]),
  };
}

/**
 * This route's path with other search parameters; empty and default ones are left out.
 *
 * @param {Route} route
 * @param {Record<string, string>} changes
 */
export function pathWith(route, changes) {
  const search = new URLSearchParams(route.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value && value !== DEFAULTS[name]) search.set(name, value);
    else search.delete(name);
  }
  return `/accounts/${encodeURIComponent(route.account)}/subscriptions${search.size ? `?${search}` : ""}`;
}

/**
 * Made once; syncFilters() keeps them at what the address says.
 *
 * @param {ListedProduct[]} products
 * @param {Route} route
 */
export function subscriptionFilters(products, route) {
  /** @type {[string, string][]} */
  const productOptions = products.map(({ product }) => [product.id, product.name]);
  const element = h(
    "div",
    { class: "controls", role: "search", "aria-label": t("list.controls") },
    h(
      "nav",
      { class: "segments", "aria-label": t("list.show") },
      DISPLAYS.map((display) => h("a", { "data-display": display }, t(`display.${display}`))),
    ),
    searchBox(route),
    select("product", t("list.product"), [["", t("list.everyProduct")], ...productOptions], route),
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
  syncFilters(element, route);
  return element;
}

/**
 * @param {HTMLElement} element
 * @param {Route} route
 */
export function syncFilters(element, route) {
  const { display, text, product, field, direction } = parseSearch(route.search);
  for (const link of element.querySelectorAll("a")) {
    link.href = pathWith(route, { display: link.dataset.display ?? "" });
    if (link.dataset.display === display) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  const searchInput = getElement(element, "[name=search]", HTMLInputElement);
  if (searchInput !== document.activeElement) searchInput.value = text ?? "";
  getElement(element, "[name=product]", HTMLSelectElement).value = product ?? "";
  getElement(element, "[name=order]", HTMLSelectElement).value = field;
  const label = t(direction === "ASC" ? "order.ascending" : "order.descending");
  const sortButton = getElement(element, ".sort-direction", HTMLButtonElement);
  sortButton.setAttribute("aria-label", label);
  sortButton.title = label;
  sortButton.replaceChildren(icon(direction === "ASC" ? "up" : "down"));
}

/**
 * The route at the time of the event: the search parameters may have changed since the control was made.
 *
 * @param {Route} route
 * @returns {Route}
 */
const currentRoute = (route) => ({ ...route, search: new URLSearchParams(location.search) });

/** @param {Route} route */
function searchBox(route) {
  /** @type {number | undefined} */
  let timer;
  /** @param {{ target: HTMLInputElement }} event */
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

/**
 * @param {string} name
 * @param {string} label
 * @param {[code: string, label: string][]} options
 * @param {Route} route
 */
function select(name, label, options, route) {
  const id = uniqueId(name);
  /** @param {{ target: HTMLSelectElement }} event */
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

/** @param {Route} route */
function directionButton(route) {
  const onClick = () =>
    navigate(
      pathWith(currentRoute(route), {
        direction: parseSearch(currentRoute(route).search).direction === "ASC" ? "DESC" : "ASC",
      }),
    );
  return h("button", { type: "button", class: "icon-button framed sort-direction", click: onClick });
}
