// The keys of a subscription, their seats, and the devices on them.

import { mutationButton } from "../actions/mutation-button.js";
import { button, chip, meter, section } from "../components/elements.js";
import { maskedKey } from "../components/license-key.js";
import { paginatedList } from "../components/pagination.js";
import { lazy } from "../components/toasts.js";
import { h, icon } from "../lib/dom.js";
import { request } from "../lib/graphql-client.js";
import { enumLabel, formatDate, formatDateTime, formatNumber, t } from "../lib/i18n.js";

/** @import { Activation, LicenseKey, Subscription } from "../lib/types.js" */

/** @typedef {(module: typeof import("../actions/manage-sublicenses.js")) => void} RunAction */

const NEXT_PAGE = `query MoreDevices($key: ID!, $after: String!) {
  licenseKey(id: $key) {
    activations(first: 20, after: $after) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes { id deviceName deviceId status activatedAt lastSeenAt }
    }
  }
}`;

/** @param {Subscription} subscription */
export function licenseKeys(subscription) {
  const { nodes, totalCount } = subscription.licenseKeys;
  const onCreate = lazy(
    () => import("../actions/manage-sublicenses.js"),
    ({ createSublicense }) => createSublicense(subscription),
  );
  const action =
    subscription.viewerCan.createSublicense && button(t("split.open"), { class: "link", id: "split", click: onCreate });
  const list = h(
    "ul",
    { class: "list card keys" },
    nodes.map((key) => keyCard(key, subscription)),
  );
  return section(t("keys.title"), { action, aside: totalCount > 1 && formatNumber(totalCount) }, list);
}

/**
 * @param {LicenseKey} key
 * @param {Subscription} subscription
 */
function keyCard(key, subscription) {
  return h(
    "li",
    { class: "key" },
    h(
      "div",
      { class: "key-head" },
      h(
        "div",
        {},
        h("h3", {}, key.name ?? enumLabel("key.kind", key.kind)),
        h("p", { class: "quiet" }, describeKey(key)),
      ),
      h("span", { class: "chips" }, key.status !== "ACTIVE" && chip("key.status", key.status)),
    ),
    maskedKey(key),
    seatLine(key, subscription),
    keyActions(key, subscription),
    devices(key),
  );
}

/**
 * What this viewer may do with a key, as far as the page can tell; the server decides.
 *
 * @param {LicenseKey} key
 * @param {Subscription} subscription
 */
function keyActions(key, subscription) {
  /**
   * @param {string} label
   * @param {string} id
   * @param {RunAction} run
   */
  const link = (label, id, run) =>
    button(t(label), {
      class: "link",
      id: `${id}-${key.id}`,
      click: lazy(() => import("../actions/manage-sublicenses.js"), run),
    });
  const others = subscription.licenseKeys.nodes.filter(({ id, status }) => id !== key.id && status === "ACTIVE");
  const mayChange = subscription.viewerCan.createSublicense && key.kind === "SUBLICENSE";
  const links = [
    key.admins !== null && link("rename.open", "rename", ({ renameLicenseKey }) => renameLicenseKey(key)),
    mayChange && link("seats.change", "seats", ({ updateSublicense }) => updateSublicense(key)),
    mayChange && link("replace.open", "replace", ({ rotateSublicense }) => rotateSublicense(key)),
    mayChange && link("delete.open", "delete", ({ deleteSublicense }) => deleteSublicense(key, others)),
  ].filter(Boolean);
  return links.length > 0 && h("div", { class: "key-actions" }, links);
}

/** @param {LicenseKey} key */
function describeKey(key) {
  const parts = key.name ? [enumLabel("key.kind", key.kind)] : [];
  if (key.allocation && key.quota !== null) parts.push(t(`key.${key.allocation}`, { count: key.quota }));
  if (key.expiresOn) parts.push(t("key.until", { date: formatDate(key.expiresOn) }));
  if (key.admins?.length)
    parts.push(t("key.admins", { names: key.admins.map(({ user, email }) => user?.name ?? email).join(", ") }));
  return parts.join(" · ");
}

/**
 * @param {LicenseKey} key
 * @param {Subscription} subscription
 */
function seatLine(key, { licenseCount }) {
  const total = key.quota ?? licenseCount;
  return h(
    "div",
    { class: "seat-line slim" },
    h(
      "p",
      { class: "quiet" },
      t("seats.used", { used: formatNumber(key.used), total: formatNumber(total) }),
      " · ",
      t("seats.free", { count: key.available }),
    ),
    meter(key.used, total),
  );
}

/** @param {LicenseKey} key */
function devices(key) {
  const page = key.activations;
  if (page.totalCount === 0) return h("p", { class: "quiet no-devices" }, t("devices.none"));
  /** @param {Activation[]} nodes */
  const list = (nodes) =>
    h(
      "ul",
      { class: "devices" },
      nodes.map((each) => device(each, key)),
    );
  /** @param {string | null} after */
  const load = async (after) => (await request(NEXT_PAGE, { key: key.id, after })).licenseKey.activations;
  return h(
    "details",
    { class: "device-area" },
    h("summary", {}, icon("down"), t("devices.count", { count: page.totalCount })),
    page.pageInfo.hasNextPage ? paginatedList(page, list, load) : list(page.nodes),
  );
}

/**
 * @param {Activation} activation
 * @param {LicenseKey} key
 */
function device(activation, key) {
  const { deviceName, status, activatedAt, lastSeenAt } = activation;
  return h(
    "li",
    {},
    icon("device"),
    h(
      "div",
      {},
      h("p", {}, deviceName, " ", status !== "ACTIVE" && chip("device.status", status)),
      h(
        "p",
        { class: "quiet" },
        t("devices.since", { date: formatDateTime(activatedAt) }),
        lastSeenAt && ` · ${t("devices.seen", { date: formatDateTime(lastSeenAt) })}`,
      ),
    ),
    key.admins !== null && h("div", { class: "device-actions" }, deviceActions(activation)),
  );
}

/**
 * Deactivating frees the seat; blocking keeps the device out of the whole subscription.
 *
 * @param {Activation} activation
 */
function deviceActions({ id, status }) {
  /** @param {string} name */
  const action = (name) =>
    mutationButton(`device.${name}`, {
      id: `${name}-${id}`,
      name,
      inputType: "ActivationInput",
      input: { activationId: id },
      successMessage: `device.${name}.done`,
    });
  if (status === "BLOCKED") return action("liftActivationBlock");
  return [status === "ACTIVE" && action("deactivate"), action("blockActivation")].filter(Boolean);
}
