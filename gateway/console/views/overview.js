// The dashboard: what needs attention, and one box for each product.

import {
  dateWithDistance,
  emptyState,
  meter,
  missingAccount,
  nextDate,
  repeat,
  section,
  skeleton,
  statusChips,
} from "../components/elements.js";
import { SHELL_VIEWER } from "../components/shell.js";
import { h } from "../lib/dom.js";
import { enumLabel, formatDate, formatNumber, t } from "../lib/i18n.js";

/** @import { Account, Role, SubscriptionRow, View } from "../lib/types.js" */

/** @typedef {"activeSubscriptions" | "expiringSoon" | "inGracePeriod" | "expired" | "licenses" | "licensesUsed"} Count */
/**
 * @typedef {Record<Count, number> & {
 *   product: { id: string, name: string },
 *   nextRenewalOn: string | null,
 *   nextExpirationOn: string | null,
 * }} ProductOverview
 */
/**
 * @typedef {Omit<Account, "viewerRole"> & {
 *   viewerRole: Role | null,
 *   productOverviews: ProductOverview[],
 *   inGrace: { nodes: SubscriptionRow[] },
 *   expiringSoon: { nodes: SubscriptionRow[] },
 * }} AccountOverview
 */

const OPERATION = `query Overview($account: ID!) {
  viewer { ...ShellViewer }
  account(id: $account) {
    id name kind viewerRole
    productOverviews {
      product { id name edition }
      activeSubscriptions expiringSoon inGracePeriod expired
      licenses licensesUsed
      nextRenewalOn nextExpirationOn
    }
    inGrace: subscriptions(first: 4, filter: {statusIn: [GRACE_PERIOD]}) { nodes { ...UpcomingSubscription } }
    expiringSoon: subscriptions(first: 4, filter: {display: EXPIRING_SOON}) { nodes { ...UpcomingSubscription } }
  }
}
fragment UpcomingSubscription on ProductSubscription {
  id displayName status isExpiringSoon isTrial expiresOn renewsOn
  product { name }
}
${SHELL_VIEWER}`;

/** @type {View<{ account: AccountOverview | null }>} */
export default {
  name: "overview",
  tab: "overview",
  operation: OPERATION,
  variables: ({ account }) => ({ account }),
  title: ({ account }) => account?.name ?? t("account.missing"),
  skeleton: () => skeleton("title", "figures", ...repeat(6, "card")),
  render({ account }) {
    if (account === null) return missingAccount();
    const head = h(
      "div",
      { class: "page-head" },
      h("h1", {}, account.name),
      h("p", { class: "quiet" }, accountSubtitle(account)),
    );
    if (account.productOverviews.length === 0) return [head, emptyState(t("overview.empty"), t("overview.emptyHint"))];
    return [head, figures(account), attentionSection(account), productSection(account)];
  },
};

/** @param {AccountOverview} account */
const accountSubtitle = ({ kind, viewerRole }) =>
  `${enumLabel("account", kind)} · ${viewerRole ? enumLabel("role", viewerRole) : t("user.service")}`;

/**
 * @param {AccountOverview} account
 * @param {string} display
 * @param {string} [product]
 */
const listLink = (account, display, product) =>
  `/accounts/${account.id}/subscriptions?${new URLSearchParams({ display, ...(product && { product }) })}`;

