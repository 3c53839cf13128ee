// Forms in a dialog, each of which sends one mutation; user errors stand at the field they are about.

import { findElement, getElement, h, uniqueId } from "../lib/dom.js";
import { RequestError, mutate } from "../lib/graphql-client.js";
import { t } from "../lib/i18n.js";
import { openDialog } from "./dialog.js";
import { checkbox } from "./form-fields.js";
import { announce } from "./toasts.js";

/** @import { Child, UserError } from "../lib/types.js" */

/**
 * any: what a form's values and its mutation's payload hold is known where it is opened, by their names.
 *
 * @typedef {object} MutationFormOptions
 * @property {string} operation
 * @property {(values: any) => object} input
 * @property {string} submit the label of the button
 * @property {Child} fields
 * @property {(payload: any, dialog: HTMLDialogElement) => void} onSuccess
 * @property {(error: UserError, form: HTMLFormElement, payload: any) => void} [onUserError]
 * @property {boolean} [danger]
 */

/**
 * `input(values)` makes the mutation's input; `onSuccess(payload, dialog)` runs when there are no user errors;
 * `onUserError(error, form, payload)` may add to what is shown of one.
 *
 * @param {string} title
 * @param {MutationFormOptions} options
 */
export function openMutationDialog(title, options) {
  openDialog(title, mutationForm(options));
}

/**
 * Before the form's end, unless it is there already.
 *
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {string} label
 */
export function addCheckbox(form, name, label) {
  if (!form.elements.namedItem(name)) getElement(form, ".form-errors", HTMLElement).before(checkbox(name, label));
}

/** @param {MutationFormOptions} options */
function mutationForm({ operation, input, submit, fields, onSuccess, onUserError = () => {}, danger = false }) {
  const submitButton = h("button", { type: "submit", class: danger ? "primary danger" : "primary" }, submit);
  const cancelButton = h(
    "button",
    { type: "button", class: "secondary", click: () => getDialog(form).close() },
    t("cancel"),
  );
  const formErrors = h("div", { class: "form-errors", role: "alert" });
  const actions = h("div", { class: "actions" }, cancelButton, submitButton);
  /** @type {HTMLFormElement} */
  const form = h("form", { novalidate: true, submit: onSubmit }, fields, formErrors, actions);
  return form;

  /** @param {SubmitEvent} event */
  async function onSubmit(event) {
    event.preventDefault();
    if (submitButton.getAttribute("aria-disabled") === "true") return;
    setPending(submitButton, true, submit);
    clearErrors(form);
    try {
      const payload = await mutate(operation, input(readValues(form)));
      if (payload.userErrors.length === 0) onSuccess(payload, getDialog(form));
      for (const error of payload.userErrors) {
        showUserError(error, form);
        onUserError(error, form, payload);
      }
      findElement(form, "[aria-invalid]")?.focus();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      formErrors.append(h("p", {}, error.kind === "offline" ? t("error.notSent") : error.message));
    } finally {
      setPending(submitButton, false, submit);
    }
  }
}

/**
 * aria-disabled, not disabled: the button keeps the focus.
 *
 * @param {HTMLButtonElement} button
 * @param {boolean} pending
 * @param {string} label
 */
function setPending(button, pending, label) {
  button.setAttribute("aria-disabled", String(pending));
  button.textContent = pending ? t("waiting") : label;
}

/** @param {HTMLFormElement} form */
const getDialog = (form) => /** @type {HTMLDialogElement} */ (form.closest("dialog"));

/** @param {HTMLFormElement} form */
function readValues(form) {
  /** @type {Record<string, FormDataEntryValue | boolean>} */
  const values = Object.fromEntries(new FormData(form));
  for (const input of form.querySelectorAll("input")) if (input.type === "checkbox") values[input.name] = input.checked;
  return values;
}

/** @param {HTMLFormElement} form */
function clearErrors(form) {
  form.querySelectorAll(".user-error").forEach((message) => message.remove());
  form.querySelectorAll("[aria-invalid]").forEach((control) => {
    control.removeAttribute("aria-invalid");
    control.removeAttribute("aria-errormessage");
  });
  getElement(form, ".form-errors", HTMLElement).replaceChildren();
}

/**
 * The server's message at the field it names, or at the end of the form when it names none of its fields.
 *
 * @param {UserError} error
 * @param {HTMLFormElement} form
 */
function showUserError(error, form) {
  const fields = error.field?.map((name) => form.querySelector(`[data-field="${CSS.escape(name)}"]`));
  const target = fields?.findLast(Boolean);
  const id = uniqueId("user-error");
  const message = h("p", { class: "user-error", id, lang: "en" }, error.message);
  (target ?? getElement(form, ".form-errors", HTMLElement)).append(message);
  announce(error.message);
  const control = target?.querySelector("input, select, textarea");
  control?.setAttribute("aria-invalid", "true");
  control?.setAttribute("aria-errormessage", id);
}
