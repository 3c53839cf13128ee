// "Show the query": what this view asked, and what it took. It stays open while one walks from view to view.

import { h, icon } from "../lib/dom.js";
import { exchanges, news } from "../lib/graphql-client.js";
import { bytes, milliseconds, t } from "../lib/i18n.js";
import { copy } from "./toasts.js";

const WORD = /(#[^\n]*)|("(?:[^"\\]|\\.)*")|(\$\w+)|\b(query|mutation|fragment|on|true|false|null)\b|(@\w+)|\b([A-Z]\w*)\b/g;
const KINDS = ["", "comment", "string", "variable", "keyword", "directive", "type"];

let drawer;
let pill;

/** The pill that opens the drawer, and the drawer; both follow the exchanges. */
export function drawerParts() {
  drawer = h("aside", { class: "drawer", id: "query", "aria-label": t("query.title"), hidden: true, keydown: escaped });
  pill = h("button", { class: "pill", type: "button", "aria-expanded": "false", "aria-controls": "query", click: toggle });
  news.addEventListener("exchange", draw);
  draw();
  return [pill, drawer];
}

function toggle() {
  drawer.hidden = !drawer.hidden;
  pill.setAttribute("aria-expanded", String(!drawer.hidden));
  document.documentElement.classList.toggle("with-drawer", !drawer.hidden);
  draw();
  (drawer.hidden ? pill : drawer.querySelector("button")).focus();
}

function escaped(event) {
  if (event.key === "Escape") toggle();
}

function draw() {
  const [latest] = exchanges;
  pill.hidden = !latest;
  if (!latest) return;
  pill.replaceChildren(icon("query"), h("span", {}, t("query.show")), h("span", { class: "quiet" }, brief(latest)));
  if (drawer.hidden) return;
  const close = h("button", { type: "button", class: "icon-button", "aria-label": t("close"), click: toggle }, icon("close"));
  drawer.replaceChildren(h("div", { class: "drawer-head" }, h("h2", {}, t("query.title")), close), h("p", { class: "quiet" }, t("query.lead")), ...exchanges.map(entry));
}

function entry(exchange, index) {
  const variables = JSON.stringify(exchange.variables, null, 2);
  return h(
    "details",
    { class: "exchange", open: index === 0 },
    h("summary", {}, h("strong", {}, exchange.name), h("span", { class: "quiet" }, brief(exchange))),
    h(
      "p",
      { class: "links" },
      h("a", { href: explorerLink(exchange.operation, variables), target: "_blank", rel: "opener" }, t("query.explorer")),
      h("button", { type: "button", class: "link", click: () => copy(exchange.operation, t("copied"), t("query.notCopied")) }, t("query.copy")),
    ),
    block(t("query.document"), marked(exchange.operation)),
    block(t("query.variables"), marked(variables)),
  );
}

function block(label, content) {
  return h("pre", { tabindex: "0", role: "region", "aria-label": label }, h("code", {}, content));
}

/** `3.1 kB · 12 ms · 1 statement` */
function brief({ bytes: size, ms, statements }) {
  const parts = [bytes(size), milliseconds(ms)];
  if (statements !== null) parts.push(t("query.statements", { count: statements }));
  return parts.join(" · ");
}

/** The fragment stays in the browser: neither the query nor its variables reach a log. */
function explorerLink(query, variables) {
  return `/graphql#${new URLSearchParams({ query, variables })}`;
}

function marked(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(WORD)) {
    const kind = KINDS[match.findIndex((group, index) => index > 0 && group !== undefined)];
    nodes.push(text.slice(end, match.index), h("span", { class: `syntax-${kind}` }, match[0]));
    end = match.index + match[0].length;
  }
  return [...nodes, text.slice(end)];
}
