// The small parts that views are made of.

import { h, icon, uniqueId } from "../lib/dom.js";
import { serverToday } from "../lib/graphql-client.js";
import { enumLabel, formatDate, formatNumber, formatRelativeDate, t } from "../lib/i18n.js";

/** @import { RequestError } from "../lib/graphql-client.js" */
/** @import { Child, SubscriptionRow } from "../lib/types.js" */

/** @type {Record<string, string>} */
const TONES = {
  ACTIVE: "good",
  PAID: "good",
  ON: "good",
  OWNER: "plain",
  ADMIN: "plain",
  GRACE_PERIOD: "warn",
  EXPIRING_SOON: "warn",
  AUTHORIZED: "calm",
  PENDING: "calm",
  INVITED: "calm",
  BLOCKED: "bad",
  FAILED: "bad",
};

/**
 * A state in a word; colour only repeats what the word says.
 *
 * @param {string} kind
 * @param {string} code
 */
export function chip(kind, code) {
  return h("span", { class: `chip ${TONES[code] ?? "plain"}` }, enumLabel(kind, code));
}

/** @param {Pick<SubscriptionRow, "isExpiringSoon" | "isTrial" | "status">} subscription */
export function statusChips(subscription) {
  const status = subscription.isExpiringSoon ? "EXPIRING_SOON" : subscription.status;
  return h(
    "span",
    { class: "chips" },
    chip("status", status),
    subscription.isTrial && h("span", { class: "chip plain" }, t("trial")),
  );
}

/**
 * How much of `total` is used, as a bar beside the numbers.
 *
 * @param {number} used
 * @param {number} total
 */
export function meter(used, total) {
  const share = total === 0 ? 0 : Math.min(1, used / total);
  return h("span", { class: "meter", "--used": share, "aria-hidden": "true" }, h("span"));
}

/**
 * @param {number} used
 * @param {number} total
 */
export function seatUsage(used, total) {
  return h(
    "span",
    { class: "seats" },
    h("span", { class: "figure" }, t("seats.used", { used: formatNumber(used), total: formatNumber(total) })),
    meter(used, total),
  );
}

/**
 * A day, and how far it is.
 *
 * @param {string} text
 * @param {{ distance?: boolean }} [options]
 */
export function dateWithDistance(text, { distance = true } = {}) {
  return [
    h("time", { datetime: text }, formatDate(text)),
    distance && h("span", { class: "quiet near" }, formatRelativeDate(text, serverToday())),
  ];
}

/**
 * What comes next for a subscription: it renews, ends, or ended.
 *
 * @param {Pick<SubscriptionRow, "renewsOn" | "expiresOn" | "status">} subscription
 */
export function nextDate({ renewsOn, expiresOn, status }) {
  if (status === "PENDING" && !expiresOn) return { label: t("date.notStarted"), on: null };
  if (!expiresOn) return { label: t("date.perpetual"), on: null };
  if (renewsOn && status === "GRACE_PERIOD") return { label: t("date.due"), on: renewsOn };
  if (renewsOn) return { label: t("date.renews"), on: renewsOn };
  return { label: expiresOn < serverToday() ? t("date.ended") : t("date.ends"), on: expiresOn };
}

/** @param {...[name: string, value: Child]} entries */
export function descriptionList(...entries) {
  const rows = entries.filter(Boolean).map(([name, ...value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)));
  return h("dl", { class: "facts" }, rows);
}

/**
 * @param {string} title
 * @param {{ action?: Child, aside?: Child, id?: string }} [options]
 * @param {...Child} content
 */
export function section(title, { action = null, aside = null, id = uniqueId("section") } = {}, ...content) {
  const heading = h("h2", { id }, title, aside && h("span", { class: "quiet count" }, aside));
  return h(
    "section",
    { "aria-labelledby": id, class: "section" },
    h("div", { class: "section-head" }, heading, action),
    content,
  );
}

/**
 * @param {string} label
 * @param {Parameters<typeof h>[1]} attributes
 * @param {Parameters<typeof icon>[0] | null} [iconName]
 */
export function button(label, attributes, iconName = null) {
  return h("button", { type: "button", ...attributes }, iconName && icon(iconName), h("span", {}, label));
}

/**
 * @param {string} title
 * @param {string} message
 * @param {Child} [action]
 */
export function emptyState(title, message, action = null) {
  return h("div", { class: "empty" }, h("p", { class: "empty-title" }, title), h("p", {}, message), action);
}

export const missingAccount = () =>
  h(
    "div",
    { class: "empty" },
    h("h1", {}, t("account.missing")),
    h("p", {}, t("account.missingHint")),
    h("a", { class: "button secondary", href: "/" }, t("notFound.home")),
  );

/**
 * In place of what failed to load: why, and a button to try again.
 *
 * @param {RequestError} error
 * @param {() => void} retry
 */
export function errorState(error, retry) {
  const offline = error.kind === "offline";
  const server = error.kind === "server";
  return h(
    "div",
    { class: "empty failure", role: "alert" },
    icon("warn"),
    h("p", { class: "empty-title" }, t(offline ? "error.offline" : server ? "error.server" : "error.rejected")),
    h("p", {}, offline ? t("error.offlineHint") : error.message),
    error.requestId && h("p", { class: "quiet" }, t("error.requestId"), " ", h("code", {}, error.requestId)),
    button(t("retry"), { class: "secondary", id: "retry", click: retry }),
  );
}

/**
 * Grey shapes where rows will be: nothing moves when they come.
 *
 * @param {...string} shapes
 */
export function skeleton(...shapes) {
  return h(
    "div",
    { class: "skeleton", "aria-hidden": "true" },
    shapes.map((shape) => h("div", { class: `bone ${shape}` })),
  );
}

/**
 * @param {number} count
 * @param {string} [shape]
 * @returns {string[]}
 */
export const repeat = (count, shape = "row") => Array(count).fill(shape);
