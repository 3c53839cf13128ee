// For admins: what the account pays with, and all it ever ordered.

import { act } from "../actions/mutation-button.js";
import { h, icon } from "../lib/dom.js";
import { ask } from "../lib/graphql-client.js";
import { number, t } from "../lib/i18n.js";
import { METHOD } from "../lib/fragments.js";
import { lazy } from "../components/toasts.js";
import { ORDER, orderList } from "../components/order-list.js";
import { forbidden, paged } from "../components/pagination.js";
import { button, methodName, methodNote, methodState, rows, section, skeleton } from "../components/elements.js";
import { SHELL } from "../components/shell.js";

const ORDERS = "totalCount pageInfo { hasNextPage endCursor } nodes { ...Order }";

const OPERATION = `query Billing($account: ID!) {
  viewer { ...Shell }
  account(id: $account) {
    id
    paymentMethods { ...Method }
    orders(first: 20) { ${ORDERS} }
  }
}
${METHOD}${ORDER}${SHELL}`;

const MORE = `query MoreOrders($account: ID!, $after: String!) {
  account(id: $account) { orders(first: 20, after: $after) { ${ORDERS} } }
}
${ORDER}`;

export default {
  name: "billing",
  tab: "billing",
  operation: OPERATION,
  variables: ({ account }) => ({ account }),
  title: () => t("tab.billing"),
  skeleton: () => skeleton("title", ...rows(3), "controls", ...rows(5)),
  render({ account }, place) {
    if (!account?.orders) return forbidden(account);
    return [h("div", { class: "page-head" }, h("h1", {}, t("tab.billing"))), methods(account), orders(account, place)];
  },
};

function methods(account) {
  const row = (method) =>
    h(
      "li",
      { class: "method" },
      icon("card"),
      h("div", {}, h("p", {}, methodName(method), " ", methodState(method)), h("p", { class: "quiet" }, methodNote(method)), h("p", { class: "row-actions" }, ways(method))),
    );
  const add = lazy(() => import("../actions/add-payment-method.js"), ({ addMethod }) => addMethod(account.id));
  const action = button(t("method.new"), { class: "link", id: "method", click: add });
  const content = account.paymentMethods.length > 0 ? h("ul", { class: "list card" }, account.paymentMethods.map(row)) : h("p", { class: "quiet" }, t("method.none"));
  return section(t("method.title"), { action }, content);
}

function ways({ id, isDefault }) {
  const way = (name) => act(`method.${name}`, { id: `${name}-${id}`, name, type: "PaymentMethodInput", input: { paymentMethodId: id }, done: `method.${name}.done`, asks: name === "removePaymentMethod" && "method.removePaymentMethod.asks" });
  return [!isDefault && way("setDefaultPaymentMethod"), way("removePaymentMethod")].filter(Boolean);
}

function orders(account, place) {
  const page = account.orders;
  if (page.nodes.length === 0) return section(t("orders.title"), {}, h("p", { class: "quiet" }, t("orders.none")));
  const more = async (after) => (await ask(MORE, { account: place.account, after })).account.orders;
  return section(t("orders.title"), { aside: number(page.totalCount) }, paged(page, orderList, more));
}
