// Modal dialogs: the platform keeps the focus inside; closing gives it back to the control that opened it.

import { findElement, h, icon, uniqueId } from "../lib/dom.js";
import { t } from "../lib/i18n.js";

/** @import { Child } from "../lib/types.js" */

/**
 * Show `content` in a modal dialog, until it is closed or its view is left.
 *
 * @param {string} title
 * @param {Child} content
 */
export function openDialog(title, content) {
  const opener = document.activeElement;
  const heading = h("h2", { id: uniqueId("dialog") }, title);
  /** @type {HTMLDialogElement} */
  const dialog = h("dialog", {
    "aria-labelledby": heading.id,
    click: (event) => event.target === dialog && event.detail > 0 && dialog.close(),
    close: () => onClose(dialog, opener),
  });
  const closeButton = h(
    "button",
    { type: "button", class: "icon-button", "aria-label": t("close"), click: () => dialog.close() },
    icon("close"),
  );
  const head = h("div", { class: "dialog-head" }, heading, closeButton);
  dialog.append(h("div", { class: "dialog-body" }, head, content));
  document.body.append(dialog);
  dialog.showModal();
  findElement(dialog, "[autofocus]")?.focus();
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {Element | null} opener
 */
function onClose(dialog, opener) {
  dialog.remove();
  // The opener may have been drawn anew by what the dialog did.
  const target = opener?.isConnected ? opener : document.getElementById(opener?.id ?? "");
  if (target instanceof HTMLElement) target.focus();
}
