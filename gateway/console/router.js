// Leads from an address to a view: every view has a URL, and back and reload work.
// It knows no view: main.js hands it the table, so that views and actions can import it.

import { errorState } from "./components/elements.js";
import { createQueryDrawer } from "./components/query-drawer.js";
import { createHeader, renderHeader } from "./components/shell.js";
import { announce, createLiveRegions } from "./components/toasts.js";
import { findElement, h } from "./lib/dom.js";
import { RequestError, events, request, requestLog } from "./lib/graphql-client.js";
import { loadLocale, t } from "./lib/i18n.js";
import { matchRoute } from "./lib/routes.js";
import { getToken, saveLastAccount, signOut } from "./lib/session.js";

/** @import { HeaderActions } from "./components/shell.js" */
/** @import { LoadView, RouteTable } from "./lib/routes.js" */
/** @import { Route, View, Viewer } from "./lib/types.js" */

/**
 * What is the same of every view's data; the rest is the view's own.
 *
 * @typedef {{ viewer: Viewer, account?: object | null }} Data
 * @typedef {{ view: View<Data>, route: Route, data: Data }} Shown
 * @typedef {object} Table
 * @property {RouteTable} routes
 * @property {LoadView} notFound
 * @property {(viewer: Viewer, accountId: string) => HeaderActions} headerActions
 */

const main = h("main", { id: "main", tabindex: "-1" });
// Data of earlier views, so that going back is instant; any change empties it.
const cache = new Map();
/** @type {Table} */
let table;
let navigation = new AbortController();
/** @type {(Shown & { element: HTMLElement }) | null} */
let current = null;

/**
 * Draw the view of the page's address, and from now on those that links lead to.
 *
 * @param {Table} options
 */
export async function start({ routes, notFound, headerActions }) {
  table = { routes, notFound, headerActions };
  await loadLocale();
  history.scrollRestoration = "manual";
  const skip = h("a", { class: "skip", href: "#main" }, t("skip"));
  document.body.replaceChildren(skip, createHeader(), main, ...createLiveRegions(), ...createQueryDrawer());
  document.addEventListener("click", onLinkClick);
  addEventListener("popstate", () => loadView({ back: true }));
  addEventListener("pagehide", saveScroll);
  addEventListener("online", () => findElement(main, "#retry")?.click());
  events.addEventListener("unauthenticated", onUnauthenticated);
  await loadView({ back: history.state !== null });
}

/**
 * Go to another view.
 *
 * @param {string} url
 * @param {{ replace?: boolean }} [options]
 */
export function navigate(url, { replace = false } = {}) {
  saveScroll();
  history[replace ? "replaceState" : "pushState"]({ scroll: 0 }, "", url);
  return loadView();
}

/** After a change: the cached data of earlier views may be wrong. */
export function invalidate() {
  cache.clear();
}

/** Draw this view again from the data it has. */
export function redraw() {
  if (current) render(current, { again: true });
}

/** Fetch this view's data again, without a skeleton. */
export function reload() {
  cache.clear();
  return loadView({ again: true });
}

// By token: the next user of this tab must not see the last one's data.
/** @param {Route} route */
const cacheKey = ({ url }) => `${getToken()} ${url}`;

function saveScroll() {
  history.replaceState({ ...history.state, scroll: scrollY }, "");
}

/** @param {{ back?: boolean, again?: boolean }} [options] */
async function loadView({ back = false, again = false } = {}) {
  navigation.abort();
  navigation = new AbortController();
  const { signal } = navigation;
  const route = matchRoute(table.routes, table.notFound, location);
  if (!again) closeDialogs();
  try {
    const view = (await route.load()).default;
    if (signal.aborted) return;
    if (view.operation && !getToken()) {
      goToSignIn();
      return;
    }
    const data = (back && cache.get(cacheKey(route))) || (await fetchData(view, route, signal, again));
    if (signal.aborted) return;
    cache.set(cacheKey(route), data);
    commit({ view, route, data }, { back, again });
  } catch (error) {
    if (!signal.aborted) showError(error);
  }
}

