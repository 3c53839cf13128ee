// Sign in: as one of the demo's people, with the token an identity provider sent along, or with one that is pasted.

import { h, icon } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { navigate } from "../router.js";
import { toastRefusal } from "../components/toasts.js";
import { button, failed, rows, skeleton } from "../components/elements.js";
import { IS_DEMO, broughtToken, claims, people, signIn, signInAs } from "../lib/session.js";
import { initials } from "../components/shell.js";
import { Failure } from "../lib/graphql-client.js";

export default {
  name: "sign-in",
  title: () => t("signIn.title"),
  render(_, place) {
    const brought = broughtToken();
    const note = place.search.has("ended") && h("p", { class: "note", role: "status" }, t("signIn.ended"));
    const choice = brought ? broughtChoice(brought, place) : IS_DEMO ? demoChoice(place) : null;
    return h(
      "div",
      { class: "narrow" },
      h("h1", {}, t("signIn.title")),
      h("p", { class: "lead" }, t(IS_DEMO ? "signIn.demoLead" : "signIn.lead")),
      note,
      choice,
      pasted(place, choice === null),
    );
  },
};

/** Only to addresses of this page: `next` is anybody's to write. */
function onwards(place) {
  const next = place.search.get("next") ?? "/";
  return navigate(/^\/(?![/\\])/.test(next) ? next : "/", { replace: true });
}

// Not at once: whoever sends a link with a token of theirs in it would have somebody else's keys registered as theirs.
function broughtChoice(token, place) {
  const { name, email, sub } = claims(token);
  const go = () => {
    signIn(token);
    onwards(place);
  };
  return button(t("signIn.continueAs", { name: name ?? email ?? sub ?? "?" }), { class: "primary", click: go });
}

function demoChoice(place) {
  const list = h("div", { "aria-busy": "true" }, skeleton(...rows(5, "row")));
  fill();
  return list;

  async function fill() {
    try {
      const shown = (await people()).map((person) => h("li", {}, card(person, place)));
      list.replaceChildren(h("ul", { class: "people" }, shown));
    } catch {
      list.replaceChildren(failed(new Failure("offline"), fill));
    }
    list.removeAttribute("aria-busy");
  }
}

function card(person, place) {
  const go = async ({ currentTarget: control }) => {
    control.setAttribute("aria-busy", "true");
    try {
      await signInAs(person.person);
    } catch {
      control.removeAttribute("aria-busy");
      toastRefusal(t("signIn.refused"));
      return;
    }
    onwards(place);
  };
  return h(
    "button",
    { type: "button", class: "person", click: go },
    h("span", { class: "avatar", "aria-hidden": "true" }, initials(person.name)),
    h("span", { class: "person-words" }, h("span", { class: "menu-name" }, person.name), h("span", { class: "quiet", lang: "en" }, person.description)),
    icon("down"),
  );
}

function pasted(place, open) {
  const area = h("textarea", { id: "token", rows: "4", required: true, spellcheck: "false", autocomplete: "off" });
  const use = (event) => {
    event.preventDefault();
    signIn(area.value);
    onwards(place);
  };
  return h(
    "details",
    { class: "token", open },
    h("summary", {}, t("signIn.token")),
    h(
      "form",
      { submit: use },
      h("div", { class: "field" }, h("label", { for: "token" }, t("signIn.tokenLabel")), area, h("p", { class: "hint" }, t("signIn.tokenHint"))),
      h("button", { type: "submit", class: "primary" }, t("signIn.submit")),
    ),
  );
}
