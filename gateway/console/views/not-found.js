// An address that leads nowhere.

import { h } from "../lib/dom.js";
import { t } from "../lib/i18n.js";

export default {
  name: "lost",
  title: () => t("lost.title"),
  render: () => h("div", { class: "empty" }, h("h1", {}, t("lost.title")), h("p", {}, t("lost.hint")), h("a", { class: "button secondary", href: "/" }, t("lost.home"))),
};
