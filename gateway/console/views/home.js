// `/`: on to the account one was in last, or to the first.

import { repeat, skeleton } from "../components/elements.js";
import { h } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { getLastAccount } from "../lib/session.js";
import { navigate } from "../router.js";

export default {
  name: "home",
  operation: "query ViewerAccounts { viewer { accounts { id kind } } }",
  variables: () => ({}),
  title: () => t("tab.overview"),
  skeleton: () => skeleton("title", ...repeat(3, "card")),
  render({ viewer }) {
    const accounts = viewer.accounts;
    const account =
      accounts.find(({ id }) => id === getLastAccount()) ??
      accounts.find(({ kind }) => kind === "BUSINESS") ??
      accounts[0];
    if (!account)
      return h("div", { class: "empty" }, h("h1", {}, t("account.none")), h("p", {}, t("account.noneHint")));
    queueMicrotask(() => navigate(`/accounts/${account.id}`, { replace: true }));
    return skeleton("title", ...repeat(3, "card"));
  },
};
