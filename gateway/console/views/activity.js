// For admins: who changed what, when, from what to what.

import { emptyState, repeat, skeleton } from "../components/elements.js";
import { forbiddenState, paginatedList } from "../components/pagination.js";
import { SHELL_VIEWER } from "../components/shell.js";
import { h } from "../lib/dom.js";
import { request } from "../lib/graphql-client.js";
import { formatDateTime, hasMessage, t } from "../lib/i18n.js";

/** @import { Connection, Route, View } from "../lib/types.js" */

/**
 * @typedef {object} AuditEvent
 * @property {string} occurredAt
 * @property {string} actor
 * @property {string} action
 * @property {Record<string, unknown> | null} before
 * @property {Record<string, unknown> | null} after
 * @property {string | null} requestId
 * @property {{ id: string, displayName?: string, subscription?: { id: string, displayName: string } } | null} subject
 */

const EVENT_PAGE = `totalCount pageInfo { hasNextPage endCursor }
      nodes {
        id occurredAt actor action before after requestId
        subject { id ... on ProductSubscription { displayName } ... on LicenseKey { name subscription { id displayName } } }
      }`;

const OPERATION = `query Activity($account: ID!) {
  viewer { ...ShellViewer }
  account(id: $account) {
    id
    auditEvents(first: 20) {
      ${EVENT_PAGE}
    }
  }
}
${SHELL_VIEWER}`;

const NEXT_PAGE = `query MoreActivity($account: ID!, $after: String!) {
  account(id: $account) {
    auditEvents(first: 20, after: $after) {
      ${EVENT_PAGE}
    }
  }
}`;

/** @type {View<{ account: { id: string, auditEvents: Connection<AuditEvent> | null } | null }>} */
export default {
  name: "activity",
  tab: "activity",
  operation: OPERATION,
  variables: ({ account }) => ({ account }),
  title: () => t("tab.activity"),
  skeleton: () => skeleton("title", ...repeat(8)),
  render({ account }, route) {
    if (!account?.auditEvents) return forbiddenState(account);
    /** @param {string | null} after */
    const loadPage = async (after) => (await request(NEXT_PAGE, { account: route.account, after })).account.auditEvents;
    const events = account.auditEvents;
    const content =
      events.nodes.length > 0
        ? paginatedList(events, (nodes) => eventList(nodes, route), loadPage)
        : emptyState(t("activity.none"), t("activity.noneHint"));
    return [
      h("div", { class: "page-head" }, h("h1", {}, t("tab.activity")), h("p", { class: "quiet" }, t("activity.lead"))),
      content,
    ];
  },
};

/**
 * @param {AuditEvent[]} events
 * @param {Route} route
 */
const eventList = (events, route) =>
  h(
    "ol",
    { class: "list card events" },
    events.map((event) => eventRow(event, route)),
  );

/**
 * @param {AuditEvent} event
 * @param {Route} route
 */
function eventRow(event, route) {
  const { occurredAt, actor, action, subject } = event;
  const target = subject?.subscription ?? subject;
  const link =
    target?.displayName &&
    h("a", { href: `/accounts/${route.account}/subscriptions/${target.id}` }, target.displayName);
  return h(
    "li",
    {},
    h("p", {}, h("strong", {}, hasMessage(`action.${action}`) ? t(`action.${action}`) : action), " ", link),
    h("p", { class: "quiet" }, h("time", { datetime: occurredAt }, formatDateTime(occurredAt)), " · ", actor),
    details(event),
  );
}

/** @param {AuditEvent} event */
function details({ before, after, requestId }) {
  if (!before && !after && !requestId) return null;
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  /** @param {unknown} value */
  const formatValue = (value) =>
    value === undefined || value === null ? "–" : typeof value === "string" ? value : JSON.stringify(value);
  /** @param {string} name */
  const line = (name) =>
    h(
      "div",
      {},
      h("dt", {}, name),
      h("dd", {}, h("del", {}, formatValue(before?.[name])), " → ", h("ins", {}, formatValue(after?.[name]))),
    );
  return h(
    "details",
    {},
    h("summary", {}, t("activity.details")),
    names.length > 0 && h("dl", { class: "changes" }, names.map(line)),
    requestId && h("p", { class: "quiet" }, t("error.requestId"), " ", h("code", {}, requestId)),
  );
}
