// Words, numbers, dates and money in the language of the browser. The catalogues are in locales/.

const CATALOGUES = { en: () => import("../locales/en.js"), fr: () => import("../locales/fr.js") };
const STORED = "licet.language";

let messages = {};
let locale = "en";
let plural;

export const LANGUAGES = { en: "English", fr: "Français" };

/** The language that was chosen here, or the first of the browser's that we have. */
export function language() {
  const spoken = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  return localStorage.getItem(STORED) ?? spoken.find((code) => code in CATALOGUES) ?? "en";
}

export async function speak() {
  const code = language();
  locale = navigator.languages.find((tag) => tag.toLowerCase().startsWith(code)) ?? code;
  plural = new Intl.PluralRules(locale);
  messages = (await CATALOGUES[code]()).default;
  document.documentElement.lang = code;
}

export function choose(code) {
  localStorage.setItem(STORED, code);
  location.reload();
}

/** The message of that name; `values` fill its {blanks}, and `count` chooses between one and many. */
export function t(name, values = {}) {
  let text = messages[name];
  if (text === undefined) throw new Error(`There is no message ${name}`);
  if (typeof text === "object") text = text[plural.select(values.count)] ?? text.other;
  const shown = { ...values, ...("count" in values && { count: number(values.count) }) };
  return text.replace(/\{(\w+)\}/g, (_, blank) => shown[blank]);
}

/** Whether there is a message of that name: for words that the server may learn before this page. */
export const knows = (name) => name in messages;

export const number = (value) => new Intl.NumberFormat(locale).format(value);

/** The server's own words, for a code that this page has no word for. */
export const term = (kind, code) => (knows(`${kind}.${code}`) ? t(`${kind}.${code}`) : code);

const DAY = 86_400_000;

/** YYYY-MM-DD, a day anywhere: never shifted by a time zone. */
export function day(text) {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(text));
}

export function instant(text) {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(text));
}

/** "in 12 days", "3 months ago": from `today`, YYYY-MM-DD. */
export function away(text, today) {
  const days = Math.round((new Date(text) - new Date(today)) / DAY);
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  if (Math.abs(days) < 45) return format.format(days, "day");
  if (Math.abs(days) < 548) return format.format(Math.round(days / 30.44), "month");
  return format.format(Math.round(days / 365.25), "year");
}

/** Exact: the amount is a decimal in a string, and never becomes a float. */
export function money({ amount, currency }) {
  return new Intl.NumberFormat(locale, { style: "currency", currency }).format(amount);
}

export function bytes(count) {
  if (count < 1000) return new Intl.NumberFormat(locale, { style: "unit", unit: "byte", unitDisplay: "long" }).format(count);
  return new Intl.NumberFormat(locale, { style: "unit", unit: "kilobyte", maximumFractionDigits: 1 }).format(count / 1000);
}

export function milliseconds(count) {
  return new Intl.NumberFormat(locale, { style: "unit", unit: "millisecond", maximumFractionDigits: 0 }).format(count);
}
