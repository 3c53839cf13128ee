// An address that leads nowhere.

import { h } from "../lib/dom.js";
import { t } from "../lib/i18n.js";

/** @import { View } from "../lib/types.js" */

/** @type {View<object>} */
export default {
  name: "not-found",
  title: () => t("notFound.title"),
  render: () =>
    h(
      "div",
      { class: "empty" },
      h("h1", {}, t("notFound.title")),
      h("p", {}, t("notFound.hint")),
      h("a", { class: "button secondary", href: "/" }, t("notFound.home")),
    ),
};
