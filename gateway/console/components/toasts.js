// Live regions: toasts, announcements to screen readers, and the banner of a lost connection.

import { h, icon } from "../lib/dom.js";
import { RequestError, events } from "../lib/graphql-client.js";
import { t } from "../lib/i18n.js";

/** @import { UserError } from "../lib/types.js" */

const TOAST_MS = 6000;

const liveRegion = h("div", { class: "visually-hidden", role: "status" });
const toastRegion = h("div", { class: "toasts", role: "status", popover: "manual" });
const offlineBanner = h("div", { class: "offline", role: "status" });

export function createLiveRegions() {
  addEventListener("offline", showOffline);
  addEventListener("online", hideOffline);
  events.addEventListener("unreachable", showOffline);
  events.addEventListener("reached", hideOffline);
  if (!navigator.onLine) showOffline();
  return [offlineBanner, toastRegion, liveRegion];
}

function showOffline() {
  if (offlineBanner.childElementCount === 0) offlineBanner.append(icon("warn"), h("span", {}, t("offline")));
}

function hideOffline() {
  offlineBanner.replaceChildren();
}

/**
 * For screen readers only: what has come into view.
 *
 * @param {string} message
 */
export function announce(message) {
  liveRegion.textContent = message;
}

/**
 * @param {string} message
 * @param {Parameters<typeof icon>[0]} [iconName]
 */
export function showToast(message, iconName = "check") {
  const element = h("p", { class: "toast" }, icon(iconName), h("span", {}, message));
  toastRegion.append(element);
  // Above whatever dialog was opened since the last one.
  toastRegion.hidePopover();
  toastRegion.showPopover();
  setTimeout(() => element.remove(), TOAST_MS);
}

/**
 * Into the clipboard, which a page that did not come over https may not use.
 *
 * @param {string} text
 * @param {string} successMessage
 * @param {string} errorMessage
 */
export async function copyText(text, successMessage, errorMessage) {
  try {
    await navigator.clipboard.writeText(text);
    showToast(successMessage);
  } catch {
    showErrorToast(errorMessage);
  }
}

/**
 * A click handler that imports its module first. That fails offline, and where this page is of an older version.
 *
 * @template Module
 * @param {() => Promise<Module>} load
 * @param {(module: Module) => unknown} run
 */
export const lazy = (load, run) => async () => {
  let module;
  try {
    module = await load();
  } catch {
    showErrorToast(t("error.module"));
    return;
  }
  await run(module);
};

/** @param {string} message */
export const showErrorToast = (message) => showToast(message, "warn");

/**
 * What a click sends: its payload, or null after a toast that says why there is none. Without a session there is no
 * toast, as the page goes to sign in; our own mistakes go on to the browser's log.
 *
 * @template {{ userErrors: UserError[] }} Payload
 * @param {() => Promise<Payload>} send
 * @param {string} [offlineMessage]
 * @returns {Promise<Payload | null>}
 */
export async function payloadOrToast(send, offlineMessage = t("error.offline")) {
  try {
    const payload = await send();
    if (payload.userErrors.length === 0) return payload;
    showErrorToast(payload.userErrors[0].message);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    if (error.kind !== "unauthenticated") showErrorToast(error.kind === "offline" ? offlineMessage : error.message);
  }
  return null;
}
