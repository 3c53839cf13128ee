// What stands beside a subscription: what it is charged to, its products, its orders.

import { button, section } from "../components/elements.js";
import { orderList } from "../components/order-list.js";
import { paymentMethodDetails, paymentMethodName, paymentMethodStatus } from "../components/payment-method.js";
import { lazy } from "../components/toasts.js";
import { h, icon } from "../lib/dom.js";
import { formatNumber, t } from "../lib/i18n.js";

/** @import { BillingAccount, Subscription } from "../lib/types.js" */

/**
 * @param {Subscription} subscription
 * @param {BillingAccount | null} account
 */
export function paymentSection(subscription, account) {
  // A MEMBER may not know: the account's methods are null then.
  if (!account?.paymentMethods) return null;
  const { paymentMethod: method, viewerCan } = subscription;
  const onChoose = lazy(
    () => import("../actions/set-payment-method.js"),
    ({ setPaymentMethod }) => setPaymentMethod(subscription, account),
  );
  const action =
    viewerCan.setPaymentMethod &&
    button(t(method ? "payment.change" : "payment.choose"), { class: "link", id: "payment", click: onChoose });
  const content = method
    ? h(
        "div",
        { class: "method" },
        icon("card"),
        h(
          "div",
          {},
          h("p", {}, paymentMethodName(method), " ", paymentMethodStatus(method)),
          h("p", { class: "quiet" }, paymentMethodDetails(method)),
        ),
      )
    : h("p", { class: "quiet" }, t(subscription.channel === "APP_STORE" ? "payment.appStore" : "payment.none"));
  return section(t("payment.title"), { action }, h("div", { class: "card" }, content));
}

/** @param {Subscription} subscription */
export function productSection({ product, licenseCount, items }) {
  /**
   * @param {string} name
   * @param {number} quantity
   */
  const row = (name, quantity) =>
    h("li", {}, h("span", {}, name), h("span", { class: "quantity" }, `× ${formatNumber(quantity)}`));
  return section(
    t("products.title"),
    {},
    h(
      "ul",
      { class: "list card plain" },
      row(product.name, licenseCount),
      items.map((item) => row(item.product.name, item.quantity)),
    ),
  );
}

/** @param {Subscription} subscription */
export function orderSection({ orders: page }) {
  if (page === null) return null;
  const content =
    page.nodes.length > 0
      ? orderList(page.nodes)
      : h("div", { class: "card" }, h("p", { class: "quiet" }, t("orders.none")));
  return section(
    t("orders.title"),
    { aside: page.totalCount > page.nodes.length && formatNumber(page.totalCount) },
    content,
  );
}
