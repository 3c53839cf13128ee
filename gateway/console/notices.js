// What is said in passing: a change that was made, a connection that was lost. Both are live regions.

import { h, icon } from "./dom.js";
import { news } from "./graph.js";
import { t } from "./language.js";

const SHOWN = 6000; // milliseconds

const said = h("div", { class: "visually-hidden", role: "status" });
const toasts = h("div", { class: "toasts", role: "status" });
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

export function toast(sentence) {
  const shown = h("p", { class: "toast" }, icon("check"), h("span", {}, sentence));
  toasts.append(shown);
  setTimeout(() => shown.remove(), SHOWN);
}
