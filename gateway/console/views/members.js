// For admins of a company: who is in it.

import { mutationButton } from "../actions/mutation-button.js";
import { button, chip, repeat, skeleton } from "../components/elements.js";
import { forbiddenState, paginatedList } from "../components/pagination.js";
import { SHELL_VIEWER, initials } from "../components/shell.js";
import { lazy } from "../components/toasts.js";
import { h } from "../lib/dom.js";
import { request } from "../lib/graphql-client.js";
import { formatDate, t } from "../lib/i18n.js";

/** @import { Connection, Member, Role, View } from "../lib/types.js" */

const MEMBER_PAGE = "totalCount pageInfo { hasNextPage endCursor } nodes { id email role status since user { name } }";

const OPERATION = `query Members($account: ID!) {
  viewer { ...ShellViewer }
  account(id: $account) { id members(first: 50) { ${MEMBER_PAGE} } }
}
${SHELL_VIEWER}`;

const NEXT_PAGE = `query MoreMembers($account: ID!, $after: String!) {
  account(id: $account) { members(first: 50, after: $after) { ${MEMBER_PAGE} } }
}`;

/** @type {View<{ account: { id: string, members: Connection<Member> | null } | null }>} */
export default {
  name: "members",
  tab: "members",
  operation: OPERATION,
  variables: ({ account }) => ({ account }),
  title: () => t("tab.members"),
  skeleton: () => skeleton("title", ...repeat(5)),
  render({ account }, route) {
    if (!account?.members) return forbiddenState(account);
    const onInvite = lazy(
      () => import("../actions/invite-members.js"),
      ({ inviteMembers }) => inviteMembers(route.account),
    );
    /** @param {string | null} after */
    const loadPage = async (after) => (await request(NEXT_PAGE, { account: route.account, after })).account.members;
    return [
      h(
        "div",
        { class: "page-head" },
        h(
          "div",
          { class: "section-head" },
          h("h1", {}, t("tab.members")),
          button(t("invite.open"), { class: "secondary", id: "invite", click: onInvite }),
        ),
        h("p", { class: "quiet" }, t("members.count", { count: account.members.totalCount })),
      ),
      paginatedList(account.members, memberList, loadPage),
    ];
  },
};

/** @param {Member[]} members */
const memberList = (members) => h("ul", { class: "list card members" }, members.map(memberRow));

/** @param {Member} member */
function memberRow({ id, user, email, role, status, since }) {
  const name = user?.name ?? email ?? t("members.unnamed");
  return h(
    "li",
    {},
    h("span", { class: "avatar", "aria-hidden": "true" }, initials(name)),
    h(
      "div",
      { class: "member-words" },
      h(
        "p",
        {},
        name.split(/(?<=@)/).map((part) => [part, h("wbr")]),
      ),
      h(
        "p",
        { class: "quiet" },
        [user?.name && email, t(`members.since.${status}`, { date: formatDate(since.slice(0, 10)) })]
          .filter(Boolean)
          .join(" · "),
      ),
    ),
    h("span", { class: "chips" }, status !== "ACTIVE" && chip("member.status", status), chip("role", role)),
    h("p", { class: "row-actions" }, memberActions(id, role, status)),
  );
}

/**
 * What an admin may do with a member, as far as the page can tell; the server decides.
 *
 * @param {string} id
 * @param {Role} role
 * @param {string} status
 */
function memberActions(id, role, status) {
  /**
   * @param {string} name
   * @param {object} [extraInput]
   * @param {string} [label]
   */
  const action = (name, extraInput = {}, label = name) =>
    mutationButton(`member.${label}`, {
      id: `${label}-${id}`,
      name,
      inputType: name === "setMemberRole" ? "SetMemberRoleInput" : "MembershipInput",
      input: { membershipId: id, ...extraInput },
      successMessage: `member.${label}.done`,
      confirm: name === "removeMember" && "member.removeMember.confirm",
    });
  if (status === "INVITED") return action("revokeInvitation");
  if (status === "BLOCKED") return [action("unblockMember"), action("removeMember")];
  const changeRole =
    role === "MEMBER"
      ? action("setMemberRole", { role: "ADMIN" }, "promote")
      : action("setMemberRole", { role: "MEMBER" }, "demote");
  return [changeRole, action("blockMember"), action("removeMember")];
}
