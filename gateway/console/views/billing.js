// For admins: what the account pays with, and all it ever ordered.

import { mutationButton } from "../actions/mutation-button.js";
import { button, repeat, section, skeleton } from "../components/elements.js";
import { ORDER_SUMMARY, orderList } from "../components/order-list.js";
import { forbiddenState, paginatedList } from "../components/pagination.js";
import { paymentMethodDetails, paymentMethodName, paymentMethodStatus } from "../components/payment-method.js";
import { SHELL_VIEWER } from "../components/shell.js";
import { lazy } from "../components/toasts.js";
import { h, icon } from "../lib/dom.js";
import { PAYMENT_METHOD } from "../lib/fragments.js";
import { request } from "../lib/graphql-client.js";
import { formatNumber, t } from "../lib/i18n.js";

/** @import { Connection, Order, PaymentMethod, Route, View } from "../lib/types.js" */

/** @typedef {{ id: string, paymentMethods: PaymentMethod[], orders: Connection<Order> | null }} OwnAccount */

const ORDER_PAGE = "totalCount pageInfo { hasNextPage endCursor } nodes { ...OrderSummary }";

const OPERATION = `query Billing($account: ID!) {
  viewer { ...ShellViewer }
  account(id: $account) {
    id
    paymentMethods { ...PaymentMethodSummary }
    orders(first: 20) { ${ORDER_PAGE} }
  }
}
${PAYMENT_METHOD}${ORDER_SUMMARY}${SHELL_VIEWER}`;

const NEXT_PAGE = `query MoreOrders($account: ID!, $after: String!) {
  account(id: $account) { orders(first: 20, after: $after) { ${ORDER_PAGE} } }
}
${ORDER_SUMMARY}`;

/** @type {View<{ account: OwnAccount | null }>} */
export default {
  name: "billing",
  tab: "billing",
  operation: OPERATION,
  variables: ({ account }) => ({ account }),
  title: () => t("tab.billing"),
  skeleton: () => skeleton("title", ...repeat(3), "controls", ...repeat(5)),
  render({ account }, route) {
    if (!account?.orders) return forbiddenState(account);
    return [
      h("div", { class: "page-head" }, h("h1", {}, t("tab.billing"))),
      methodSection(account),
      orderSection(account.orders, route),
    ];
  },
};

/** @param {OwnAccount} account */
function methodSection(account) {
  /** @param {PaymentMethod} method */
  const row = (method) =>
    h(
      "li",
      { class: "method" },
      icon("card"),
      h(
        "div",
        {},
        h("p", {}, paymentMethodName(method), " ", paymentMethodStatus(method)),
        h("p", { class: "quiet" }, paymentMethodDetails(method)),
        h("p", { class: "row-actions" }, methodActions(method)),
      ),
    );
  const onAdd = lazy(
    () => import("../actions/add-payment-method.js"),
    ({ addPaymentMethod }) => addPaymentMethod(account.id),
  );
  const action = button(t("method.new"), { class: "link", id: "method", click: onAdd });
  const content =
    account.paymentMethods.length > 0
      ? h("ul", { class: "list card" }, account.paymentMethods.map(row))
      : h("p", { class: "quiet" }, t("method.none"));
  return section(t("method.title"), { action }, content);
}

/** @param {PaymentMethod} method */
function methodActions({ id, isDefault }) {
  /** @param {string} name */
  const action = (name) =>
    mutationButton(`method.${name}`, {
      id: `${name}-${id}`,
      name,
      inputType: "PaymentMethodInput",
      input: { paymentMethodId: id },
      successMessage: `method.${name}.done`,
      confirm: name === "removePaymentMethod" && "method.removePaymentMethod.confirm",
    });
  return [!isDefault && action("setDefaultPaymentMethod"), action("removePaymentMethod")].filter(Boolean);
}

/**
 * @param {Connection<Order>} page
 * @param {Route} route
 */
function orderSection(page, route) {
  if (page.nodes.length === 0) return section(t("orders.title"), {}, h("p", { class: "quiet" }, t("orders.none")));
  /** @param {string | null} after */
  const loadPage = async (after) => (await request(NEXT_PAGE, { account: route.account, after })).account.orders;
  return section(t("orders.title"), { aside: formatNumber(page.totalCount) }, paginatedList(page, orderList, loadPage));
}
