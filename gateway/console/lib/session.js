// Who is signed in: a bearer token, kept for this tab only.

const TOKEN_KEY = "licet.token";
const ACCOUNT_KEY = "licet.account";

export const IS_DEMO = document.documentElement.hasAttribute("data-demo");

export const getToken = () => sessionStorage.getItem(TOKEN_KEY);

/** @param {string} token */
export function signIn(token) {
  sessionStorage.setItem(TOKEN_KEY, token.trim());
}

export function signOut() {
  sessionStorage.removeItem(TOKEN_KEY);
  localStorage.removeItem(ACCOUNT_KEY);
}

/** The account that was looked at last. */
export const getLastAccount = () => localStorage.getItem(ACCOUNT_KEY);

/** @param {string} id */
export const saveLastAccount = (id) => localStorage.setItem(ACCOUNT_KEY, id);

/** The token an identity provider sent somebody here with, in the fragment; it leaves the address at once. */
export function takeTokenFromUrl() {
  const token = new URLSearchParams(location.hash.slice(1)).get("access_token");
  if (token !== null) history.replaceState(history.state, "", location.pathname + location.search);
  return token;
}

/**
 * What a token says of its owner, unverified: for showing only.
 *
 * @param {string} token
 * @returns {{ sub?: string, name?: string, email?: string }}
 */
export function decodeClaims(token) {
  try {
    const [, payload] = token.split(".");
    const raw = atob(payload.replace(/-/g, "+").replace(/_/g, "/"));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(raw, (letter) => letter.charCodeAt(0))));
  } catch {
    return {};
  }
}

/**
 * The demo's people. Raises TypeError when it cannot be reached.
 *
 * @returns {Promise<{ person: string, name: string, description: string }[]>}
 */
export async function fetchPeople() {
  const response = await fetch("/demo/people");
  return (await response.json()).people;
}

/**
 * Become one of the demo's people. Raises Error when that is refused, TypeError when it cannot be reached.
 *
 * @param {string} person
 */
export async function signInAs(person) {
  const response = await fetch("/demo/sign-in", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ person }),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  signIn((await response.json()).token);
}
