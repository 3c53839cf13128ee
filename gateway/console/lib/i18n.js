// Words, numbers, dates and money in the language of the browser. The catalogues are in locales/.

/** @import { Money } from "./types.js" */

/** @type {Record<string, () => Promise<{ default: typeof messages }>>} */
const CATALOGUES = { en: () => import("../locales/en.js"), fr: () => import("../locales/fr.js") };
const STORAGE_KEY = "licet.language";

/** @type {Record<string, string | Record<string, string>>} */
let messages = {};
let intlLocale = "en";
/** @type {Intl.PluralRules} */
let plural;

/** @type {Record<string, string>} */
export const LOCALES = { en: "English", fr: "Français" };

/** The language that was chosen here, or the first of the browser's that we have. */
export function detectLocale() {
  const preferred = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  return localStorage.getItem(STORAGE_KEY) ?? preferred.find((code) => code in CATALOGUES) ?? "en";
}

export async function loadLocale() {
  const code = detectLocale();
  intlLocale = navigator.languages.find((tag) => tag.toLowerCase().startsWith(code)) ?? code;
  plural = new Intl.PluralRules(intlLocale);
  messages = (await CATALOGUES[code]()).default;
  document.documentElement.lang = code;
}

/** @param {string} code */
export function setLocale(code) {
  localStorage.setItem(STORAGE_KEY, code);
  location.reload();
}

/**
 * The message of that name; `values` fill its {blanks}, and `count` chooses between one and many.
 *
 * @param {string} name
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function t(name, values = {}) {
  let text = messages[name];
  if (text === undefined) throw new Error(`There is no message ${name}`);
  if (typeof text === "object") text = text[plural.select(Number(values.count))] ?? text.other;
  const blanks = "count" in values ? { ...values, count: formatNumber(Number(values.count)) } : values;
  return text.replace(/\{(\w+)\}/g, (_, blank) => String(blanks[blank]));
}

/**
 * Whether there is a message of that name: for words that the server may learn before this page.
 *
 * @param {string} name
 */
export const hasMessage = (name) => name in messages;

/** @param {number} value */
export const formatNumber = (value) => new Intl.NumberFormat(intlLocale).format(value);

/**
 * The server's own words, for a code that this page has no word for.
 *
 * @param {string} kind
 * @param {string} code
 */
export const enumLabel = (kind, code) => (hasMessage(`${kind}.${code}`) ? t(`${kind}.${code}`) : code);

const DAY = 86_400_000;

/**
 * YYYY-MM-DD, a day anywhere: never shifted by a time zone.
 *
 * @param {string} text
 */
export function formatDate(text) {
  return new Intl.DateTimeFormat(intlLocale, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(text));
}

/** @param {string} text */
export function formatDateTime(text) {
  return new Intl.DateTimeFormat(intlLocale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(text));
}

/**
 * "in 12 days", "3 months ago": from `today`, YYYY-MM-DD.
 *
 * @param {string} text
 * @param {string} today
 */
export function formatRelativeDate(text, today) {
  const days = Math.round((Date.parse(text) - Date.parse(today)) / DAY);
  const format = new Intl.RelativeTimeFormat(intlLocale, { numeric: "auto" });
  if (Math.abs(days) < 45) return format.format(days, "day");
  if (Math.abs(days) < 548) return format.format(Math.round(days / 30.44), "month");
  return format.format(Math.round(days / 365.25), "year");
}

/**
 * Exact: the amount is a decimal in a string, and never becomes a float.
 *
 * @param {Money} money
 */
export function formatMoney({ amount, currency }) {
  return new Intl.NumberFormat(intlLocale, { style: "currency", currency }).format(amount);
}

/** @param {number} count */
export function formatBytes(count) {
  if (count < 1000)
    return new Intl.NumberFormat(intlLocale, { style: "unit", unit: "byte", unitDisplay: "long" }).format(count);
  return new Intl.NumberFormat(intlLocale, { style: "unit", unit: "kilobyte", maximumFractionDigits: 1 }).format(
    count / 1000,
  );
}

/** @param {number} count */
export function formatMilliseconds(count) {
  return new Intl.NumberFormat(intlLocale, { style: "unit", unit: "millisecond", maximumFractionDigits: 0 }).format(
    count,
  );
}
