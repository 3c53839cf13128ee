// The explorer: GraphiQL, asking as whoever is signed in. What is written in it stands in the address's fragment.

import { EXAMPLES } from "./examples.js";
import { h, icon, unique } from "../lib/dom.js";
import { Failure, ask } from "../lib/graphql-client.js";
import { speak, t } from "../lib/i18n.js";
import { noticeParts, toastFailure, toastRefusal } from "../components/toasts.js";
import { failed } from "../components/elements.js";
import { IS_DEMO, claims, people, signIn, signInAs, token } from "../lib/session.js";
import { mark } from "../components/shell.js";

const place = document.getElementById("explorer");
const { GraphiQL, React, ReactDOM } = globalThis;
let root;
let shown = 0;
let state = new URLSearchParams(location.hash.slice(1));

/** Nothing is kept but what the address says: reloading shows it again, and no other tab's. */
const FORGETFUL = { length: 0, getItem: () => null, setItem() {}, removeItem() {}, clear() {} };

async function start() {
  await speak();
  document.title = `${t("explorer")} · Licet`;
  document.body.append(...noticeParts());
  document.querySelector(".bar").replaceWith(bar());
  if (GraphiQL === undefined) {
    place.replaceChildren(unavailable());
    return;
  }
  await open();
}

/** Ready to ask: in the demo as somebody, elsewhere as soon as there is a token. */
async function open() {
  try {
    if (!token() && IS_DEMO) await signInAs((await people())[0].person);
  } catch {
    place.replaceChildren(failed(new Failure("offline"), open));
    return;
  }
  document.querySelector(".bar").replaceWith(bar());
  if (!token()) {
    place.replaceChildren(h("div", { class: "empty" }, h("h1", {}, t("explorer.signIn")), h("p", {}, t("explorer.signInHint"))));
    return;
  }
  if (state.get("query") === null) state = await example(0);
  draw();
}

function unavailable() {
  return h(
    "div",
    { class: "empty failure", role: "alert" },
    icon("warn"),
    h("h1", {}, t("explorer.unavailable")),
    h("p", {}, t("explorer.unavailableHint")),
    h("p", {}, h("a", { href: "/schema.graphql" }, t("sdl")), " · ", h("a", { href: "/" }, t("explorer.drawer"))),
  );
}

function draw() {
  root ??= ReactDOM.createRoot(place);
  shown += 1;
  root.render(
    React.createElement(GraphiQL, {
      key: shown,
      fetcher: GraphiQL.createFetcher({ url: "/graphql", fetch: signed }),
      query: state.get("query"),
      variables: state.get("variables") ?? "{}",
      storage: FORGETFUL,
      forcedTheme: matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light",
      onEditQuery: (query) => keep({ query }),
      onEditVariables: (variables) => keep({ variables }),
    }),
  );
}

const signed = (url, options) =>
  fetch(url, { ...options, headers: { ...options.headers, ...(token() && { authorization: `Bearer ${token()}` }) } });

function keep(changes) {
  for (const [name, value] of Object.entries(changes)) state.set(name, value ?? "");
  history.replaceState(null, "", `#${state}`);
}

/** An example with the viewer's own account in its variables. */
async function example(index) {
  const { query, variables = {} } = EXAMPLES[index];
  const filled = { ...variables, ...("account" in variables && { account: await ownAccount() }) };
  return new URLSearchParams({ query, variables: JSON.stringify(filled, null, 2) });
}

async function ownAccount() {
  try {
    const { accounts } = (await ask("query Start { viewer { accounts { id kind } } }", {})).viewer;
    return (accounts.find(({ kind }) => kind === "BUSINESS") ?? accounts[0])?.id ?? "";
  } catch {
    return "";
  }
}

function bar() {
  const home = h("a", { class: "brand", href: "/", "aria-label": t("brand") }, mark(), h("span", {}, "Licet"));
  // Without the editor there is nothing to choose for.
  const controls = GraphiQL !== undefined && [examples(), IS_DEMO ? persons() : pasted()];
  return h("header", { class: "bar" }, h("div", { class: "bar-inner" }, home, controls, h("a", { class: "sdl", href: "/schema.graphql" }, t("sdl"))));
}

function examples() {
  const choose = async ({ target }) => {
    if (target.value === "" || root === undefined) return;
    state = await example(Number(target.value));
    keep({});
    draw();
  };
  const [made, around] = select(t("explorer.examples"), choose);
  made.append(h("option", { value: "" }, t("explorer.examples")), ...EXAMPLES.map(({ name }, index) => h("option", { value: index }, t(name))));
  return around;
}

function select(label, change) {
  const id = unique("select");
  const made = h("select", { id, change });
  return [made, h("div", { class: "select" }, h("label", { class: "visually-hidden", for: id }, label), made, icon("down"))];
}

function persons() {
  const self = () => claims(token() ?? "").sub;
  const become = async ({ target }) => {
    try {
      await signInAs(target.value);
    } catch {
      target.value = self();
      toastRefusal(t("signIn.refused"));
      return;
    }
    // Another person has other accounts.
    state = await example(0);
    keep({});
    if (root) draw();
  };
  const [made, around] = select(t("explorer.askAs"), become);
  const options = (all) => all.map(({ person, name }) => h("option", { value: person, selected: person === self() }, name));
  people().then((all) => made.append(...options(all)), () => toastFailure(new Failure("offline")));
  return around;
}

function pasted() {
  const use = ({ target }) => {
    signIn(target.value);
    open();
  };
  return h("input", { type: "password", class: "token-box", "aria-label": t("signIn.tokenLabel"), placeholder: t("signIn.tokenLabel"), autocomplete: "off", change: use });
}

start();
