// `/`: on to the account one was in last, or to the first.

import { repeat, skeleton } from "../components/elements.js";
import { VIEWER_ACCOUNTS, defaultAccount } from "../lib/accounts.js";
import { h } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { getLastAccount } from "../lib/session.js";
import { navigate } from "../router.js";

/** @import { View, Viewer } from "../lib/types.js" */

/** @type {View<{ viewer: Viewer }>} */
export default {
  name: "home",
  operation: VIEWER_ACCOUNTS,
  variables: () => ({}),
  title: () => t("tab.overview"),
  skeleton: () => skeleton("title", ...repeat(3, "card")),
  render({ viewer }) {
    const account = viewer.accounts.find(({ id }) => id === getLastAccount()) ?? defaultAccount(viewer.accounts);
    if (!account) {
      return h("div", { class: "empty" }, h("h1", {}, t("account.none")), h("p", {}, t("account.noneHint")));
    }
    queueMicrotask(() => navigate(`/accounts/${account.id}`, { replace: true }));
    return skeleton("title", ...repeat(3, "card"));
  },
};
