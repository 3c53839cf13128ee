// Sign in: as one of the demo's people, with the token an identity provider sent along, or with one that is pasted.

import { button, errorState, repeat, skeleton } from "../components/elements.js";
import { initials } from "../components/shell.js";
import { showErrorToast } from "../components/toasts.js";
import { h, icon } from "../lib/dom.js";
import { RequestError } from "../lib/graphql-client.js";
import { t } from "../lib/i18n.js";
import { IS_DEMO, decodeClaims, fetchPeople, signIn, signInAs, takeTokenFromUrl } from "../lib/session.js";
import { navigate } from "../router.js";

/** @import { Route, View } from "../lib/types.js" */

/** @type {View<object>} */
export default {
  name: "sign-in",
  title: () => t("signIn.title"),
  render(_, route) {
    const urlToken = takeTokenFromUrl();
    const note = route.search.has("ended") && h("p", { class: "note", role: "status" }, t("signIn.ended"));
    const choice = urlToken ? urlTokenButton(urlToken, route) : IS_DEMO ? personList(route) : null;
    return h(
      "div",
      { class: "narrow" },
      h("h1", {}, t("signIn.title")),
      h("p", { class: "lead" }, t(IS_DEMO ? "signIn.demoLead" : "signIn.lead")),
      note,
      choice,
      tokenForm(route, choice === null),
    );
  },
};

/**
 * To `next` only within this page: anybody may have written it (open redirect).
 *
 * @param {Route} route
 */
function continueToNext(route) {
  const next = route.search.get("next") ?? "/";
  return navigate(/^\/(?![/\\])/.test(next) ? next : "/", { replace: true });
}

// Not without a click: a link with the sender's token in it would register the victim's keys in the sender's account.
/**
 * @param {string} token
 * @param {Route} route
 */
function urlTokenButton(token, route) {
  const { name, email, sub } = decodeClaims(token);
  const onClick = () => {
    signIn(token);
    continueToNext(route);
  };
  return button(t("signIn.continueAs", { name: name ?? email ?? sub ?? "?" }), { class: "primary", click: onClick });
}

/** @param {Route} route */
function personList(route) {
  const list = h("div", { "aria-busy": "true" }, skeleton(...repeat(5, "row")));
  load();
  return list;

  async function load() {
    try {
      const items = (await fetchPeople()).map((person) => h("li", {}, personButton(person, route)));
      list.replaceChildren(h("ul", { class: "people" }, items));
    } catch {
      list.replaceChildren(errorState(new RequestError("offline"), load));
    }
    list.removeAttribute("aria-busy");
  }
}

/**
 * @param {{ person: string, name: string, description: string }} person
 * @param {Route} route
 */
function personButton(person, route) {
  /** @param {{ currentTarget: HTMLElement }} event */
  const onClick = async ({ currentTarget: control }) => {
    control.setAttribute("aria-busy", "true");
    try {
      await signInAs(person.person);
    } catch {
      control.removeAttribute("aria-busy");
      showErrorToast(t("signIn.refused"));
      return;
    }
    continueToNext(route);
  };
  return h(
    "button",
    { type: "button", class: "person", click: onClick },
    h("span", { class: "avatar", "aria-hidden": "true" }, initials(person.name)),
    h(
      "span",
      { class: "person-words" },
      h("span", { class: "menu-name" }, person.name),
      h("span", { class: "quiet", lang: "en" }, person.description),
    ),
    icon("down"),
  );
}

/**
 * @param {Route} route
 * @param {boolean} open
 */
function tokenForm(route, open) {
  const textarea = h("textarea", { id: "token", rows: "4", required: true, spellcheck: "false", autocomplete: "off" });
  /** @param {SubmitEvent} event */
  const onSubmit = (event) => {
    event.preventDefault();
    signIn(textarea.value);
    continueToNext(route);
  };
  return h(
    "details",
    { class: "token", open },
    h("summary", {}, t("signIn.token")),
    h(
      "form",
      { submit: onSubmit },
      h(
        "div",
        { class: "field" },
        h("label", { for: "token" }, t("signIn.tokenLabel")),
        textarea,
        h("p", { class: "hint" }, t("signIn.tokenHint")),
      ),
      h("button", { type: "submit", class: "primary" }, t("signIn.submit")),
    ),
  );
}
