// Sublicences: create, update, rotate, delete; and renaming any key.

import { field, mutationForm, openDialog, radioGroup, textInput } from "../components/dialog-form.js";
import { newKey } from "../components/license-key.js";
import { showToast } from "../components/toasts.js";
import { h } from "../lib/dom.js";
import { USER_ERRORS } from "../lib/fragments.js";
import { t } from "../lib/i18n.js";
import { invalidate, reload } from "../router.js";

const payload = (name, fields = "licenseKey { id }") => {
  const type = name[0].toUpperCase() + name.slice(1);
  return `mutation ${type}($input: ${type}Input!) {
  ${name}(input: $input) { ${fields} ${USER_ERRORS} }
}`;
};

const closeAndReload = (message) => (_, dialog) => {
  dialog.close();
  invalidate();
  showToast(t(message));
  reload();
};

/** The new key stays in the dialog until it is closed: only here it is shown in full without being revealed. */
const showNewKey = ({ key }, dialog) => {
  invalidate();
  dialog.addEventListener("close", () => reload());
  const closeButton = h("button", { type: "button", class: "primary", click: () => dialog.close() }, t("close"));
  dialog.querySelector("form").replaceWith(h("div", { class: "new-key" }, h("p", {}, t("split.made")), newKey(key), h("div", { class: "actions" }, closeButton)));
  closeButton.focus();
};

export function createSublicense(subscription) {
  openDialog(t("split.title"),
    mutationForm({
      operation: payload("createSublicense", "key licenseKey { id }"),
      input: ({ name, allocation, quota, expiresOn }) => ({ subscriptionId: subscription.id, name, allocation, quota: Number(quota), ...(expiresOn && { expiresOn }) }),
      submit: t("split.submit"),
      fields: [
        h("p", { class: "quiet" }, t("split.lead", { count: subscription.seats.available })),
        field("name", t("rename.name"), textInput({ maxlength: "100", autofocus: true }), t("split.nameHint")),
        allocationField("RESERVED"),
        quotaField(1),
        field("expiresOn", t("split.expiresOn"), h("input", { type: "date" }), t("split.expiresOnHint")),
      ],
      onSuccess: showNewKey,
    }),
  );
}

export function updateSublicense(key) {
  openDialog(t("seats.change"),
    mutationForm({
      operation: payload("updateSublicense"),
      input: ({ allocation, quota }) => ({ licenseKeyId: key.id, allocation, quota: Number(quota) }),
      submit: t("save"),
      fields: [allocationField(key.allocation), quotaField(key.quota)],
      onSuccess: closeAndReload("seats.changed"),
    }),
  );
}

export function renameLicenseKey(key) {
  openDialog(t("key.rename"),
    mutationForm({
      operation: payload("renameLicenseKey"),
      input: ({ name }) => ({ licenseKeyId: key.id, name }),
      submit: t("save"),
      fields: field("name", t("rename.name"), textInput({ value: key.name ?? "", autofocus: true }), t("rename.hint")),
      onSuccess: closeAndReload("rename.done"),
    }),
  );
}

export function rotateSublicense(key) {
  openDialog(t("replace.title"),
    mutationForm({
      operation: payload("rotateSublicense", "key licenseKey { id }"),
      input: () => ({ licenseKeyId: key.id }),
      submit: t("replace.title"),
      danger: true,
      fields: h("p", {}, t("replace.lead")),
      onSuccess: showNewKey,
    }),
  );
}

export function deleteSublicense(key, others) {
  const targets = others.map(({ id, name, kind }) => ({ value: id, label: name ?? t(`key.kind.${kind}`), note: null }));
  openDialog(t("delete.title"),
    mutationForm({
      operation: payload("deleteSublicense"),
      input: ({ moveToLicenseKeyId }) => ({ licenseKeyId: key.id, ...(moveToLicenseKeyId && { moveToLicenseKeyId }) }),
      submit: t("delete.title"),
      danger: true,
      fields: [h("p", {}, t("delete.lead")), key.used > 0 && radioGroup("moveToLicenseKeyId", t("delete.moveTo"), targets, targets[0]?.value)],
      onSuccess: closeAndReload("delete.done"),
    }),
  );
}

function allocationField(selected) {
  const option = (value) => ({ value, label: t(`allocation.${value}`), note: h("span", { class: "quiet" }, t(`allocation.${value}.hint`)) });
  return radioGroup("allocation", t("allocation"), [option("RESERVED"), option("DYNAMIC")], selected);
}

const quotaField = (value) => field("quota", t("split.quota"), h("input", { type: "number", min: "1", step: "1", inputmode: "numeric", value: String(value) }));
