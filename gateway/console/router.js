// Leads from an address to a view: every view has a URL, and back and reload work.
// It knows no view: main.js hands it the table, so that views and actions can import it.

import { failed } from "./components/elements.js";
import { drawerParts } from "./components/query-drawer.js";
import { drawShell, shellParts } from "./components/shell.js";
import { announce, noticeParts } from "./components/toasts.js";
import { h } from "./lib/dom.js";
import { Failure, ask, exchanges, news } from "./lib/graphql-client.js";
import { speak, t } from "./lib/i18n.js";
import { matchRoute } from "./lib/routes.js";
import { rememberAccount, signOut, token } from "./lib/session.js";

const main = h("main", { id: "main", tabindex: "-1" });
// Data of the views one came from, so that going back is instant; any change empties it.
const cache = new Map();
let table;
let navigation = new AbortController();
let current = {};

/** Draw the view of the page's address, and from now on those that links lead to. */
export async function start({ routes, notFound, headerActions }) {
  table = { routes, notFound, headerActions };
  await speak();
  history.scrollRestoration = "manual";
  const skip = h("a", { class: "skip", href: "#main" }, t("skip"));
  document.body.replaceChildren(skip, shellParts(), main, ...noticeParts(), ...drawerParts());
  document.addEventListener("click", onLinkClick);
  addEventListener("popstate", () => show({ back: true }));
  addEventListener("pagehide", saveScroll);
  addEventListener("online", () => main.querySelector("#retry")?.click());
  news.addEventListener("signed-out", onSignedOut);
  await show({ back: history.state !== null });
}

/** Go to another view. */
export function navigate(url, { replace = false } = {}) {
  saveScroll();
  history[replace ? "replaceState" : "pushState"]({ scroll: 0 }, "", url);
  return show();
}

/** Something was changed: what the views before this one knew may be wrong. */
export function invalidate() {
  cache.clear();
}

/** Draw this view from its data again. */
export function redraw() {
  render(current, { again: true });
}

/** Ask again, without a skeleton. */
export function reload() {
  cache.clear();
  return show({ again: true });
}

// By token: whoever signs in after somebody in this tab sees nothing of theirs.
const cacheKey = ({ url }) => `${token()} ${url}`;

function saveScroll() {
  history.replaceState({ ...history.state, scroll: scrollY }, "");
}

async function show({ back = false, again = false } = {}) {
  navigation.abort();
  navigation = new AbortController();
  const { signal } = navigation;
  const route = matchRoute(table.routes, table.notFound, location);
  if (!again) closeDialogs();
  try {
    const view = (await route.load()).default;
    if (signal.aborted) return;
    if (view.operation && !token()) {
      goSignIn();
      return;
    }
    const data = (back && cache.get(cacheKey(route))) || (await fetchData(view, route, signal, again));
    if (signal.aborted) return;
    cache.set(cacheKey(route), data);
    commit({ view, route, data }, { back, again });
  } catch (failure) {
    if (!signal.aborted) showError(failure);
  }
}

function fetchData(view, route, signal, again) {
  if (!view.operation) return {};
  const stays = again || (view.update && current.view === view);
  main.setAttribute("aria-busy", "true");
  if (stays) view.expect?.(current.element, route);
  else {
    exchanges.length = 0;
    current = {};
    main.replaceChildren(view.skeleton());
    scrollTo(0, 0);
    if (!document.querySelector(".tabs") || !route.account) drawShell(null);
  }
  return ask(view.operation, view.variables(route), { signal });
}

function commit(next, { back, again }) {
  const { route, data, view } = next;
  const sameView = current.view === view && current.element?.isConnected && view.update;
  if (route.account && data.account) rememberAccount(route.account);
  drawShell(route.account ? data.viewer : null, route.account, view.tab, table.headerActions(data.viewer, route.account));
  if (sameView) {
    current = { ...next, element: current.element };
    view.update(current.element, data, route);
    main.removeAttribute("aria-busy");
    return;
  }
  const first = current.view === undefined && !main.dataset.visited;
  render(next, { again });
  main.dataset.visited = "true";
  if (again) return;
  scrollTo(0, back ? (history.state?.scroll ?? 0) : 0);
  announce(document.title);
  if (!first) main.querySelector("h1")?.focus({ preventScroll: true });
}

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

const goSignIn = (params = {}) => navigate(`/sign-in?${new URLSearchParams({ next: location.pathname + location.search, ...params })}`, { replace: true });

/** Whatever was asked, by the view or by something in it: the token is good for nothing any more. */
function onSignedOut() {
  if (location.pathname === "/sign-in") return;
  signOut();
  main.replaceChildren();
  goSignIn({ ended: "" });
}

/** A dialog is about the view that it was opened in. */
function closeDialogs() {
  document.querySelectorAll("dialog").forEach((dialog) => dialog.close());
}

function showError(error) {
  main.removeAttribute("aria-busy");
  // A module that does not come is a connection that is gone, or a newer version of this page.
  const failure = error instanceof Failure ? error : new Failure("offline");
  if (!(error instanceof Failure)) console.error(error);
  current = {};
  main.replaceChildren(failed(failure, error instanceof Failure ? () => show() : () => location.reload()));
}

function onLinkClick(event) {
  const link = event.target.closest("a[href]");
  const other = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (!link || other || link.target || event.defaultPrevented || link.origin !== location.origin) return;
  if (link.hash && link.pathname === location.pathname) return;
  if (!table.routes.some(([pattern]) => pattern.test(link.pathname))) return;
  event.preventDefault();
  navigate(link.href);
}
