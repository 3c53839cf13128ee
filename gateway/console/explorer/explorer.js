// The explorer: GraphiQL with the session's token. Its query and variables are kept in the address's fragment.

import { errorState } from "../components/elements.js";
import { logo } from "../components/shell.js";
import { createLiveRegions, showErrorToast } from "../components/toasts.js";
import { VIEWER_ACCOUNTS, defaultAccount } from "../lib/accounts.js";
import { getElement, h, icon, uniqueId } from "../lib/dom.js";
import { RequestError, request } from "../lib/graphql-client.js";
import { loadLocale, t } from "../lib/i18n.js";
import { IS_DEMO, decodeClaims, fetchPeople, getToken, signIn, signInAs } from "../lib/session.js";
import { EXAMPLES } from "./examples.js";

/**
 * What the page loads before this module. any: these libraries' types are not at hand here.
 *
 * @typedef {{ GraphiQL: any, React: any, ReactDOM: any }} Libraries
 */
/** @typedef {{ target: HTMLSelectElement }} SelectEvent */

const container = getElement(document, "#explorer", HTMLElement);
const { GraphiQL, React, ReactDOM } = /** @type {typeof globalThis & Libraries} */ (globalThis);
/** @type {{ render(element: unknown): void } | null} */
let root = null;
let renderCount = 0;
let state = new URLSearchParams(location.hash.slice(1));

/** GraphiQL must store nothing: the address alone says what a reload shows, whatever other tabs do. */
const NO_STORAGE = { length: 0, getItem: () => null, setItem() {}, removeItem() {}, clear() {} };

async function start() {
  await loadLocale();
  document.title = `${t("explorer")} · Licet`;
  document.body.append(...createLiveRegions());
  getElement(document, ".bar", HTMLElement).replaceWith(header());
  if (GraphiQL === undefined) {
    container.replaceChildren(unavailable());
    return;
  }
  await openEditor();
}

/** In the demo it signs in as its first person; elsewhere it waits for a token. */
async function openEditor() {
  try {
    if (!getToken() && IS_DEMO) await signInAs((await fetchPeople())[0].person);
  } catch {
    container.replaceChildren(errorState(new RequestError("offline"), openEditor));
    return;
  }
  getElement(document, ".bar", HTMLElement).replaceWith(header());
  if (!getToken()) {
    container.replaceChildren(
      h("div", { class: "empty" }, h("h1", {}, t("explorer.signIn")), h("p", {}, t("explorer.signInHint"))),
    );
    return;
  }
  if (state.get("query") === null) state = await loadExample(0);
  render();
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

function render() {
  root ??= ReactDOM.createRoot(container);
  renderCount += 1;
  root?.render(
    React.createElement(GraphiQL, {
      key: renderCount,
      fetcher: GraphiQL.createFetcher({ url: "/graphql", fetch: authorizedFetch }),
      query: state.get("query"),
      variables: state.get("variables") ?? "{}",
      storage: NO_STORAGE,
      forcedTheme: matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light",
      onEditQuery: (/** @type {string} */ query) => saveToUrl({ query }),
      onEditVariables: (/** @type {string} */ variables) => saveToUrl({ variables }),
    }),
  );
}

/**
 * @param {string} url
 * @param {RequestInit & { headers: Record<string, string> }} options
 */
const authorizedFetch = (url, options) =>
  fetch(url, {
    ...options,
    headers: { ...options.headers, ...(getToken() && { authorization: `Bearer ${getToken()}` }) },
  });

/** @param {Record<string, string | undefined>} changes */
function saveToUrl(changes) {
  for (const [name, value] of Object.entries(changes)) state.set(name, value ?? "");
  history.replaceState(null, "", `#${state}`);
}

/**
 * An example with the viewer's own account in its variables.
 *
 * @param {number} index
 */
async function loadExample(index) {
  const { query, variables = {} } = EXAMPLES[index];
  const values = { ...variables, ...("account" in variables && { account: await ownAccount() }) };
  return new URLSearchParams({ query, variables: JSON.stringify(values, null, 2) });
}

async function ownAccount() {
  try {
    const { accounts } = (await request(VIEWER_ACCOUNTS, {})).viewer;
    return defaultAccount(accounts)?.id ?? "";
  } catch {
    return "";
  }
}

function header() {
  const home = h("a", { class: "brand", href: "/", "aria-label": t("brand") }, logo(), h("span", {}, "Licet"));
  // Without the editor there is nothing to choose for.
  const controls = GraphiQL !== undefined && [exampleSelect(), IS_DEMO ? personSelect() : tokenInput()];
  return h(
    "header",
    { class: "bar" },
    h("div", { class: "bar-inner" }, home, controls, h("a", { class: "sdl", href: "/schema.graphql" }, t("sdl"))),
  );
}

function exampleSelect() {
  /** @param {SelectEvent} event */
  const onChange = async ({ target }) => {
    if (target.value === "" || root === null) return;
    state = await loadExample(Number(target.value));
    saveToUrl({});
    render();
  };
  const [element, wrapper] = select(t("explorer.examples"), onChange);
  element.append(
    h("option", { value: "" }, t("explorer.examples")),
    ...EXAMPLES.map(({ name }, index) => h("option", { value: index }, t(name))),
  );
  return wrapper;
}

/**
 * @param {string} label
 * @param {(event: SelectEvent) => void} change
 */
function select(label, change) {
  const id = uniqueId("select");
  const element = h("select", { id, change });
  return [
    element,
    h("div", { class: "select" }, h("label", { class: "visually-hidden", for: id }, label), element, icon("down")),
  ];
}

function personSelect() {
  const currentPerson = () => decodeClaims(getToken() ?? "").sub;
  /** @param {SelectEvent} event */
  const onChange = async ({ target }) => {
    try {
      await signInAs(target.value);
    } catch {
      target.value = currentPerson() ?? "";
      showErrorToast(t("signIn.refused"));
      return;
    }
    // Another person has other accounts.
    state = await loadExample(0);
    saveToUrl({});
    if (root) render();
  };
  const [element, wrapper] = select(t("explorer.askAs"), onChange);
  fetchPeople().then(
    (people) => {
      const options = people.map(({ person, name }) =>
        h("option", { value: person, selected: person === currentPerson() }, name),
      );
      element.append(...options);
    },
    () => showErrorToast(t("error.offline")),
  );
  return wrapper;
}

function tokenInput() {
  /** @param {{ target: HTMLInputElement }} event */
  const onChange = ({ target }) => {
    signIn(target.value);
    openEditor();
  };
  return h("input", {
    type: "password",
    class: "token-box",
    "aria-label": t("signIn.tokenLabel"),
    placeholder: t("signIn.tokenLabel"),
    autocomplete: "off",
    change: onChange,
  });
}

start();
