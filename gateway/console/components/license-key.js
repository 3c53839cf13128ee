// A licence key: masked until one of its admins reveals it, which the server records. It leaves the page with the view.

import { h, icon } from "../lib/dom.js";
import { request } from "../lib/graphql-client.js";
import { t } from "../lib/i18n.js";
import { mutationText } from "../lib/mutation.js";
import { announce, copyText, payloadOrToast } from "./toasts.js";

/** @import { LicenseKey } from "../lib/types.js" */

const OPERATION = mutationText("revealLicenseKey", "key");

/**
 * The masked key, with buttons to reveal and to copy it for its admins.
 *
 * @param {LicenseKey} key
 */
export function maskedKey(key) {
  const code = h("code", { class: "key-text" }, breakableGroups(key.maskedKey));
  if (key.admins === null) return h("div", { class: "key-secret" }, code);
  const toggleButton = iconButton("eye", t("key.reveal"), toggle);
  const copyButton = iconButton("copy", t("key.copy"), async () => copyKey(await fetchKey()));
  /** @type {string | null} */
  let revealed;
  return h("div", { class: "key-secret" }, code, toggleButton, copyButton);

  async function toggle() {
    const hide = code.textContent !== key.maskedKey;
    const text = hide ? key.maskedKey : await fetchKey();
    if (text === null) return;
    code.replaceChildren(...breakableGroups(text));
    relabel(toggleButton, hide ? "eye" : "hidden", t(hide ? "key.reveal" : "key.hide"));
    announce(t(hide ? "key.isHidden" : "key.isShown"));
  }

  /** The whole key, requested once; null when it cannot be revealed. */
  async function fetchKey() {
    revealed ??= await reveal(key.id);
    return revealed;
  }
}

/**
 * A key that was just created: in full, with a button to copy it.
 *
 * @param {string} text
 */
export const newKey = (text) =>
  h(
    "div",
    { class: "key-secret" },
    h("code", { class: "key-text" }, breakableGroups(text)),
    iconButton("copy", t("key.copy"), () => copyKey(text)),
  );

/**
 * Where a key does not fit on a line, it breaks between its groups.
 *
 * @param {string} text
 */
const breakableGroups = (text) => text.split(/(?<=-)/).map((group) => h("span", {}, group));

/** @param {string} licenseKeyId */
async function reveal(licenseKeyId) {
  const payload = await payloadOrToast(
    async () => (await request(OPERATION, { input: { licenseKeyId } })).revealLicenseKey,
  );
  return payload?.key ?? null;
}

/** @param {string | null} text */
const copyKey = (text) => text !== null && copyText(text, t("key.copied"), t("key.notCopied"));

/**
 * @param {Parameters<typeof icon>[0]} iconName
 * @param {string} label
 * @param {() => void} click
 */
function iconButton(iconName, label, click) {
  return h(
    "button",
    { type: "button", class: "icon-button", "aria-label": label, title: label, click },
    icon(iconName),
  );
}

/**
 * @param {HTMLElement} button
 * @param {Parameters<typeof icon>[0]} iconName
 * @param {string} label
 */
function relabel(button, iconName, label) {
  button.setAttribute("aria-label", label);
  button.title = label;
  button.replaceChildren(icon(iconName));
}
