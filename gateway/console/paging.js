// Lists that grow by a page at a press of a button.

import { h } from "./dom.js";
import { t } from "./language.js";
import { announce } from "./notices.js";
import { button, empty, failed } from "./parts.js";

/** A page of rows as `list(nodes)` draws them; `load(after)` brings the next page. */
export function paged(page, list, load) {
  const shown = list(page.nodes);
  const area = h("div", { class: "more" });
  draw();
  return [shown, area];

  function draw() {
    const next = page.pageInfo.hasNextPage && button(t("list.more"), { class: "secondary", click: more });
    area.replaceChildren(h("p", { class: "quiet" }, t("list.shown", { shown: page.nodes.length, total: page.totalCount })), next || "");
  }

  async function more() {
    area.setAttribute("aria-busy", "true");
    try {
      append(await load(page.pageInfo.endCursor));
    } catch (failure) {
      area.replaceChildren(failed(failure, more));
    } finally {
      area.removeAttribute("aria-busy");
    }
  }

  function append({ nodes, pageInfo, totalCount }) {
    const fresh = [...list(nodes).children];
    shown.append(...fresh);
    page.nodes.push(...nodes);
    Object.assign(page, { pageInfo, totalCount });
    draw();
    fresh[0]?.setAttribute("tabindex", "-1");
    fresh[0]?.focus();
    announce(t("list.shown", { shown: page.nodes.length, total: page.totalCount }));
  }
}

export const forbidden = () => [h("h1", { class: "visually-hidden" }, t("forbidden.title")), empty(t("forbidden.title"), t("forbidden.hint"))];
