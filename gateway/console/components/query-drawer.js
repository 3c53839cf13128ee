// "Show the query": the operations this view sent, with size and timing. It stays open from view to view.

import { getElement, h, icon } from "../lib/dom.js";
import { events, requestLog } from "../lib/graphql-client.js";
import { formatBytes, formatMilliseconds, t } from "../lib/i18n.js";
import { copyText } from "./toasts.js";

/** @import { LogEntry } from "../lib/graphql-client.js" */
/** @import { Child } from "../lib/types.js" */

const TOKEN =
  /(#[^\n]*)|("(?:[^"\\]|\\.)*")|(\$\w+)|\b(query|mutation|fragment|on|true|false|null)\b|(@\w+)|\b([A-Z]\w*)\b/g;
const TOKEN_KINDS = ["", "comment", "string", "variable", "keyword", "directive", "type"];

/** @type {HTMLElement} */
let drawer;
/** @type {HTMLElement} */
let openButton;

/** The pill that opens the drawer, and the drawer; both follow the request log. */
export function createQueryDrawer() {
  drawer = h("aside", {
    class: "drawer",
    id: "query",
    "aria-label": t("query.title"),
    hidden: true,
    keydown: onKeydown,
  });
  openButton = h("button", {
    class: "pill",
    type: "button",
    "aria-expanded": "false",
    "aria-controls": "query",
    click: toggle,
  });
  events.addEventListener("request", render);
  render();
  return [openButton, drawer];
}

function toggle() {
  drawer.hidden = !drawer.hidden;
  openButton.setAttribute("aria-expanded", String(!drawer.hidden));
  document.documentElement.classList.toggle("with-drawer", !drawer.hidden);
  render();
  (drawer.hidden ? openButton : getElement(drawer, "button", HTMLElement)).focus();
}

/** @param {KeyboardEvent} event */
function onKeydown(event) {
  if (event.key === "Escape") toggle();
}

function render() {
  const [latest] = requestLog;
  openButton.hidden = !latest;
  if (!latest) return;
  openButton.replaceChildren(
    icon("query"),
    h("span", {}, t("query.show")),
    h("span", { class: "quiet" }, summarize(latest)),
  );
  if (drawer.hidden) return;
  const close = h(
    "button",
    { type: "button", class: "icon-button", "aria-label": t("close"), click: toggle },
    icon("close"),
  );
  drawer.replaceChildren(
    h("div", { class: "drawer-head" }, h("h2", {}, t("query.title")), close),
    h("p", { class: "quiet" }, t("query.lead")),
    ...requestLog.map(logEntry),
  );
}

/**
 * @param {LogEntry} entry
 * @param {number} index
 */
function logEntry(entry, index) {
  const variables = JSON.stringify(entry.variables, null, 2);
  return h(
    "details",
    { class: "log-entry", open: index === 0 },
    h("summary", {}, h("strong", {}, entry.name), h("span", { class: "quiet" }, summarize(entry))),
    h(
      "p",
      { class: "links" },
      h("a", { href: explorerLink(entry.operation, variables), target: "_blank", rel: "opener" }, t("query.explorer")),
      h(
        "button",
        { type: "button", class: "link", click: () => copyText(entry.operation, t("copied"), t("query.notCopied")) },
        t("query.copy"),
      ),
    ),
    codeBlock(t("query.document"), highlight(entry.operation)),
    codeBlock(t("query.variables"), highlight(variables)),
  );
}

/**
 * @param {string} label
 * @param {Child} content
 */
function codeBlock(label, content) {
  return h("pre", { tabindex: "0", role: "region", "aria-label": label }, h("code", {}, content));
}

/**
 * `3.1 kB · 12 ms · 1 statement`
 *
 * @param {LogEntry} entry
 */
function summarize({ bytes: size, ms, statements }) {
  const parts = [formatBytes(size), formatMilliseconds(ms)];
  if (statements !== null) parts.push(t("query.statements", { count: statements }));
  return parts.join(" · ");
}

/**
 * The fragment stays in the browser: neither the query nor its variables reach a log.
 *
 * @param {string} query
 * @param {string} variables
 */
function explorerLink(query, variables) {
  return `/graphql#${new URLSearchParams({ query, variables })}`;
}

/** @param {string} text */
function highlight(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const kind = TOKEN_KINDS[match.findIndex((group, index) => index > 0 && group !== undefined)];
    nodes.push(text.slice(end, match.index), h("span", { class: `syntax-${kind}` }, match[0]));
    end = match.index + match[0].length;
  }
  return [...nodes, text.slice(end)];
}
