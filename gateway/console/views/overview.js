// The dashboard: what needs attention, and one box for each product.

import { h } from "../lib/dom.js";
import { day, number, t, term } from "../lib/i18n.js";
import { empty, meter, missingAccount, nextDate, rows, section, skeleton, statusChips, when } from "../components/elements.js";
import { SHELL } from "../components/shell.js";

const OPERATION = `query Overview($account: ID!) {
  viewer { ...Shell }
  account(id: $account) {
    id name kind viewerRole
    productOverviews {
      product { id name edition }
      activeSubscriptions expiringSoon inGracePeriod expired
      licenses licensesUsed
      nextRenewalOn nextExpirationOn
    }
    inGrace: subscriptions(first: 4, filter: {statusIn: [GRACE_PERIOD]}) { nodes { ...Due } }
    expiringSoon: subscriptions(first: 4, filter: {display: EXPIRING_SOON}) { nodes { ...Due } }
  }
}
fragment Due on ProductSubscription {
  id displayName status isExpiringSoon isTrial expiresOn renewsOn
  product { name }
}
${SHELL}`;

export default {
  name: "overview",
  tab: "overview",
  operation: OPERATION,
  variables: ({ account }) => ({ account }),
  title: ({ account }) => account?.name ?? t("account.missing"),
  skeleton: () => skeleton("title", "figures", ...rows(6, "card")),
  render({ account }) {
    if (account === null) return missingAccount();
    const head = h("div", { class: "page-head" }, h("h1", {}, account.name), h("p", { class: "quiet" }, standing(account)));
    if (account.productOverviews.length === 0) return [head, empty(t("overview.empty"), t("overview.emptyHint"))];
    return [head, figures(account), attention(account), products(account)];
  },
};

const standing = ({ kind, viewerRole }) => `${term("account", kind)} · ${viewerRole ? term("role", viewerRole) : t("user.service")}`;

const listLink = (account, display, product) =>
  `/accounts/${account.id}/subscriptions?${new URLSearchParams({ display, ...(product && { product }) })}`;

function figures(account) {
  const sum = (name) => account.productOverviews.reduce((total, box) => total + box[name], 0);
  const used = sum("licensesUsed");
  const total = sum("licenses");
  return h(
    "ul",
    { class: "figures" },
    figure(t("overview.active"), number(sum("activeSubscriptions")), listLink(account, "ACTIVE")),
    figure(t("overview.expiringSoon"), number(sum("expiringSoon")), listLink(account, "EXPIRING_SOON"), sum("expiringSoon") > 0 && "warn"),
    figure(t("overview.inGrace"), number(sum("inGracePeriod")), listLink(account, "ACTIVE"), sum("inGracePeriod") > 0 && "warn"),
    h("li", {}, h("span", { class: "figure-name" }, t("overview.licences")), h("span", { class: "figure-value" }, number(used), h("small", {}, t("overview.of", { total: number(total) }))), meter(used, total)),
  );
}

function figure(name, value, href, tone) {
  return h("li", { class: tone || "" }, h("a", { href }, h("span", { class: "figure-name" }, name), h("span", { class: "figure-value" }, value)));
}

function attention(account) {
  const due = [...account.inGrace.nodes, ...account.expiringSoon.nodes];
  if (due.length === 0) return null;
  const row = (subscription) => {
    const { label, on } = nextDate(subscription);
    return h(
      "li",
      {},
      h("a", { href: `/accounts/${account.id}/subscriptions/${subscription.id}` }, h("span", {}, subscription.displayName), " ", h("span", { class: "quiet" }, subscription.product.name)),
      statusChips(subscription),
      h("span", { class: "due" }, label, " ", on && when(on)),
    );
  };
  return section(t("overview.attention"), {}, h("ul", { class: "list due-list" }, due.map(row)));
}

function products(account) {
  const link = h("a", { href: listLink(account, "ALL") }, t("overview.all"));
  return section(t("overview.products"), { action: link }, h("ul", { class: "boxes" }, account.productOverviews.map((box) => h("li", {}, card(account, box)))));
}

function card(account, box) {
  const { product, activeSubscriptions: active, expiringSoon, inGracePeriod, expired } = box;
  const notes = [
    expiringSoon > 0 && h("span", { class: "chip warn" }, t("overview.soonCount", { count: expiringSoon })),
    inGracePeriod > 0 && h("span", { class: "chip warn" }, t("overview.graceCount", { count: inGracePeriod })),
    expired > 0 && h("span", { class: "chip plain" }, t("overview.expiredCount", { count: expired })),
  ];
  return h(
    "article",
    { class: "box" },
    h("h3", {}, h("a", { href: listLink(account, active > 0 ? "ACTIVE" : "ALL", product.id) }, product.name)),
    h("p", { class: "box-active" }, h("strong", {}, number(active)), " ", t("overview.activeCount", { count: active })),
    h("span", { class: "chips" }, notes),
    h(
      "div",
      { class: "box-seats" },
      h("p", {}, t("overview.licencesUsed", { count: box.licensesUsed, total: number(box.licenses) })),
      meter(box.licensesUsed, box.licenses),
    ),
    h("p", { class: "box-date quiet" }, soonest(box)),
  );
}

function soonest({ nextRenewalOn, nextExpirationOn }) {
  if (nextRenewalOn && (!nextExpirationOn || nextRenewalOn <= nextExpirationOn)) return t("overview.nextRenewal", { date: day(nextRenewalOn) });
  if (nextExpirationOn) return t("overview.nextExpiration", { date: day(nextExpirationOn) });
  return t("overview.noDate");
}
