// Forms in a dialog: the platform keeps the focus inside and gives it back; refusals stand at the field they are about.

import { h, icon, unique } from "../lib/dom.js";
import { change, Failure } from "../lib/graphql-client.js";
import { t } from "../lib/i18n.js";
import { announce } from "./toasts.js";

/** Show `content(dialog)` in a modal dialog; `closed` runs afterwards. */
export function open(title, content, { wide = false } = {}) {
  const heading = h("h2", { id: unique("dialog") }, title);
  const close = h("button", { type: "button", class: "icon-button", "aria-label": t("close"), click: () => dialog.close() }, icon("close"));
  const opener = document.activeElement;
  const dialog = h(
    "dialog",
    {
      class: wide ? "wide" : "",
      "aria-labelledby": heading.id,
      click: (event) => event.target === dialog && event.detail > 0 && dialog.close(),
      close: () => closed(dialog, opener),
    },
  );
  dialog.append(h("div", { class: "dialog-body" }, h("div", { class: "dialog-head" }, heading, close), content(dialog)));
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("[autofocus]")?.focus();
  return dialog;
}

function closed(dialog, opener) {
  dialog.remove();
  // The opener may have been drawn anew by what the dialog did.
  const target = opener.isConnected ? opener : document.getElementById(opener.id);
  target?.focus();
}

/** A labelled control; `name` is the input field's. Refusals of that field are shown beneath it. */
export function field(name, label, control, hint = null) {
  const id = unique(name);
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

/** A box to tick: its words stand beside it. */
export function tick(name, label) {
  const id = unique(name);
  return h("div", { class: "field tick", "data-field": name }, h("input", { type: "checkbox", id, name }), h("label", { for: id }, label));
}

/** One of several, all of them seen. `options` are {value, label, note}. */
export function choice(name, label, options, chosen) {
  const one = ({ value, label: words, note }) =>
    h("label", { class: "option" }, h("input", { type: "radio", name, value, checked: value === chosen }), h("span", {}, words, note));
  return h("fieldset", { class: "field", "data-field": name }, h("legend", {}, label), options.map(one));
}

export const text = (attributes) => h("input", { type: "text", autocomplete: "off", spellcheck: "false", ...attributes });

/**
 * A form that sends one mutation. `input(values)` makes its input; `done(payload)` runs when nothing was refused;
 * `refused(error, form)` may add to what is shown of a refusal.
 */
export function form({ operation, input, submit, fields, done, refused = () => {}, danger = false }) {
  const send = h("button", { type: "submit", class: danger ? "primary danger" : "primary" }, submit);
  const cancel = h("button", { type: "button", class: "secondary", click: () => made.closest("dialog").close() }, t("cancel"));
  const problems = h("div", { class: "problems", role: "alert" });
  const made = h("form", { novalidate: true, submit: sent }, fields, problems, h("div", { class: "actions" }, cancel, send));

  async function sent(event) {
    event.preventDefault();
    if (send.getAttribute("aria-disabled") === "true") return;
    wait(true);
    forget(made);
    try {
      const payload = await change(operation, input(values(made)));
      if (payload.userErrors.length === 0) done(payload, made.closest("dialog"));
      else payload.userErrors.forEach((error) => place(error, made, problems, payload, refused));
      made.querySelector("[aria-invalid]")?.focus();
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      problems.append(h("p", {}, failure.kind === "offline" ? t("failure.notSent") : failure.message));
    } finally {
      wait(false);
    }
  }

  // Still focusable: whoever waits keeps their place.
  function wait(waiting) {
    send.setAttribute("aria-disabled", String(waiting));
    send.textContent = waiting ? t("waiting") : submit;
  }

  return made;
}

function values(made) {
  const filled = Object.fromEntries(new FormData(made));
  for (const box of made.querySelectorAll("input[type=checkbox]")) filled[box.name] = box.checked;
  return filled;
}

function forget(made) {
  made.querySelectorAll(".refusal").forEach((shown) => shown.remove());
  made.querySelectorAll("[aria-invalid]").forEach((control) => {
    control.removeAttribute("aria-invalid");
    control.removeAttribute("aria-errormessage");
  });
  made.querySelector(".problems").replaceChildren();
}

/** The server's sentence at the field it is about, or at the end when it is about none of the form's. */
function place(error, made, problems, payload, refused) {
  const shown = error.field?.map((name) => made.querySelector(`[data-field="${CSS.escape(name)}"]`));
  const about = shown?.findLast(Boolean);
  const id = unique("refusal");
  const sentence = h("p", { class: "refusal", id, lang: "en" }, error.message);
  (about ?? problems).append(sentence);
  announce(error.message);
  const control = about?.querySelector("input, select, textarea");
  control?.setAttribute("aria-invalid", "true");
  control?.setAttribute("aria-errormessage", id);
  refused(error, made, payload);
}