/**
 * @param {View<Data>} view
 * @param {Route} route
 * @param {AbortSignal} signal
 * @param {boolean} again
 */
function fetchData(view, route, signal, again) {
  if (!view.operation) return {};
  const keepElement = again || (view.update && current?.view === view);
  main.setAttribute("aria-busy", "true");
  if (keepElement) {
    if (current) view.preview?.(current.element, route);
  } else {
    requestLog.length = 0;
    current = null;
    if (view.skeleton) main.replaceChildren(view.skeleton());
    scrollTo(0, 0);
    if (!document.querySelector(".tabs") || !route.account) renderHeader(null);
  }
  return request(view.operation, view.variables?.(route) ?? {}, { signal });
}

/**
 * @param {Shown} next
 * @param {{ back: boolean, again: boolean }} options
 */
function commit(next, { back, again }) {
  const { route, data, view } = next;
  if (route.account && data.account) saveLastAccount(route.account);
  renderHeader(
    route.account ? data.viewer : null,
    route.account,
    view.tab,
    table.headerActions(data.viewer, route.account),
  );
  if (current?.view === view && current.element.isConnected && view.update) {
    current = { ...next, element: current.element };
    view.update(current.element, data, route);
    main.removeAttribute("aria-busy");
    return;
  }
  const first = current === null && !main.dataset.visited;
  render(next, { again });
  main.dataset.visited = "true";
  if (again) return;
  scrollTo(0, back ? (history.state?.scroll ?? 0) : 0);
  announce(document.title);
  if (!first) findElement(main, "h1")?.focus({ preventScroll: true });
}

/**
 * @param {Shown} next
 * @param {{ again: boolean }} options
 */
function render(next, { again }) {
  const { view, route, data } = next;
  const focused = again ? document.activeElement?.id : "";
  const element = h("div", { class: `view ${view.name}` }, view.render(data, route));
  main.replaceChildren(element);
  main.removeAttribute("aria-busy");
  main.querySelector("h1")?.setAttribute("tabindex", "-1");
  document.title = `${view.title(data)} · Licet`;
  if (focused) document.getElementById(focused)?.focus();
  current = { ...next, element };
}

/** @param {Record<string, string>} [params] */
const goToSignIn = (params = {}) =>
  navigate(`/sign-in?${new URLSearchParams({ next: location.pathname + location.search, ...params })}`, {
    replace: true,
  });

/** Any request, of the view or of something in it, found that the token is no longer accepted. */
function onUnauthenticated() {
  if (location.pathname === "/sign-in") return;
  signOut();
  main.replaceChildren();
  goToSignIn({ ended: "" });
}

/** A dialog belongs to the view that it was opened in. */
function closeDialogs() {
  document.querySelectorAll("dialog").forEach((dialog) => dialog.close());
}

/** @param {unknown} error */
function showError(error) {
  main.removeAttribute("aria-busy");
  // Modules fail to load offline, or when the server has a newer version of this page: loading the page again helps.
  const requestError = error instanceof RequestError ? error : new RequestError("offline");
  if (!(error instanceof RequestError)) console.error(error);
  current = null;
  main.replaceChildren(
    errorState(requestError, error instanceof RequestError ? () => loadView() : () => location.reload()),
  );
}

/** @param {MouseEvent} event */
function onLinkClick(event) {
  if (!(event.target instanceof Element)) return;
  const link = /** @type {HTMLAnchorElement | null} */ (event.target.closest("a[href]"));
  const modified = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (!link || modified || link.target || event.defaultPrevented || link.origin !== location.origin) return;
  if (link.hash && link.pathname === location.pathname) return;
  if (!table.routes.some(([pattern]) => pattern.test(link.pathname))) return;
  event.preventDefault();
  navigate(link.href);
}
