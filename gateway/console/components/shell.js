// The header of every view: accounts, tabs, and the user's menu.

import { h, icon, replaceKeepingFocus, uniqueId } from "../lib/dom.js";
import { LOCALES, detectLocale, enumLabel, setLocale, t } from "../lib/i18n.js";
import { signOut } from "../lib/session.js";

/** @import { Account, Child, Invitation, User, Viewer } from "../lib/types.js" */

/** @typedef {{ register: () => void, accept: (invitation: Invitation) => () => void }} HeaderActions */

/** @type {{ name: string, path: string, admins?: boolean, companies?: boolean }[]} */
const TABS = [
  { name: "overview", path: "" },
  { name: "subscriptions", path: "/subscriptions" },
  { name: "billing", path: "/billing", admins: true },
  { name: "members", path: "/members", admins: true, companies: true },
  { name: "activity", path: "/activity", admins: true },
];

/** What the header needs; every view's operation includes it. */
export const SHELL_VIEWER = `
fragment ShellViewer on Viewer {
  user { name email }
  accounts { id name kind viewerRole }
  invitations { id accountName role expiresAt }
}`;

let header = h("header", { class: "bar" });

export function createHeader() {
  return header;
}

/**
 * Draw the header for this viewer in this account; without a viewer it is the brand alone.
 *
 * @param {Viewer | null} viewer
 * @param {string} [accountId]
 * @param {string} [tab]
 * @param {HeaderActions} [actions]
 */
export function renderHeader(viewer, accountId, tab, actions) {
  const account = viewer?.accounts.find((each) => each.id === accountId);
  const parts =
    viewer && actions
      ? [accountMenu(viewer, account, actions.accept), registerButton(viewer, actions.register), userMenu(viewer.user)]
      : [];
  header = replaceKeepingFocus(
    header,
    h("header", { class: "bar" }, h("div", { class: "bar-inner" }, brand(), parts), account && tabs(account, tab)),
  );
  header.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
}

const brand = () => h("a", { class: "brand", href: "/", "aria-label": t("brand") }, logo(), h("span", {}, "Licet"));

export const logo = () => h("span", { class: "mark", "aria-hidden": "true" }, icon("key"));

/** @param {Account} account */
export const isAdmin = (account) => account.viewerRole === "OWNER" || account.viewerRole === "ADMIN";

/**
 * @param {Account} account
 * @param {string | undefined} current
 */
function tabs(account, current) {
  const visible = TABS.filter(
    (tab) => (!tab.admins || isAdmin(account)) && (!tab.companies || account.kind === "BUSINESS"),
  );
  /** @param {(typeof TABS)[number]} tab */
  const link = ({ name, path }) =>
    h("a", { href: `/accounts/${account.id}${path}`, "aria-current": name === current && "page" }, t(`tab.${name}`));
  return h("nav", { class: "tabs", "aria-label": t("nav.account") }, visible.map(link));
}

/**
 * @param {Viewer} viewer
 * @param {HeaderActions["register"]} register
 */
function registerButton(viewer, register) {
  if (!viewer.accounts.some(isAdmin)) return null;
  return h(
    "button",
    { type: "button", class: "primary register", id: "register", click: register },
    icon("key"),
    h("span", {}, t("register.open")),
  );
}

/**
 * @param {Viewer} viewer
 * @param {Account | undefined} account
 * @param {HeaderActions["accept"]} accept
 */
function accountMenu(viewer, account, accept) {
  /** @param {Account} each */
  const link = (each) =>
    h(
      "a",
      { href: `/accounts/${each.id}`, "aria-current": each === account && "true" },
      h("span", { class: "menu-name" }, each.name),
      h("span", { class: "quiet" }, `${enumLabel("account", each.kind)} · ${enumLabel("role", each.viewerRole)}`),
    );
  /** @param {Invitation} each */
  const invitation = (each) =>
    h(
      "div",
      { class: "menu-row" },
      h(
        "span",
        {},
        h("span", { class: "menu-name" }, each.accountName),
        h("span", { class: "quiet" }, t("invitation.as", { role: enumLabel("role", each.role) })),
      ),
      h("button", { type: "button", class: "secondary small", click: accept(each) }, t("invitation.accept")),
    );
  const name = account?.name ?? t("account.choose");
  const count = viewer.invitations.length;
  const invited = count > 0 && h("p", { class: "menu-title" }, t("invitation.title"));
  return disclosure(
    "account-menu",
    [t("account.switch", { name }), invited && t("invitation.count", { count })].filter(Boolean).join(", "),
    [h("span", { class: "menu-name" }, name), icon("down")],
    [
      h("p", { class: "menu-title" }, t("account.yours")),
      viewer.accounts.map(link),
      invited,
      viewer.invitations.map(invitation),
    ],
    count > 0,
  );
}

/** @param {User | null} user */
function userMenu(user) {
  const name = user?.name ?? user?.email ?? t("user.service");
  const languageButtons = Object.entries(LOCALES).map(([code, label]) =>
    h(
      "button",
      {
        type: "button",
        class: "link",
        lang: code,
        "aria-pressed": String(code === detectLocale()),
        click: () => setLocale(code),
      },
      label,
    ),
  );
  return disclosure(
    "user-menu",
    t("user.menu", { name }),
    [h("span", { class: "avatar" }, initials(name))],
    [
      h(
        "p",
        { class: "menu-who" },
        h("span", { class: "menu-name" }, name),
        user?.email && h("span", { class: "quiet" }, user.email),
      ),
      h("p", { class: "menu-row languages", role: "group", "aria-label": t("language") }, languageButtons),
      h("a", { href: "/graphql", target: "_blank", rel: "opener" }, t("explorer")),
      h("a", { href: "/schema.graphql", target: "_blank" }, t("sdl")),
      h("a", { href: "/sign-in", click: signOut }, t("signOut")),
    ],
  );
}

/** @param {string} name */
export const initials = (name) => Array.from(name.trim())[0]?.toUpperCase() ?? "?";

/**
 * A button that shows and hides a panel of links; Escape, a click elsewhere and leaving it hide the panel.
 *
 * @param {string} id
 * @param {string} label
 * @param {Child} face
 * @param {Child} content
 * @param {boolean} [marked]
 */
function disclosure(id, label, face, content, marked = false) {
  const panel = h("div", { class: "panel", id: uniqueId(id), hidden: true }, content);
  const attributes = { "aria-label": label, "aria-expanded": "false", "aria-controls": panel.id };
  const toggle = h(
    "button",
    { type: "button", id, class: `disclosure ${marked ? "marked" : ""}`, ...attributes },
    face,
  );
  const container = h("div", { class: `menu ${id}` }, toggle, panel);
  toggle.addEventListener("click", () => setOpen(Boolean(panel.hidden)));
  panel.addEventListener("click", ({ target }) => target instanceof Element && target.closest("a") && setOpen(false));
  container.addEventListener("focusout", ({ relatedTarget }) => relatedTarget && closeOutside(relatedTarget));
  container.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || panel.hidden) return;
    setOpen(false);
    toggle.focus();
  });
  return container;

  /** @param {EventTarget | null} target */
  function closeOutside(target) {
    if (!(target instanceof Node && container.contains(target))) setOpen(false);
  }

  /** @param {PointerEvent} event */
  function onPointerDown({ target }) {
    closeOutside(target);
  }

  /** @param {boolean} open */
  function setOpen(open) {
    panel.hidden = !open;
    toggle.setAttribute("aria-expanded", String(open));
    (open ? addEventListener : removeEventListener)("pointerdown", onPointerDown);
  }
}
