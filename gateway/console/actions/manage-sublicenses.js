// Sublicences: create, update, rotate, delete; and renaming any key.

import { openMutationDialog } from "../components/dialog-form.js";
import { field, radioGroup, textInput } from "../components/form-fields.js";
import { newKey } from "../components/license-key.js";
import { getElement, h } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { mutationText } from "../lib/mutation.js";
import { invalidate, reload } from "../router.js";
import { closeAndReload } from "./on-success.js";

/** @import { LicenseKey, Subscription } from "../lib/types.js" */

const KEY_ID = "licenseKey { id }";

/** @param {Subscription} subscription */
export function createSublicense(subscription) {
  openMutationDialog(t("split.title"), {
    operation: mutationText("createSublicense", `key ${KEY_ID}`),
    input: ({ name, allocation, quota, expiresOn }) => ({
      subscriptionId: subscription.id,
      name,
      allocation,
      quota: Number(quota),
      ...(expiresOn && { expiresOn }),
    }),
    submit: t("split.submit"),
    fields: [
      h("p", { class: "quiet" }, t("split.lead", { count: subscription.seats.available })),
      field("name", t("rename.name"), textInput({ maxlength: "100", autofocus: true }), t("split.nameHint")),
      allocationField("RESERVED"),
      quotaField(1),
      field("expiresOn", t("split.expiresOn"), h("input", { type: "date" }), t("split.expiresOnHint")),
    ],
    onSuccess: showNewKey,
  });
}

/** @param {LicenseKey} key */
export function updateSublicense(key) {
  openMutationDialog(t("seats.change"), {
    operation: mutationText("updateSublicense", KEY_ID),
    input: ({ allocation, quota }) => ({ licenseKeyId: key.id, allocation, quota: Number(quota) }),
    submit: t("save"),
    fields: [allocationField(key.allocation), quotaField(key.quota)],
    onSuccess: closeAndReload("seats.changed"),
  });
}

/** @param {LicenseKey} key */
export function renameLicenseKey(key) {
  const input = textInput({ value: key.name ?? "", autofocus: true });
  openMutationDialog(t("key.rename"), {
    operation: mutationText("renameLicenseKey", KEY_ID),
    input: ({ name }) => ({ licenseKeyId: key.id, name }),
    submit: t("save"),
    fields: field("name", t("rename.name"), input, t("rename.hint")),
    onSuccess: closeAndReload("rename.done"),
  });
}

/** @param {LicenseKey} key */
export function rotateSublicense(key) {
  openMutationDialog(t("replace.title"), {
    operation: mutationText("rotateSublicense", `key ${KEY_ID}`),
    input: () => ({ licenseKeyId: key.id }),
    submit: t("replace.title"),
    danger: true,
    fields: h("p", {}, t("replace.lead")),
    onSuccess: showNewKey,
  });
}

/**
 * @param {LicenseKey} key
 * @param {LicenseKey[]} others
 */
export function deleteSublicense(key, others) {
  const targets = others.map(({ id, name, kind }) => ({ value: id, label: name ?? t(`key.kind.${kind}`), note: null }));
  openMutationDialog(t("delete.title"), {
    operation: mutationText("deleteSublicense", KEY_ID),
    input: ({ moveToLicenseKeyId }) => ({
      licenseKeyId: key.id,
      ...(moveToLicenseKeyId && { moveToLicenseKeyId }),
    }),
    submit: t("delete.title"),
    danger: true,
    fields: [
      h("p", {}, t("delete.lead")),
      key.used > 0 && radioGroup("moveToLicenseKeyId", t("delete.moveTo"), targets, targets[0]?.value),
    ],
    onSuccess: closeAndReload("delete.done"),
  });
}

/**
 * The new key stays in the dialog until it is closed: only here it is shown in full without being revealed.
 *
 * @param {{ key: string }} payload
 * @param {HTMLDialogElement} dialog
 */
function showNewKey({ key }, dialog) {
  invalidate();
  dialog.addEventListener("close", () => reload());
  const closeButton = h("button", { type: "button", class: "primary", click: () => dialog.close() }, t("close"));
  const content = [h("p", {}, t("split.made")), newKey(key), h("div", { class: "actions" }, closeButton)];
  getElement(dialog, "form", HTMLFormElement).replaceWith(h("div", { class: "new-key" }, content));
  closeButton.focus();
}

/** @param {string | null} selected */
function allocationField(selected) {
  /** @param {string} value */
  const option = (value) => ({
    value,
    label: t(`allocation.${value}`),
    note: h("span", { class: "quiet" }, t(`allocation.${value}.hint`)),
  });
  return radioGroup("allocation", t("allocation"), ["RESERVED", "DYNAMIC"].map(option), selected);
}

/** @param {number | null} value */
function quotaField(value) {
  const input = h("input", { type: "number", min: "1", step: "1", inputmode: "numeric", value: String(value) });
  return field("quota", t("split.quota"), input);
}
