// For admins: who changed what, when, from what to what.

import { h } from "../lib/dom.js";
import { ask } from "../lib/graphql-client.js";
import { instant, knows, t } from "../lib/i18n.js";
import { forbidden, paged } from "../components/pagination.js";
import { empty, rows, skeleton } from "../components/elements.js";
import { SHELL } from "../components/shell.js";

const EVENTS = `totalCount pageInfo { hasNextPage endCursor }
      nodes {
        id occurredAt actor action before after requestId
        subject { id ... on ProductSubscription { displayName } ... on LicenseKey { name subscription { id displayName } } }
      }`;

const OPERATION = `query Activity($account: ID!) {
  viewer { ...Shell }
  account(id: $account) {
    id
    auditEvents(first: 20) {
      ${EVENTS}
    }
  }
}
${SHELL}`;

const MORE = `query MoreActivity($account: ID!, $after: String!) {
  account(id: $account) {
    auditEvents(first: 20, after: $after) {
      ${EVENTS}
    }
  }
}`;

export default {
  name: "activity",
  tab: "activity",
  operation: OPERATION,
  variables: ({ account }) => ({ account }),
  title: () => t("tab.activity"),
  skeleton: () => skeleton("title", ...rows(8)),
  render({ account }, place) {
    if (!account?.auditEvents) return forbidden(account);
    const more = async (after) => (await ask(MORE, { account: place.account, after })).account.auditEvents;
    const events = account.auditEvents;
    const content = events.nodes.length > 0 ? paged(events, (nodes) => list(nodes, place), more) : empty(t("activity.none"), t("activity.noneHint"));
    return [h("div", { class: "page-head" }, h("h1", {}, t("tab.activity")), h("p", { class: "quiet" }, t("activity.lead"))), content];
  },
};

const list = (events, place) => h("ol", { class: "list card events" }, events.map((event) => row(event, place)));

function row(event, place) {
  const { occurredAt, actor, action, subject } = event;
  const about = subject?.subscription ?? subject;
  const words = about?.displayName && h("a", { href: `/accounts/${place.account}/subscriptions/${about.id}` }, about.displayName);
  return h(
    "li",
    {},
    h("p", {}, h("strong", {}, knows(`action.${action}`) ? t(`action.${action}`) : action), " ", words),
    h("p", { class: "quiet" }, h("time", { datetime: occurredAt }, instant(occurredAt)), " · ", actor),
    details(event),
  );
}

function details({ before, after, requestId }) {
  if (!before && !after && !requestId) return null;
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const shown = (value) => (value === undefined || value === null ? "–" : typeof value === "string" ? value : JSON.stringify(value));
  const line = (name) => h("div", {}, h("dt", {}, name), h("dd", {}, h("del", {}, shown(before?.[name])), " → ", h("ins", {}, shown(after?.[name]))));
  return h(
    "details",
    {},
    h("summary", {}, t("activity.details")),
    names.length > 0 && h("dl", { class: "changes" }, names.map(line)),
    requestId && h("p", { class: "quiet" }, t("failure.request"), " ", h("code", {}, requestId)),
  );
}
