// Who is signed in: a bearer token, kept for this tab only.

const TOKEN = "licet.token";
const ACCOUNT = "licet.account";

export const IS_DEMO = document.documentElement.hasAttribute("data-demo");

export const token = () => sessionStorage.getItem(TOKEN);

export function signIn(text) {
  sessionStorage.setItem(TOKEN, text.trim());
}

export function signOut() {
  sessionStorage.removeItem(TOKEN);
  localStorage.removeItem(ACCOUNT);
}

/** The account that was looked at last. */
export const lastAccount = () => localStorage.getItem(ACCOUNT);

export const rememberAccount = (id) => localStorage.setItem(ACCOUNT, id);

/** The token an identity provider sent somebody here with, in the fragment; it leaves the address at once. */
export function broughtToken() {
  const brought = new URLSearchParams(location.hash.slice(1)).get("access_token");
  if (brought !== null) history.replaceState(history.state, "", location.pathname + location.search);
  return brought;
}

/** What a token says of its owner, unverified: for showing only. */
export function claims(text) {
  try {
    const [, payload] = text.split(".");
    const raw = atob(payload.replace(/-/g, "+").replace(/_/g, "/"));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(raw, (letter) => letter.charCodeAt(0))));
  } catch {
    return {};
  }
}

/** The demo's people. Raises TypeError when it can not be reached. */
export async function people() {
  const answer = await fetch("/demo/people");
  return (await answer.json()).people;
}

/** Become one of the demo's people. Raises Error when that is refused, TypeError when it can not be reached. */
export async function signInAs(person) {
  const answer = await fetch("/demo/sign-in", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ person }),
  });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  signIn((await answer.json()).token);
}
