// Orders as a list: what was bought, when, for how much.

import { h } from "../lib/dom.js";
import { enumLabel, formatDateTime, formatMoney, formatNumber, t } from "../lib/i18n.js";
import { chip } from "./elements.js";

/** @import { Order, OrderLine } from "../lib/types.js" */

export const ORDER_SUMMARY = `
fragment OrderSummary on Order {
  id number placedAt status kind invoiceUrl
  total { amount currency }
  lines { product { name } quantity unitPrice { amount currency } }
}`;

/** @param {Order[]} orders */
export const orderList = (orders) => h("ul", { class: "list card orders" }, orders.map(order));

/** @param {Order} order */
function order({ number: name, placedAt, status, kind, total, lines, invoiceUrl }) {
  /** @param {OrderLine} line */
  const line = ({ product, quantity, unitPrice }) =>
    h(
      "li",
      {},
      `${formatNumber(quantity)} × ${product.name} · `,
      h("span", {}, t("orders.each", { price: formatMoney(unitPrice) })),
    );
  // Only an address of the web: a scheme of another kind is no invoice.
  const invoice =
    /^https?:/.test(invoiceUrl ?? "") &&
    h("a", { href: invoiceUrl, target: "_blank", rel: "noreferrer" }, t("orders.invoice"));
  return h(
    "li",
    {},
    h(
      "div",
      { class: "order-head" },
      h(
        "p",
        { class: "order-kind" },
        enumLabel("order.kind", kind),
        " ",
        status !== "PAID" && chip("order.status", status),
      ),
      h("span", { class: "amount" }, formatMoney(total)),
    ),
    h(
      "p",
      { class: "quiet order-note" },
      h("time", { datetime: placedAt }, formatDateTime(placedAt)),
      ` · ${name}`,
      invoice && " · ",
      invoice,
    ),
    h("ul", { class: "order-lines" }, lines.map(line)),
  );
}
