// From an address to the module that draws it, and to what the parts of the address name.

/** @import { Route } from "./types.js" */

/** @typedef {() => Promise<{ default: any }>} LoadView any: a view of any data */
/** @typedef {[pattern: RegExp, load: LoadView][]} RouteTable */

const NO_PARAMS = { account: "", subscription: "" };

/**
 * The first route whose pattern fits the address, with the decoded names of its groups; otherwise `notFound`.
 *
 * @param {RouteTable} routes
 * @param {LoadView} notFound
 * @param {Location} location
 * @returns {Route & { load: LoadView }}
 */
export function matchRoute(routes, notFound, { pathname, search, href }) {
  for (const [pattern, load] of routes) {
    const params = decodeParams(pattern.exec(pathname));
    if (params) return { load, url: href, search: new URLSearchParams(search), ...NO_PARAMS, ...params };
  }
  return { load: notFound, url: href, search: new URLSearchParams(), ...NO_PARAMS };
}

/**
 * null where the pattern does not fit, or where a part, like %E0, encodes no character.
 *
 * @param {RegExpExecArray | null} match
 */
function decodeParams(match) {
  try {
    return (
      match &&
      Object.fromEntries(Object.entries(match.groups ?? {}).map(([name, part]) => [name, decodeURIComponent(part)]))
    );
  } catch {
    return null;
  }
}
