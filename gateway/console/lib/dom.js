// Elements from words: text is always a text node, so nothing that somebody typed is ever read as markup.

/** @import { Child } from "./types.js" */

/** @typedef {string | number | boolean | null | undefined | ((event: any) => unknown)} Attribute any: by the event's name */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element; an attribute that is a function listens to the event of that name.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, Attribute>} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  element.append(...flatten(children));
  return element;
}

/**
 * @param {HTMLElement} element
 * @param {string} name
 * @param {Attribute} value
 */
function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (typeof value === "function") element.addEventListener(name, value);
  else if (name === "value" && "value" in element) element.value = value;
  else if (name.startsWith("--")) element.style.setProperty(name, String(value));
  else element.setAttribute(name, value === true ? "" : String(value));
}

/**
 * @param {Child[]} children
 * @returns {(Node | string)[]}
 */
function flatten(children) {
  return children.flatMap((child) => (Array.isArray(child) ? flatten(child) : isShown(child) ? [child] : []));
}

/**
 * @param {Child} child
 * @returns {child is Node | string}
 */
const isShown = (child) => child !== null && child !== undefined && child !== false;

const ICON_PATHS = {
  add: "M8 3v10M3 8h10",
  back: "M10 3 5 8l5 5",
  card: "M2 4.5h12v7H2zM2 7h12",
  check: "m3 8.5 3.2 3L13 4.5",
  close: "m4 4 8 8M12 4l-8 8",
  copy: "M5.5 5.5h7v8h-7zM10.5 5.5v-3h-7v8h2",
  device: "M2.5 3.5h11v7h-11zM6 13h4",
  down: "m4 6 4 4 4-4",
  edit: "m3 13 .7-3L10.5 3.2l2.3 2.3L6 12.3z",
  eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8ZM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
  hidden:
    "M2 2l12 12M6.5 3.7A6 6 0 0 1 8 3.5c4 0 6.5 4.5 6.5 4.5a12 12 0 0 1-1.9 2.4M4 4.9A12 12 0 0 0 1.5 8S4 12.5 8 12.5a6 6 0 0 0 2.6-.6",
  key: "M5.5 13a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Zm1.8-4.3L13 3M10.5 5.5l2 2",
  mail: "M2 4h12v8H2zM2 4.5l6 4.5 6-4.5",
  person: "M8 8a2.7 2.7 0 1 0 0-5.4A2.7 2.7 0 0 0 8 8Zm-5 5.8c.5-2.6 2.5-4 5-4s4.5 1.4 5 4",
  query: "m5 4-4 4 4 4M11 4l4 4-4 4M9.2 2.5l-2.4 11",
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.6-1.4L14 14",
  up: "m4 10 4-4 4 4",
  warn: "M8 2 14.5 13.5h-13zM8 6.5v3M8 11.5v.1",
};

/**
 * A drawing beside words that say the same; hidden from screen readers.
 *
 * @param {keyof typeof ICON_PATHS} name
 */
export function icon(name) {
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICON_PATHS[name]);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(path);
  return svg;
}

/**
 * Put `next` where `current` was; the focus stays on the control of the same id.
 *
 * @param {HTMLElement} current
 * @param {HTMLElement} next
 */
export function replaceKeepingFocus(current, next) {
  const { activeElement } = document;
  const focused = current.contains(activeElement) ? activeElement?.id : "";
  current.replaceWith(next);
  if (focused) document.getElementById(focused)?.focus();
  return next;
}

/**
 * The first element of that selector, if there is one.
 *
 * @param {ParentNode} parent
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export function findElement(parent, selector) {
  return parent.querySelector(selector);
}

/**
 * The first element of that selector, which has to be there and of that type.
 *
 * @template {HTMLElement} Found
 * @param {ParentNode} parent
 * @param {string} selector
 * @param {new () => Found} type
 * @returns {Found}
 */
export function getElement(parent, selector, type) {
  const element = parent.querySelector(selector);
  if (element instanceof type) return element;
  throw new Error(`There is no ${type.name} ${selector}`);
}

let lastId = 0;

/**
 * An id nobody else has, to tie a label to what it labels.
 *
 * @param {string} prefix
 */
export function uniqueId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}
