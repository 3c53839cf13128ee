// What is said in passing: a change that was made, a connection that was lost. Both are live regions.

import { h, icon } from "../lib/dom.js";
import { Failure, news } from "../lib/graphql-client.js";
import { t } from "../lib/i18n.js";

const SHOWN = 6000; // milliseconds

const said = h("div", { class: "visually-hidden", role: "status" });
const toasts = h("div", { class: "toasts", role: "status", popover: "manual" });
const offline = h("div", { class: "offline", role: "status" });

export function noticeParts() {
  addEventListener("offline", lost);
  addEventListener("online", found);
  news.addEventListener("unreachable", lost);
  news.addEventListener("reached", found);
  if (!navigator.onLine) lost();
  return [offline, toasts, said];
}

function lost() {
  if (offline.childElementCount === 0) offline.append(icon("warn"), h("span", {}, t("offline")));
}

function found() {
  offline.replaceChildren();
}

/** For who listens only: what has come into view. */
export function announce(sentence) {
  said.textContent = sentence;
}

export function toast(sentence, drawing = "check") {
  const shown = h("p", { class: "toast" }, icon(drawing), h("span", {}, sentence));
  toasts.append(shown);
  // Above whatever dialog was opened since the last one.
  toasts.hidePopover();
  toasts.showPopover();
  setTimeout(() => shown.remove(), SHOWN);
}

/** Into the clipboard, which a page that did not come over https may not use. */
export async function copy(text, done, refused) {
  try {
    await navigator.clipboard.writeText(text);
    toast(done);
  } catch {
    toastRefusal(refused);
  }
}

/** For a click: `use` takes what `load` imports. It may not come: without a connection, or where this page is of an older version. */
export const lazy = (load, use) => async () => {
  let part;
  try {
    part = await load();
  } catch {
    toastRefusal(t("failure.part"));
    return;
  }
  await use(part);
};

/** What was clicked can not be done, and why. */
export const toastRefusal = (sentence) => toast(sentence, "warn");

/**
 * What was clicked had no answer; without a connection `offline` says so, without a session the way to sign in does.
 * Our own mistakes go on to the browser.
 */
export function toastFailure(failure, offline = t("failure.offline")) {
  if (!(failure instanceof Failure)) throw failure;
  if (failure.kind === "signed-out") return;
  toastRefusal(failure.kind === "offline" ? offline : failure.message);
}
