// Lists that grow by a page: at a press of a button, or as one scrolls.

import { h } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { announce } from "./toasts.js";
import { button, empty, failed, missingAccount } from "./elements.js";

/** A page of rows as `list(nodes)` draws them; `load(after)` brings the next page. */
export function paged(page, list, load) {
  const shown = list(page.nodes);
  const add = (nodes) => {
    const fresh = [...list(nodes).children];
    shown.append(...fresh);
    return fresh;
  };
  return [shown, more(page, load, add)];
}

/**
 * How much of a list is shown, and the way to the rest: `load(after)` brings the next page, `add(nodes)` draws it and
 * returns its rows. With `scrolls` it comes as soon as its place comes into view, too.
 */
export function more(page, load, add, { scrolls = false } = {}) {
  const area = h("div", { class: "more" });
  const control = button(t("list.more"), { class: "secondary", click: next });
  const watcher = new IntersectionObserver((seen) => seen.some(({ isIntersecting }) => isIntersecting) && next(), { rootMargin: "400px" });
  let waiting = false;
  draw();
  return area;

  function draw() {
    area.replaceChildren(h("p", { class: "quiet" }, said()));
    if (!page.pageInfo.hasNextPage) return;
    area.append(control);
    if (scrolls) watcher.observe(control);
  }

  // A second press, and scrolling meanwhile, would bring the same page again.
  async function next() {
    if (waiting) return;
    waiting = true;
    watcher.disconnect();
    area.setAttribute("aria-busy", "true");
    try {
      const found = await load(page.pageInfo.endCursor);
      if (area.isConnected) append(found);
    } catch (failure) {
      area.replaceChildren(failed(failure, next));
    } finally {
      waiting = false;
      area.removeAttribute("aria-busy");
    }
  }

  function append({ nodes, pageInfo, totalCount }) {
    const focused = area.contains(document.activeElement);
    const [first] = add(nodes);
    // The view's own data: coming back shows all of it.
    page.nodes.push(...nodes);
    Object.assign(page, { pageInfo, totalCount });
    draw();
    if (focused) focus(first);
    announce(said());
  }

  function said() {
    return t("list.shown", { shown: page.nodes.length, total: page.totalCount });
  }
}

function focus(row) {
  row?.setAttribute("tabindex", "-1");
  row?.focus();
}

/** In place of what only admins of the account see. */
export function forbidden(account) {
  if (account === null) return missingAccount();
  return [h("h1", { class: "visually-hidden" }, t("forbidden.title")), empty(t("forbidden.title"), t("forbidden.hint"))];
}
