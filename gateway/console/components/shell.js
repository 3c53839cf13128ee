// What stays around every view: the account one is in, where one can go, who one is.

import { h, icon, refresh, unique } from "../lib/dom.js";
import { LANGUAGES, choose, language, t, term } from "../lib/i18n.js";
import { signOut } from "../lib/session.js";

const TABS = [
  { name: "overview", path: "" },
  { name: "subscriptions", path: "/subscriptions" },
  { name: "billing", path: "/billing", admins: true },
  { name: "members", path: "/members", admins: true, companies: true },
  { name: "activity", path: "/activity", admins: true },
];

/** What every view asks of the viewer besides its own question. */
export const SHELL = `
fragment Shell on Viewer {
  user { name email }
  accounts { id name kind viewerRole }
  invitations { id accountName role expiresAt }
}`;

let header = h("header", { class: "bar" });

export function shellParts() {
  return header;
}

/** Draw the header for this viewer in this account; without a viewer it is the brand alone. */
export function drawShell(viewer, accountId, tab, { register, accept } = {}) {
  const account = viewer?.accounts.find((one) => one.id === accountId);
  const parts = viewer ? [accountMenu(viewer, account, accept), registerButton(viewer, register), userMenu(viewer.user)] : [];
  header = refresh(
    header,
    h("header", { class: "bar" }, h("div", { class: "bar-inner" }, brand(), parts), account && tabs(account, tab)),
  );
  header.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
}

const brand = () => h("a", { class: "brand", href: "/", "aria-label": t("brand") }, mark(), h("span", {}, "Licet"));

export const mark = () => h("span", { class: "mark", "aria-hidden": "true" }, icon("key"));

export const isAdmin = (account) => account.viewerRole === "OWNER" || account.viewerRole === "ADMIN";

function tabs(account, current) {
  const seen = TABS.filter((tab) => (!tab.admins || isAdmin(account)) && (!tab.companies || account.kind === "BUSINESS"));
  const link = ({ name, path }) =>
    h("a", { href: `/accounts/${account.id}${path}`, "aria-current": name === current && "page" }, t(`tab.${name}`));
  return h("nav", { class: "tabs", "aria-label": t("nav.account") }, seen.map(link));
}

function registerButton(viewer, register) {
  if (!viewer.accounts.some(isAdmin)) return null;
  return h("button", { type: "button", class: "primary register", id: "register", click: register }, icon("key"), h("span", {}, t("register.open")));
}

function accountMenu(viewer, account, accept) {
  const link = (one) =>
    h(
      "a",
      { href: `/accounts/${one.id}`, "aria-current": one === account && "true" },
      h("span", { class: "menu-name" }, one.name),
      h("span", { class: "quiet" }, `${term("account", one.kind)} · ${term("role", one.viewerRole)}`),
    );
  const invitation = (one) =>
    h(
      "div",
      { class: "menu-row" },
      h("span", {}, h("span", { class: "menu-name" }, one.accountName), h("span", { class: "quiet" }, t("invitation.as", { role: term("role", one.role) }))),
      accept && h("button", { type: "button", class: "secondary small", click: accept(one) }, t("invitation.accept")),
    );
  const name = account?.name ?? t("account.choose");
  const count = viewer.invitations.length;
  const invited = count > 0 && h("p", { class: "menu-title" }, t("invitation.title"));
  return disclosure(
    "account-menu",
    [t("account.switch", { name }), invited && t("invitation.count", { count })].filter(Boolean).join(", "),
    [h("span", { class: "menu-name" }, name), icon("down")],
    [h("p", { class: "menu-title" }, t("account.yours")), viewer.accounts.map(link), invited, viewer.invitations.map(invitation)],
    count > 0,
  );
}

function userMenu(user) {
  const name = user?.name ?? user?.email ?? t("user.service");
  const tongue = Object.entries(LANGUAGES).map(([code, label]) =>
    h("button", { type: "button", class: "link", lang: code, "aria-pressed": String(code === language()), click: () => choose(code) }, label),
  );
  return disclosure(
    "user-menu",
    t("user.menu", { name }),
    [h("span", { class: "avatar" }, initials(name))],
    [
      h("p", { class: "menu-who" }, h("span", { class: "menu-name" }, name), user?.email && h("span", { class: "quiet" }, user.email)),
      h("p", { class: "menu-row languages", role: "group", "aria-label": t("language") }, tongue),
      h("a", { href: "/graphql", target: "_blank", rel: "opener" }, t("explorer")),
      h("a", { href: "/schema.graphql", target: "_blank" }, t("sdl")),
      h("a", { href: "/sign-in", click: signOut }, t("signOut")),
    ],
  );
}

export const initials = (name) => Array.from(name.trim())[0]?.toUpperCase() ?? "?";

/** A button that shows and hides a panel of links; Escape, a click elsewhere and leaving it hide the panel. */
function disclosure(id, label, face, content, marked = false) {
  const panel = h("div", { class: "panel", id: unique(id), hidden: true }, content);
  const control = h(
    "button",
    { type: "button", id, class: `disclosure ${marked ? "marked" : ""}`, "aria-label": label, "aria-expanded": "false", "aria-controls": panel.id, click: () => show(panel.hidden) },
    face,
  );
  const around = h("div", { class: `menu ${id}` }, control, panel);
  around.addEventListener("focusout", ({ relatedTarget }) => relatedTarget && !around.contains(relatedTarget) && show(false));
  around.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || panel.hidden) return;
    show(false);
    control.focus();
  });
  panel.addEventListener("click", ({ target }) => target.closest("a") && show(false));

  function elsewhere({ target }) {
    if (!around.contains(target)) show(false);
  }

  function show(shown) {
    panel.hidden = !shown;
    control.setAttribute("aria-expanded", String(shown));
    (shown ? addEventListener : removeEventListener)("pointerdown", elsewhere);
  }

  return around;
}
