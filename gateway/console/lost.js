// An address that leads nowhere.

import { h } from "./dom.js";
import { t } from "./language.js";

export default {
  name: "lost",
  title: () => t("lost.title"),
  render: () => h("div", { class: "empty" }, h("h1", {}, t("lost.title")), h("p", {}, t("lost.hint")), h("a", { class: "button secondary", href: "/" }, t("lost.home"))),
};
