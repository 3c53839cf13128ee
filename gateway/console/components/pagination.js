// Lists that grow by a page, at the press of a button or on scroll.

import { h } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { button, emptyState, errorState, missingAccount } from "./elements.js";
import { announce } from "./toasts.js";

/** A page of rows as `renderList(nodes)` draws them; `load(after)` brings the next page. */
export function paginatedList(page, renderList, load) {
  const element = renderList(page.nodes);
  const appendRows = (nodes) => {
    const rows = [...renderList(nodes).children];
    element.append(...rows);
    return rows;
  };
  return [element, loadMore(page, load, appendRows)];
}

/**
 * How much of a list is shown, and a button for more: `load(after)` brings the next page, `appendRows(nodes)` draws
 * it and returns its rows. With `onScroll` it is loaded as soon as the button scrolls into view, too.
 */
export function loadMore(page, load, appendRows, { onScroll = false } = {}) {
  const container = h("div", { class: "more" });
  const trigger = button(t("list.more"), { class: "secondary", click: loadNext });
  const observer = new IntersectionObserver(
    (entries) => entries.some(({ isIntersecting }) => isIntersecting) && loadNext(),
    { rootMargin: "400px" },
  );
  let loading = false;
  render();
  return container;

  function render() {
    container.replaceChildren(h("p", { class: "quiet" }, progressText()));
    if (!page.pageInfo.hasNextPage) return;
    container.append(trigger);
    if (onScroll) observer.observe(trigger);
  }

  // A second press, and scrolling meanwhile, would bring the same page again.
  async function loadNext() {
    if (loading) return;
    loading = true;
    observer.disconnect();
    container.setAttribute("aria-busy", "true");
    try {
      const next = await load(page.pageInfo.endCursor);
      if (container.isConnected) append(next);
    } catch (error) {
      container.replaceChildren(errorState(error, loadNext));
    } finally {
      loading = false;
      container.removeAttribute("aria-busy");
    }
  }

  function append({ nodes, pageInfo, totalCount }) {
    const focused = container.contains(document.activeElement);
    const [first] = appendRows(nodes);
    // The view's own data: coming back shows all of it.
    page.nodes.push(...nodes);
    Object.assign(page, { pageInfo, totalCount });
    render();
    if (focused) focusRow(first);
    announce(progressText());
  }

  function progressText() {
    return t("list.shown", { shown: page.nodes.length, total: page.totalCount });
  }
}

function focusRow(row) {
  row?.setAttribute("tabindex", "-1");
  row?.focus();
}

/** In place of what only admins of the account see. */
export function forbiddenState(account) {
  if (account === null) return missingAccount();
  return [
    h("h1", { class: "visually-hidden" }, t("forbidden.title")),
    emptyState(t("forbidden.title"), t("forbidden.hint")),
  ];
}
