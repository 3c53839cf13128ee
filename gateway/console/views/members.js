// For admins of a company: who is in it.

import { act } from "../actions/mutation-button.js";
import { h } from "../lib/dom.js";
import { ask } from "../lib/graphql-client.js";
import { day, number, t, term } from "../lib/i18n.js";
import { lazy } from "../components/toasts.js";
import { forbidden, paged } from "../components/pagination.js";
import { button, chip, rows, skeleton } from "../components/elements.js";
import { SHELL, initials } from "../components/shell.js";

const MEMBERS = "totalCount pageInfo { hasNextPage endCursor } nodes { id email role status since user { name } }";

const OPERATION = `query Members($account: ID!) {
  viewer { ...Shell }
  account(id: $account) { id members(first: 50) { ${MEMBERS} } }
}
${SHELL}`;

const MORE = `query MoreMembers($account: ID!, $after: String!) {
  account(id: $account) { members(first: 50, after: $after) { ${MEMBERS} } }
}`;

export default {
  name: "members",
  tab: "members",
  operation: OPERATION,
  variables: ({ account }) => ({ account }),
  title: () => t("tab.members"),
  skeleton: () => skeleton("title", ...rows(5)),
  render({ account }, place) {
    if (!account?.members) return forbidden(account);
    const invite = lazy(() => import("../actions/invite-members.js"), ({ inviteMembers }) => inviteMembers(place.account));
    const more = async (after) => (await ask(MORE, { account: place.account, after })).account.members;
    return [
      h(
        "div",
        { class: "page-head" },
        h("div", { class: "section-head" }, h("h1", {}, t("tab.members")), button(t("invite.open"), { class: "secondary", id: "invite", click: invite })),
        h("p", { class: "quiet" }, t("members.count", { count: account.members.totalCount })),
      ),
      paged(account.members, list, more),
    ];
  },
};

const list = (members) => h("ul", { class: "list card members" }, members.map(member));

function member({ id, user, email, role, status, since }) {
  const name = user?.name ?? email ?? t("members.unnamed");
  return h(
    "li",
    {},
    h("span", { class: "avatar", "aria-hidden": "true" }, initials(name)),
    h("div", { class: "member-words" }, h("p", {}, name.split(/(?<=@)/).map((part) => [part, h("wbr")])), h("p", { class: "quiet" }, [user?.name && email, t(`members.since.${status}`, { date: day(since.slice(0, 10)) })].filter(Boolean).join(" · "))),
    h("span", { class: "chips" }, status !== "ACTIVE" && chip("member.status", status), chip("role", role)),
    h("p", { class: "row-actions" }, ways(id, role, status)),
  );
}

/** What an admin may do with somebody; what stands against it, the server says. */
function ways(id, role, status) {
  const way = (name, more = {}, label = name) =>
    act(`member.${label}`, { id: `${label}-${id}`, name, type: name === "setMemberRole" ? "SetMemberRoleInput" : "MembershipInput", input: { membershipId: id, ...more }, done: `member.${label}.done`, asks: name === "removeMember" && "member.removeMember.asks" });
  if (status === "INVITED") return way("revokeInvitation");
  if (status === "BLOCKED") return [way("unblockMember"), way("removeMember")];
  const other = role === "MEMBER" ? way("setMemberRole", { role: "ADMIN" }, "promote") : way("setMemberRole", { role: "MEMBER" }, "demote");
  return [other, way("blockMember"), way("removeMember")];
}
