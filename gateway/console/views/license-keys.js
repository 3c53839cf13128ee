// The keys of a subscription, their seats, and the devices on them.

import { act } from "../actions/mutation-button.js";
import { h, icon } from "../lib/dom.js";
import { ask } from "../lib/graphql-client.js";
import { day, instant, number, t, term } from "../lib/i18n.js";
import { lazy } from "../components/toasts.js";
import { paged } from "../components/pagination.js";
import { button, chip, meter, section } from "../components/elements.js";
import { secret } from "../components/license-key.js";

const MORE = `query MoreDevices($key: ID!, $after: String!) {
  licenseKey(id: $key) {
    activations(first: 20, after: $after) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes { id deviceName deviceId status activatedAt lastSeenAt }
    }
  }
}`;

export function keys(subscription) {
  const { nodes, totalCount } = subscription.licenseKeys;
  const split = lazy(() => import("../actions/manage-sublicenses.js"), ({ splitKey }) => splitKey(subscription));
  const action = subscription.viewerCan.createSublicense && button(t("split.open"), { class: "link", id: "split", click: split });
  const list = h("ul", { class: "list card keys" }, nodes.map((key) => card(key, subscription)));
  return section(t("keys.title"), { action, aside: totalCount > 1 && number(totalCount) }, list);
}

function card(key, subscription) {
  return h(
    "li",
    { class: "key" },
    h("div", { class: "key-head" }, h("div", {}, h("h3", {}, key.name ?? term("key.kind", key.kind)), h("p", { class: "quiet" }, note(key))), h("span", { class: "chips" }, key.status !== "ACTIVE" && chip("key.status", key.status))),
    secret(key),
    seatLine(key, subscription),
    actions(key, subscription),
    devices(key),
  );
}

/** What this viewer may do with a key; the server says in the end. */
function actions(key, { licenseKeys, viewerCan }) {
  const link = (label, id, act) => button(t(label), { class: "link", id: `${id}-${key.id}`, click: lazy(() => import("../actions/manage-sublicenses.js"), act) });
  const others = licenseKeys.nodes.filter(({ id, status }) => id !== key.id && status === "ACTIVE");
  const mayChange = viewerCan.createSublicense && key.kind === "SUBLICENSE";
  const all = [
    key.admins !== null && link("rename.open", "rename", ({ renameKey }) => renameKey(key)),
    mayChange && link("seats.change", "seats", ({ changeSeats }) => changeSeats(key)),
    mayChange && link("replace.open", "replace", ({ replaceKey }) => replaceKey(key)),
    mayChange && link("delete.open", "delete", ({ deleteKey }) => deleteKey(key, others)),
  ].filter(Boolean);
  return all.length > 0 && h("div", { class: "key-actions" }, all);
}

function note(key) {
  const parts = key.name ? [term("key.kind", key.kind)] : [];
  if (key.allocation) parts.push(t(`key.${key.allocation}`, { count: key.quota }));
  if (key.expiresOn) parts.push(t("key.until", { date: day(key.expiresOn) }));
  if (key.admins?.length) parts.push(t("key.admins", { names: key.admins.map(({ user, email }) => user?.name ?? email).join(", ") }));
  return parts.join(" · ");
}

function seatLine(key, { licenseCount }) {
  const total = key.quota ?? licenseCount;
  return h("div", { class: "seat-line slim" }, h("p", { class: "quiet" }, t("seats.used", { used: number(key.used), total: number(total) }), " · ", t("seats.free", { count: key.available })), meter(key.used, total));
}

function devices(key) {
  const page = key.activations;
  if (page.totalCount === 0) return h("p", { class: "quiet no-devices" }, t("devices.none"));
  const list = (nodes) => h("ul", { class: "devices" }, nodes.map((each) => device(each, key)));
  const load = async (after) => (await ask(MORE, { key: key.id, after })).licenseKey.activations;
  return h("details", { class: "device-area" }, h("summary", {}, icon("down"), t("devices.count", { count: page.totalCount })), page.pageInfo.hasNextPage ? paged(page, list, load) : list(page.nodes));
}

function device(activation, key) {
  const { deviceName, status, activatedAt, lastSeenAt } = activation;
  return h(
    "li",
    {},
    icon("device"),
    h("div", {}, h("p", {}, deviceName, " ", status !== "ACTIVE" && chip("device.status", status)), h("p", { class: "quiet" }, t("devices.since", { date: instant(activatedAt) }), lastSeenAt && ` · ${t("devices.seen", { date: instant(lastSeenAt) })}`)),
    key.admins !== null && h("div", { class: "device-actions" }, ways(activation)),
  );
}

/** A device gives its seat back, is kept out of the whole subscription, or is let in again. */
function ways({ id, status }) {
  const way = (name) => act(`device.${name}`, { id: `${name}-${id}`, name, type: "ActivationInput", input: { activationId: id }, done: `device.${name}.done` });
  if (status === "BLOCKED") return way("liftActivationBlock");
  return [status === "ACTIVE" && way("deactivate"), way("blockActivation")].filter(Boolean);
}
