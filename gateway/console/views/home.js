// `/`: on to the account one was in last, or to the first.

import { lastAccount } from "../lib/session.js";
import { rows, skeleton } from "../components/elements.js";
import { t } from "../lib/i18n.js";
import { navigate } from "../router.js";
import { h } from "../lib/dom.js";

export default {
  name: "start",
  operation: "query Start { viewer { accounts { id kind } } }",
  variables: () => ({}),
  title: () => t("tab.overview"),
  skeleton: () => skeleton("title", ...rows(3, "card")),
  render({ viewer }) {
    const accounts = viewer.accounts;
    const chosen =
      accounts.find(({ id }) => id === lastAccount()) ?? accounts.find(({ kind }) => kind === "BUSINESS") ?? accounts[0];
    if (!chosen) return h("div", { class: "empty" }, h("h1", {}, t("account.none")), h("p", {}, t("account.noneHint")));
    queueMicrotask(() => navigate(`/accounts/${chosen.id}`, { replace: true }));
    return skeleton("title", ...rows(3, "card"));
  },
};
