// Labelled controls. Each is marked with the name of the input field that it fills, for that field's user errors.

import { h, uniqueId } from "../lib/dom.js";

/** @import { Child } from "../lib/types.js" */

/**
 * @param {string} name
 * @param {string} label
 * @param {HTMLInputElement | HTMLTextAreaElement} control
 * @param {string | false | null} [hint]
 */
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

/**
 * @param {string} name
 * @param {string} label
 */
export function checkbox(name, label) {
  const id = uniqueId(name);
  const control = h("input", { type: "checkbox", id, name });
  return h("div", { class: "field checkbox", "data-field": name }, control, h("label", { for: id }, label));
}

/** @typedef {{ value: string, label: string, note: Child }} Option */

/**
 * @param {string} name
 * @param {string} label
 * @param {Option[]} options
 * @param {string | null} [selected]
 */
export function radioGroup(name, label, options, selected) {
  /** @param {Option} option */
  const radio = (option) => {
    const control = h("input", { type: "radio", name, value: option.value, checked: option.value === selected });
    return h("label", { class: "option" }, control, h("span", {}, option.label, option.note));
  };
  return h("fieldset", { class: "field", "data-field": name }, h("legend", {}, label), options.map(radio));
}

/** @param {Record<string, string | boolean>} attributes */
export const textInput = (attributes) =>
  h("input", { type: "text", autocomplete: "off", spellcheck: "false", ...attributes });
