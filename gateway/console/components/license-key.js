// A licence key in full: asked for by whoever may see it, which is written down; it leaves the page with the view.

import { h, icon } from "../lib/dom.js";
import { ask } from "../lib/graphql-client.js";
import { ERRORS } from "../lib/fragments.js";
import { t } from "../lib/i18n.js";
import { announce, copy, toastFailure, toastRefusal } from "./toasts.js";

const OPERATION = `mutation RevealLicenseKey($input: RevealLicenseKeyInput!) {
  revealLicenseKey(input: $input) { key ${ERRORS} }
}`;

/** The key, masked, with the way to see and to copy it for whoever administers it. */
export function secret(key) {
  const shown = h("code", { class: "key-text" }, groups(key.maskedKey));
  if (key.admins === null) return h("div", { class: "key-secret" }, shown);
  const look = iconButton("eye", t("key.reveal"), turn);
  const take = iconButton("copy", t("key.copy"), async () => copied(await whole()));
  let revealed;
  return h("div", { class: "key-secret" }, shown, look, take);

  async function turn() {
    const hide = shown.textContent !== key.maskedKey;
    const text = hide ? key.maskedKey : await whole();
    if (text === null) return;
    shown.replaceChildren(...groups(text));
    relabel(look, hide ? "eye" : "hidden", t(hide ? "key.reveal" : "key.hide"));
    announce(t(hide ? "key.isHidden" : "key.isShown"));
  }

  /** The whole key, asked for once; null when it can not be had. */
  async function whole() {
    revealed ??= await asked(key.id);
    return revealed;
  }
}

/** A key that has just been made: in full, with a button to copy it. */
export const fresh = (text) =>
  h("div", { class: "key-secret" }, h("code", { class: "key-text" }, groups(text)), iconButton("copy", t("key.copy"), () => copied(text)));

/** Where a key does not fit on a line, it breaks between its groups. */
const groups = (text) => text.split(/(?<=-)/).map((group) => h("span", {}, group));

async function asked(licenseKeyId) {
  try {
    const { revealLicenseKey } = await ask(OPERATION, { input: { licenseKeyId } });
    if (revealLicenseKey.key === null) toastRefusal(revealLicenseKey.userErrors[0].message);
    return revealLicenseKey.key;
  } catch (failure) {
    toastFailure(failure);
    return null;
  }
}

const copied = (text) => text !== null && copy(text, t("key.copied"), t("key.notCopied"));

function iconButton(drawing, label, click) {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, click }, icon(drawing));
}

function relabel(button, drawing, label) {
  button.setAttribute("aria-label", label);
  button.title = label;
  button.replaceChildren(icon(drawing));
}
