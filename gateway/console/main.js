// Starts the page, and leads from an address to a view: every view has a URL, and back and reload work.

import { h } from "./lib/dom.js";
import { drawerParts } from "./components/query-drawer.js";
import { Failure, ask, exchanges, news } from "./lib/graphql-client.js";
import { speak, t } from "./lib/i18n.js";
import { announce, later, noticeParts } from "./components/toasts.js";
import { failed } from "./components/elements.js";
import { rememberAccount, signOut, token } from "./lib/session.js";
import { drawShell, shellParts } from "./components/shell.js";

const ROUTES = [
  [/^\/sign-in$/, () => import("./views/sign-in.js")],
  [/^\/$/, () => import("./views/home.js")],
  [/^\/accounts\/(?<account>[^/]+)$/, () => import("./views/overview.js")],
  [/^\/accounts\/(?<account>[^/]+)\/subscriptions$/, () => import("./views/subscriptions.js")],
  [/^\/accounts\/(?<account>[^/]+)\/subscriptions\/(?<subscription>[^/]+)$/, () => import("./views/subscription.js")],
  [/^\/accounts\/(?<account>[^/]+)\/billing$/, () => import("./views/billing.js")],
  [/^\/accounts\/(?<account>[^/]+)\/members$/, () => import("./views/members.js")],
  [/^\/accounts\/(?<account>[^/]+)\/activity$/, () => import("./views/activity.js")],
];

const main = h("main", { id: "main", tabindex: "-1" });
// Data of the views one came from, so that going back is instant; any change empties it.
const kept = new Map();
let visit = new AbortController();
let current = {};

/** Go to a view of ours. */
export function navigate(url, { replace = false } = {}) {
  keepScroll();
  history[replace ? "replaceState" : "pushState"]({ scroll: 0 }, "", url);
  return show();
}

/** Something was changed: what the views before this one knew may be wrong. */
export function changed() {
  kept.clear();
}

/** Draw this view from its data again. */
export function redraw() {
  draw(current, { again: true });
}

/** Ask again, without a skeleton. */
export function reload() {
  kept.clear();
  return show({ again: true });
}

/** Whoever signs in after somebody in this tab sees nothing of theirs. */
const keptAs = ({ url }) => `${token()} ${url}`;

function keepScroll() {
  history.replaceState({ ...history.state, scroll: scrollY }, "");
}

function located() {
  for (const [pattern, load] of ROUTES) {
    const names = decoded(pattern.exec(location.pathname));
    if (names) return { load, url: location.href, search: new URLSearchParams(location.search), ...names };
  }
  return { load: () => import("./views/not-found.js"), url: location.href, search: new URLSearchParams() };
}

/** What the parts of an address name; null where it is another's, or, like %E0, encodes no character. */
function decoded(found) {
  try {
    return found && Object.fromEntries(Object.entries(found.groups ?? {}).map(([name, part]) => [name, decodeURIComponent(part)]));
  } catch {
    return null;
  }
}

async function show({ back = false, again = false } = {}) {
  visit.abort();
  visit = new AbortController();
  const { signal } = visit;
  const place = located();
  if (!again) leaveDialogs();
  try {
    const view = (await place.load()).default;
    if (signal.aborted) return;
    if (view.operation && !token()) {
      goSignIn();
      return;
    }
    const data = (back && kept.get(keptAs(place))) || (await asked(view, place, signal, again));
    if (signal.aborted) return;
    kept.set(keptAs(place), data);
    arrive({ view, place, data }, { back, again });
  } catch (failure) {
    if (!signal.aborted) stranded(failure);
  }
}

function asked(view, place, signal, again) {
  if (!view.operation) return {};
  const stays = again || (view.update && current.view === view);
  main.setAttribute("aria-busy", "true");
  if (stays) view.expect?.(current.element, place);
  else {
    exchanges.length = 0;
    current = {};
    main.replaceChildren(view.skeleton());
    scrollTo(0, 0);
    if (!document.querySelector(".tabs") || !place.account) drawShell(null);
  }
  return ask(view.operation, view.variables(place), { signal });
}

function arrive(next, { back, again }) {
  const { place, data, view } = next;
  const sameView = current.view === view && current.element?.isConnected && view.update;
  if (place.account && data.account) rememberAccount(place.account);
  drawShell(place.account ? data.viewer : null, place.account, view.tab, actions(data, place));
  if (sameView) {
    current = { ...next, element: current.element };
    view.update(current.element, data, place);
    main.removeAttribute("aria-busy");
    return;
  }
  const first = current.view === undefined && !main.dataset.visited;
  draw(next, { again });
  main.dataset.visited = "true";
  if (again) return;
  scrollTo(0, back ? (history.state?.scroll ?? 0) : 0);
  announce(document.title);
  if (!first) main.querySelector("h1")?.focus({ preventScroll: true });
}

function draw(next, { again }) {
  const { view, place, data } = next;
  const focused = again ? document.activeElement?.id : "";
  const element = h("div", { class: `view ${view.name}` }, view.render(data, place));
  main.replaceChildren(element);
  main.removeAttribute("aria-busy");
  main.querySelector("h1")?.setAttribute("tabindex", "-1");
  document.title = `${view.title(data)} · Licet`;
  if (focused) document.getElementById(focused)?.focus();
  current = { ...next, element };
}

const actions = ({ viewer }, place) => ({
  register: later(() => import("./actions/register-license-key.js"), ({ register }) => register(viewer, place.account)),
  accept: (invitation) => later(() => import("./actions/accept-invitation.js"), ({ acceptInvitation }) => acceptInvitation(invitation)),
});

const goSignIn = (why = {}) => navigate(`/sign-in?${new URLSearchParams({ next: location.pathname + location.search, ...why })}`, { replace: true });

/** Whatever was asked, by the view or by something in it: the token is good for nothing any more. */
function signedOut() {
  if (location.pathname === "/sign-in") return;
  signOut();
  main.replaceChildren();
  goSignIn({ ended: "" });
}

/** A dialog is about the view that it was opened in. */
function leaveDialogs() {
  document.querySelectorAll("dialog").forEach((dialog) => dialog.close());
}

function stranded(failure) {
  main.removeAttribute("aria-busy");
  // A module that does not come is a connection that is gone, or a newer version of this page.
  const known = failure instanceof Failure ? failure : new Failure("offline");
  if (!(failure instanceof Failure)) console.error(failure);
  current = {};
  main.replaceChildren(failed(known, failure instanceof Failure ? () => show() : () => location.reload()));
}

function followed(event) {
  const link = event.target.closest("a[href]");
  const other = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (!link || other || link.target || event.defaultPrevented || link.origin !== location.origin) return;
  if (link.hash && link.pathname === location.pathname) return;
  if (!ROUTES.some(([pattern]) => pattern.test(link.pathname))) return;
  event.preventDefault();
  navigate(link.href);
}

async function start() {
  await speak();
  history.scrollRestoration = "manual";
  const skip = h("a", { class: "skip", href: "#main" }, t("skip"));
  document.body.replaceChildren(skip, shellParts(), main, ...noticeParts(), ...drawerParts());
  document.addEventListener("click", followed);
  addEventListener("popstate", () => show({ back: true }));
  addEventListener("pagehide", keepScroll);
  addEventListener("online", () => main.querySelector("#retry")?.click());
  news.addEventListener("signed-out", signedOut);
  await show({ back: history.state !== null });
}

start();
