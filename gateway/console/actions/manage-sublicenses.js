// Keys split off a subscription for departments: made, given more or fewer seats, replaced, given up; and their names.

import { choice, field, form, open, text } from "../components/dialog-form.js";
import { h } from "../lib/dom.js";
import { ERRORS } from "../lib/fragments.js";
import { t } from "../lib/i18n.js";
import { invalidate, reload } from "../router.js";
import { toast } from "../components/toasts.js";
import { fresh } from "../components/license-key.js";

const payload = (name, fields = "licenseKey { id }") => {
  const type = name[0].toUpperCase() + name.slice(1);
  return `mutation ${type}($input: ${type}Input!) {
  ${name}(input: $input) { ${fields} ${ERRORS} }
}`;
};

const done = (message) => (_, dialog) => {
  dialog.close();
  invalidate();
  toast(t(message));
  reload();
};

/** The new key stands in the dialog until it is closed: here it is seen whole without asking again. */
const made = ({ key }, dialog) => {
  invalidate();
  dialog.addEventListener("close", () => reload());
  const finish = h("button", { type: "button", class: "primary", click: () => dialog.close() }, t("close"));
  dialog.querySelector("form").replaceWith(h("div", { class: "made" }, h("p", {}, t("split.made")), fresh(key), h("div", { class: "actions" }, finish)));
  finish.focus();
};

export function splitKey(subscription) {
  open(t("split.title"), () =>
    form({
      operation: payload("createSublicense", "key licenseKey { id }"),
      input: ({ name, allocation, quota, expiresOn }) => ({ subscriptionId: subscription.id, name, allocation, quota: Number(quota), ...(expiresOn && { expiresOn }) }),
      submit: t("split.submit"),
      fields: [
        h("p", { class: "quiet" }, t("split.lead", { count: subscription.seats.available })),
        field("name", t("rename.name"), text({ maxlength: "100", autofocus: true }), t("split.nameHint")),
        allocations("RESERVED"),
        quotaField(1),
        field("expiresOn", t("split.expiresOn"), h("input", { type: "date" }), t("split.expiresOnHint")),
      ],
      done: made,
    }),
  );
}

export function changeSeats(key) {
  open(t("seats.change"), () =>
    form({
      operation: payload("updateSublicense"),
      input: ({ allocation, quota }) => ({ licenseKeyId: key.id, allocation, quota: Number(quota) }),
      submit: t("save"),
      fields: [allocations(key.allocation), quotaField(key.quota)],
      done: done("seats.changed"),
    }),
  );
}

export function renameKey(key) {
  open(t("key.rename"), () =>
    form({
      operation: payload("renameLicenseKey"),
      input: ({ name }) => ({ licenseKeyId: key.id, name }),
      submit: t("save"),
      fields: field("name", t("rename.name"), text({ value: key.name ?? "", autofocus: true }), t("rename.hint")),
      done: done("rename.done"),
    }),
  );
}

export function replaceKey(key) {
  open(t("replace.title"), () =>
    form({
      operation: payload("rotateSublicense", "key licenseKey { id }"),
      input: () => ({ licenseKeyId: key.id }),
      submit: t("replace.title"),
      danger: true,
      fields: h("p", {}, t("replace.lead")),
      done: made,
    }),
  );
}

export function deleteKey(key, others) {
  const goOn = others.map(({ id, name, kind }) => ({ value: id, label: name ?? t(`key.kind.${kind}`), note: null }));
  open(t("delete.title"), () =>
    form({
      operation: payload("deleteSublicense"),
      input: ({ moveToLicenseKeyId }) => ({ licenseKeyId: key.id, ...(moveToLicenseKeyId && { moveToLicenseKeyId }) }),
      submit: t("delete.title"),
      danger: true,
      fields: [h("p", {}, t("delete.lead")), key.used > 0 && choice("moveToLicenseKeyId", t("delete.moveTo"), goOn, goOn[0]?.value)],
      done: done("delete.done"),
    }),
  );
}

function allocations(chosen) {
  const option = (value) => ({ value, label: t(`allocation.${value}`), note: h("span", { class: "quiet" }, t(`allocation.${value}.means`)) });
  return choice("allocation", t("allocation"), [option("RESERVED"), option("DYNAMIC")], chosen);
}

const quotaField = (value) => field("quota", t("split.quota"), h("input", { type: "number", min: "1", step: "1", inputmode: "numeric", value: String(value) }));
