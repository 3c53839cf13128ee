// The keys of a subscription, their seats, and the devices on them.

import { h, icon } from "./dom.js";
import { Failure, ask } from "./graph.js";
import { day, instant, number, t, term } from "./language.js";
import { announce, toast } from "./notices.js";
import { button, chip, meter, section } from "./parts.js";

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
  return section(t("keys.title"), { aside: totalCount > 1 && number(totalCount) }, h("ul", { class: "list card keys" }, nodes.map((key) => card(key, subscription))));
}

function card(key, subscription) {
  return h(
    "li",
    { class: "key" },
    h("div", { class: "key-head" }, h("div", {}, h("h3", {}, key.name ?? term("key.kind", key.kind)), h("p", { class: "quiet" }, note(key))), h("span", { class: "chips" }, key.status !== "ACTIVE" && chip("key.status", key.status))),
    secret(key, subscription),
    seatLine(key, subscription),
    devices(key),
  );
}

function note(key) {
  const parts = key.name ? [term("key.kind", key.kind)] : [];
  if (key.allocation) parts.push(t(`key.${key.allocation}`, { count: key.quota }));
  if (key.expiresOn) parts.push(t("key.until", { date: day(key.expiresOn) }));
  if (key.admins?.length) parts.push(t("key.admins", { names: key.admins.map(({ user, email }) => user?.name ?? email).join(", ") }));
  return parts.join(" · ");
}

/** Masked until it is revealed; what was revealed leaves the page with the view. */
function secret(key, subscription) {
  const shown = h("code", { class: "key-text" }, key.maskedKey);
  return h("div", { class: "key-secret" }, shown);
}

function seatLine(key, { licenseCount }) {
  const total = key.quota ?? licenseCount;
  return h("div", { class: "seat-line slim" }, h("p", { class: "quiet" }, t("seats.used", { used: number(key.used), total: number(total) }), " · ", t("seats.free", { count: key.available })), meter(key.used, total));
}

function devices(key) {
  const page = key.activations;
  if (page.totalCount === 0) return h("p", { class: "quiet no-devices" }, t("devices.none"));
  const list = h("ul", { class: "devices" }, page.nodes.map(device));
  const more = button(t("devices.more"), { class: "link", click: next });
  const area = h("details", { class: "device-area" }, h("summary", {}, icon("down"), t("devices.count", { count: page.totalCount })), list, page.pageInfo.hasNextPage && more);
  return area;

  async function next() {
    more.setAttribute("aria-busy", "true");
    try {
      const { licenseKey } = await ask(MORE, { key: key.id, after: page.pageInfo.endCursor });
      const found = licenseKey.activations;
      list.append(...found.nodes.map(device));
      page.nodes.push(...found.nodes);
      page.pageInfo = found.pageInfo;
      announce(t("list.shown", { shown: page.nodes.length, total: found.totalCount }));
      if (!found.pageInfo.hasNextPage) more.remove();
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      toast(failure.kind === "offline" ? t("failure.offline") : failure.message);
    } finally {
      more.removeAttribute("aria-busy");
    }
  }
}

function device({ deviceName, status, activatedAt, lastSeenAt }) {
  return h(
    "li",
    {},
    icon("device"),
    h("div", {}, h("p", {}, deviceName, " ", status !== "ACTIVE" && chip("device.status", status)), h("p", { class: "quiet" }, t("devices.since", { date: instant(activatedAt) }), lastSeenAt && ` · ${t("devices.seen", { date: instant(lastSeenAt) })}`)),
  );
}
