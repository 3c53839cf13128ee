// The small parts that views are made of.

import { h, icon, unique } from "../lib/dom.js";
import { away, day, number, t, term } from "../lib/i18n.js";
import { serverDay } from "../lib/graphql-client.js";

const TONES = {
  ACTIVE: "good", PAID: "good", ON: "good", OWNER: "plain", ADMIN: "plain",
  GRACE_PERIOD: "warn", EXPIRING_SOON: "warn", AUTHORIZED: "calm", PENDING: "calm", INVITED: "calm",
  BLOCKED: "bad", FAILED: "bad",
};

/** A state in a word; colour only repeats what the word says. */
export function chip(kind, code) {
  return h("span", { class: `chip ${TONES[code] ?? "plain"}` }, term(kind, code));
}

export function statusChips(subscription) {
  const soon = subscription.isExpiringSoon ? "EXPIRING_SOON" : subscription.status;
  return h("span", { class: "chips" }, chip("status", soon), subscription.isTrial && h("span", { class: "chip plain" }, t("trial")));
}

/** How much of `total` is used, as a bar beside the numbers. */
export function meter(used, total) {
  const share = total === 0 ? 0 : Math.min(1, used / total);
  return h("span", { class: "meter", "--used": share, "aria-hidden": "true" }, h("span"));
}

export function seats(used, total) {
  return h("span", { class: "seats" }, h("span", { class: "figure" }, t("seats.used", { used: number(used), total: number(total) })), meter(used, total));
}

/** A day, and how far it is. */
export function when(text, { near = true } = {}) {
  return [
    h("time", { datetime: text }, day(text)),
    near && h("span", { class: "quiet near" }, away(text, serverDay())),
  ];
}

/** What comes next for a subscription: it renews, ends, or ended. */
export function nextDate({ renewsOn, expiresOn, status }) {
  if (status === "PENDING" && !expiresOn) return { label: t("date.notStarted"), on: null };
  if (!expiresOn) return { label: t("date.perpetual"), on: null };
  if (renewsOn && status === "GRACE_PERIOD") return { label: t("date.due"), on: renewsOn };
  if (renewsOn) return { label: t("date.renews"), on: renewsOn };
  return { label: expiresOn < serverDay() ? t("date.ended") : t("date.ends"), on: expiresOn };
}

export function facts(...pairs) {
  const rows = pairs.filter(Boolean).map(([name, ...value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)));
  return h("dl", { class: "facts" }, rows);
}

export function section(title, { action = null, aside = null, id = unique("section") } = {}, ...content) {
  const heading = h("h2", { id }, title, aside && h("span", { class: "quiet count" }, aside));
  return h("section", { "aria-labelledby": id, class: "section" }, h("div", { class: "section-head" }, heading, action), content);
}

export function button(label, attributes, drawing = null) {
  return h("button", { type: "button", ...attributes }, drawing && icon(drawing), h("span", {}, label));
}

export function empty(title, sentence, action = null) {
  return h("div", { class: "empty" }, h("p", { class: "empty-title" }, title), h("p", {}, sentence), action);
}

export const missingAccount = () =>
  h("div", { class: "empty" }, h("h1", {}, t("account.missing")), h("p", {}, t("account.missingHint")), h("a", { class: "button secondary", href: "/" }, t("lost.home")));

/** Something went wrong: what, and the way on. */
export function failed(failure, retry) {
  const offline = failure.kind === "offline";
  const fault = failure.kind === "fault";
  return h(
    "div",
    { class: "empty failure", role: "alert" },
    icon("warn"),
    h("p", { class: "empty-title" }, t(offline ? "failure.offline" : fault ? "failure.fault" : "failure.refused")),
    h("p", {}, offline ? t("failure.offlineHint") : failure.message),
    failure.requestId && h("p", { class: "quiet" }, t("failure.request"), " ", h("code", {}, failure.requestId)),
    button(t("retry"), { class: "secondary", id: "retry", click: retry }),
  );
}

/** Grey shapes where rows will be: nothing moves when they come. */
export function skeleton(...shapes) {
  return h("div", { class: "skeleton", "aria-hidden": "true" }, shapes.map((shape) => h("div", { class: `bone ${shape}` })));
}

export const rows = (count, shape = "row") => Array(count).fill(shape);

/** Words for a payment method: "Visa •••• 4242", whose digits do not leave their dots. */
export function methodName(method) {
  const kind = term("method", method.kind);
  if (method.last4) return `${method.brand ?? kind} ••••\u00a0${method.last4}`;
  return method.brand ?? kind;
}

export function methodNote({ holderName, expiresOn, canRenew }) {
  const parts = [holderName, expiresOn && t("method.until", { date: day(expiresOn) }), !canRenew && t("method.noRenewal")];
  return parts.filter(Boolean).join(" · ");
}

/** A word for the state of a method that can no longer be charged. */
export function methodState(method) {
  if (method.expiresOn && method.expiresOn < serverDay()) return h("span", { class: "chip bad" }, t("method.expired"));
  return method.isDefault && h("span", { class: "chip plain" }, t("method.default"));
}