/** @param {AccountOverview} account */
function figures(account) {
  /** @param {Count} name */
  const sum = (name) => account.productOverviews.reduce((subtotal, each) => subtotal + each[name], 0);
  const used = sum("licensesUsed");
  const total = sum("licenses");
  return h(
    "ul",
    { class: "figures" },
    figure(t("overview.active"), formatNumber(sum("activeSubscriptions")), listLink(account, "ACTIVE")),
    figure(
      t("overview.expiringSoon"),
      formatNumber(sum("expiringSoon")),
      listLink(account, "EXPIRING_SOON"),
      sum("expiringSoon") > 0 && "warn",
    ),
    figure(
      t("overview.inGrace"),
      formatNumber(sum("inGracePeriod")),
      listLink(account, "ACTIVE"),
      sum("inGracePeriod") > 0 && "warn",
    ),
    h(
      "li",
      {},
      h("span", { class: "figure-name" }, t("overview.licences")),
      h(
        "span",
        { class: "figure-value" },
        formatNumber(used),
        h("small", {}, t("overview.of", { total: formatNumber(total) })),
      ),
      meter(used, total),
    ),
  );
}

/**
 * @param {string} name
 * @param {string} value
 * @param {string} href
 * @param {string | false} [tone]
 */
function figure(name, value, href, tone) {
  return h(
    "li",
    { class: tone || "" },
    h("a", { href }, h("span", { class: "figure-name" }, name), h("span", { class: "figure-value" }, value)),
  );
}

/** @param {AccountOverview} account */
function attentionSection(account) {
  const upcoming = [...account.inGrace.nodes, ...account.expiringSoon.nodes];
  if (upcoming.length === 0) return null;
  /** @param {SubscriptionRow} subscription */
  const row = (subscription) => {
    const { label, on } = nextDate(subscription);
    return h(
      "li",
      {},
      h(
        "a",
        { href: `/accounts/${account.id}/subscriptions/${subscription.id}` },
        h("span", {}, subscription.displayName),
        " ",
        h("span", { class: "quiet" }, subscription.product.name),
      ),
      statusChips(subscription),
      h("span", { class: "due" }, label, " ", on && dateWithDistance(on)),
    );
  };
  return section(t("overview.attention"), {}, h("ul", { class: "list due-list" }, upcoming.map(row)));
}

/** @param {AccountOverview} account */
function productSection(account) {
  const link = h("a", { href: listLink(account, "ALL") }, t("overview.all"));
  return section(
    t("overview.products"),
    { action: link },
    h(
      "ul",
      { class: "boxes" },
      account.productOverviews.map((each) => h("li", {}, productCard(account, each))),
    ),
  );
}

/**
 * @param {AccountOverview} account
 * @param {ProductOverview} overview
 */
function productCard(account, overview) {
  const { product, activeSubscriptions: active, expiringSoon, inGracePeriod, expired } = overview;
  const notes = [
    expiringSoon > 0 && h("span", { class: "chip warn" }, t("overview.soonCount", { count: expiringSoon })),
    inGracePeriod > 0 && h("span", { class: "chip warn" }, t("overview.graceCount", { count: inGracePeriod })),
    expired > 0 && h("span", { class: "chip plain" }, t("overview.expiredCount", { count: expired })),
  ];
  return h(
    "article",
    { class: "box" },
    h("h3", {}, h("a", { href: listLink(account, active > 0 ? "ACTIVE" : "ALL", product.id) }, product.name)),
    h(
      "p",
      { class: "box-active" },
      h("strong", {}, formatNumber(active)),
      " ",
      t("overview.activeCount", { count: active }),
    ),
    h("span", { class: "chips" }, notes),
    h(
      "div",
      { class: "box-seats" },
      h("p", {}, t("overview.licencesUsed", { count: overview.licensesUsed, total: formatNumber(overview.licenses) })),
      meter(overview.licensesUsed, overview.licenses),
    ),
    h("p", { class: "box-date quiet" }, nextEvent(overview)),
  );
}

/** @param {ProductOverview} overview */
function nextEvent({ nextRenewalOn, nextExpirationOn }) {
  if (nextRenewalOn && (!nextExpirationOn || nextRenewalOn <= nextExpirationOn))
    return t("overview.nextRenewal", { date: formatDate(nextRenewalOn) });
  if (nextExpirationOn) return t("overview.nextExpiration", { date: formatDate(nextExpirationOn) });
  return t("overview.noDate");
}
