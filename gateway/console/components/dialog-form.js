// Forms in a dialog: the platform keeps the focus inside and gives it back; user errors stand at the field they are about.

import { h, icon, uniqueId } from "../lib/dom.js";
import { RequestError, mutate } from "../lib/graphql-client.js";
import { t } from "../lib/i18n.js";
import { announce } from "./toasts.js";

/** Show `content` in a modal dialog, until it is closed or its view is left. */
export function openDialog(title, content) {
  const heading = h("h2", { id: uniqueId("dialog") }, title);
  const close = h("button", { type: "button", class: "icon-button", "aria-label": t("close"), click: () => dialog.close() }, icon("close"));
  const opener = document.activeElement;
  const dialog = h(
    "dialog",
    {
      "aria-labelledby": heading.id,
      click: (event) => event.target === dialog && event.detail > 0 && dialog.close(),
      close: () => onClose(dialog, opener),
    },
  );
  dialog.append(h("div", { class: "dialog-body" }, h("div", { class: "dialog-head" }, heading, close), content));
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("[autofocus]")?.focus();
}

function onClose(dialog, opener) {
  dialog.remove();
  // The opener may have been drawn anew by what the dialog did.
  const target = opener.isConnected ? opener : document.getElementById(opener.id);
  target?.focus();
}

/** A labelled control; `name` is the input field's. User errors of that field are shown beneath it. */
export function field(name, label, control, hint = null) {
  const id = uniqueId(name);
  const hintId = `${id}-hint`;
  control.id = id;
  control.name = name;
  if (hint) control.setAttribute("aria-describedby", hintId);
  return h(
    "div",
    { class: "field", "data-field": name },
    h("label", { for: id }, label),
    control,
    hint && h("p", { class: "hint", id: hintId }, hint),
  );
}

export function checkbox(name, label) {
  const id = uniqueId(name);
  return h("div", { class: "field checkbox", "data-field": name }, h("input", { type: "checkbox", id, name }), h("label", { for: id }, label));
}

/** `options` are {value, label, note}. */
export function radioGroup(name, label, options, selected) {
  const option = ({ value, label: text, note }) =>
    h("label", { class: "option" }, h("input", { type: "radio", name, value, checked: value === selected }), h("span", {}, text, note));
  return h("fieldset", { class: "field", "data-field": name }, h("legend", {}, label), options.map(option));
}

export const textInput = (attributes) => h("input", { type: "text", autocomplete: "off", spellcheck: "false", ...attributes });

/**
 * A form that sends one mutation. `input(values)` makes its input; `onSuccess(payload, dialog)` runs
 * when there are no user errors; `onUserError(error, form, payload)` may add to what is shown of one.
 */
export function mutationForm({ operation, input, submit, fields, onSuccess, onUserError = () => {}, danger = false }) {
  const submitButton = h("button", { type: "submit", class: danger ? "primary danger" : "primary" }, submit);
  const cancel = h("button", { type: "button", class: "secondary", click: () => form.closest("dialog").close() }, t("cancel"));
  const formErrors = h("div", { class: "form-errors", role: "alert" });
  const form = h("form", { novalidate: true, submit: onSubmit }, fields, formErrors, h("div", { class: "actions" }, cancel, submitButton));

  async function onSubmit(event) {
    event.preventDefault();
    if (submitButton.getAttribute("aria-disabled") === "true") return;
    setPending(true);
    clearErrors(form);
    try {
      const payload = await mutate(operation, input(readValues(form)));
      if (payload.userErrors.length === 0) onSuccess(payload, form.closest("dialog"));
      else payload.userErrors.forEach((error) => showUserError(error, form, formErrors, payload, onUserError));
      form.querySelector("[aria-invalid]")?.focus();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      formErrors.append(h("p", {}, error.kind === "offline" ? t("error.notSent") : error.message));
    } finally {
      setPending(false);
    }
  }

  // aria-disabled, not disabled: the button keeps the focus.
  function setPending(pending) {
    submitButton.setAttribute("aria-disabled", String(pending));
    submitButton.textContent = pending ? t("waiting") : submit;
  }

  return form;
}

function readValues(form) {
  const values = Object.fromEntries(new FormData(form));
  for (const box of form.querySelectorAll("input[type=checkbox]")) values[box.name] = box.checked;
  return values;
}

function clearErrors(form) {
  form.querySelectorAll(".user-error").forEach((message) => message.remove());
  form.querySelectorAll("[aria-invalid]").forEach((control) => {
    control.removeAttribute("aria-invalid");
    control.removeAttribute("aria-errormessage");
  });
  form.querySelector(".form-errors").replaceChildren();
}

/** The server's message at the field it names, or at the end of the form when it names none of its fields. */
function showUserError(error, form, formErrors, payload, onUserError) {
  const targets = error.field?.map((name) => form.querySelector(`[data-field="${CSS.escape(name)}"]`));
  const target = targets?.findLast(Boolean);
  const id = uniqueId("user-error");
  const message = h("p", { class: "user-error", id, lang: "en" }, error.message);
  (target ?? formErrors).append(message);
  announce(error.message);
  const control = target?.querySelector("input, select, textarea");
  control?.setAttribute("aria-invalid", "true");
  control?.setAttribute("aria-errormessage", id);
  onUserError(error, form, payload);
}
