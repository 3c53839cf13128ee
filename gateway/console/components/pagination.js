// Lists that grow by a page, at the press of a button or on scroll.

import { h } from "../lib/dom.js";
import { RequestError } from "../lib/graphql-client.js";
import { t } from "../lib/i18n.js";
import { button, emptyState, errorState, missingAccount } from "./elements.js";
import { announce } from "./toasts.js";

/** @import { Connection } from "../lib/types.js" */

/**
 * A page of rows as `renderList(nodes)` draws them; `load(after)` brings the next page.
 *
 * @template Row
 * @param {Connection<Row>} page
 * @param {(nodes: Row[]) => HTMLElement} renderList
 * @param {(after: string | null) => Promise<Connection<Row>>} load
 */
export function paginatedList(page, renderList, load) {
  const element = renderList(page.nodes);
  /** @param {Row[]} nodes */
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
 *
 * @template Row
 * @param {Connection<Row>} page
 * @param {(after: string | null) => Promise<Connection<Row>>} load
 * @param {(nodes: Row[]) => Element[]} appendRows
 * @param {{ onScroll?: boolean }} [options]
 */
export function loadMore(page, load, appendRows, { onScroll = false } = {}) {
  const container = h("div", { class: "more" });
  const trigger = button(t("list.more"), { class: "secondary", click: loadNext });
  const observer = observeVisible(loadNext);
  let loading = false;
  render();
  return container;

  function render() {
    container.replaceChildren(h("p", { class: "quiet" }, progressText(page)));
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
      if (!container.isConnected) return;
      const focused = container.contains(document.activeElement);
      const [first] = appendRows(next.nodes);
      addPage(page, next);
      render();
      if (focused) focusRow(first);
      announce(progressText(page));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      container.replaceChildren(errorState(error, loadNext));
    } finally {
      loading = false;
      container.removeAttribute("aria-busy");
    }
  }
}

/**
 * Observes whether a control is about to scroll into view.
 *
 * @param {() => void} onVisible
 */
function observeVisible(onVisible) {
  const notify = (/** @type {IntersectionObserverEntry[]} */ entries) =>
    entries.some(({ isIntersecting }) => isIntersecting) && onVisible();
  return new IntersectionObserver(notify, { rootMargin: "400px" });
}

/**
 * Into the view's own data, so that coming back shows all of it.
 *
 * @template Row
 * @param {Connection<Row>} page
 * @param {Connection<Row>} next
 */
function addPage(page, { nodes, pageInfo, totalCount }) {
  page.nodes.push(...nodes);
  Object.assign(page, { pageInfo, totalCount });
}

/** @param {Connection<unknown>} page */
const progressText = (page) => t("list.shown", { shown: page.nodes.length, total: page.totalCount });

/** @param {Element | undefined} row */
function focusRow(row) {
  if (!(row instanceof HTMLElement)) return;
  row.setAttribute("tabindex", "-1");
  row.focus();
}

/**
 * In place of what only admins of the account see.
 *
 * @param {object | null} account
 */
export function forbiddenState(account) {
  if (account === null) return missingAccount();
  return [
    h("h1", { class: "visually-hidden" }, t("forbidden.title")),
    emptyState(t("forbidden.title"), t("forbidden.hint")),
  ];
}
