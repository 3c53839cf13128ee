// Forms in a dialog, each of which sends one mutation; user errors stand at the field they are about.

import { h, uniqueId } from "../lib/dom.js";
import { RequestError, mutate } from "../lib/graphql-client.js";
import { t } from "../lib/i18n.js";
import { openDialog } from "./dialog.js";
import { checkbox } from "./form-fields.js";
import { announce } from "./toasts.js";

/**
 * `input(values)` makes the mutation's input; `onSuccess(payload, dialog)` runs when there are no user errors;
 * `onUserError(error, form, payload)` may add to what is shown of one.
 */
export function openMutationDialog(title, options) {
  openDialog(title, mutationForm(options));
}

/** Before the form's end, unless it is there already. */
export function addCheckbox(form, name, label) {
  if (!form.elements.namedItem(name)) form.querySelector(".form-errors").before(checkbox(name, label));
}

function mutationForm({ operation, input, submit, fields, onSuccess, onUserError = () => {}, danger = false }) {
  const submitButton = h("button", { type: "submit", class: danger ? "primary danger" : "primary" }, submit);
  const cancel = () => form.closest("dialog").close();
  const cancelButton = h("button", { type: "button", class: "secondary", click: cancel }, t("cancel"));
  const formErrors = h("div", { class: "form-errors", role: "alert" });
  const actions = h("div", { class: "actions" }, cancelButton, submitButton);
  const form = h("form", { novalidate: true, submit: onSubmit }, fields, formErrors, actions);
  return form;

  async function onSubmit(event) {
    event.preventDefault();
    if (submitButton.getAttribute("aria-disabled") === "true") return;
    setPending(true);
    clearErrors(form);
    try {
      const payload = await mutate(operation, input(readValues(form)));
      if (payload.userErrors.length === 0) onSuccess(payload, form.closest("dialog"));
      for (const error of payload.userErrors) {
        showUserError(error, form);
        onUserError(error, form, payload);
      }
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
function showUserError(error, form) {
  const fields = error.field?.map((name) => form.querySelector(`[data-field="${CSS.escape(name)}"]`));
  const target = fields?.findLast(Boolean);
  const id = uniqueId("user-error");
  const message = h("p", { class: "user-error", id, lang: "en" }, error.message);
  (target ?? form.querySelector(".form-errors")).append(message);
  announce(error.message);
  const control = target?.querySelector("input, select, textarea");
  control?.setAttribute("aria-invalid", "true");
  control?.setAttribute("aria-errormessage", id);
}
