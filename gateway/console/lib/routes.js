// From an address to the module that draws it, and to what the parts of the address name.

/** The first route whose pattern fits the address, with the decoded names of its groups; otherwise `notFound`. */
export function matchRoute(routes, notFound, { pathname, search, href }) {
  for (const [pattern, load] of routes) {
    const params = decodeParams(pattern.exec(pathname));
    if (params) return { load, url: href, search: new URLSearchParams(search), ...params };
  }
  return { load: notFound, url: href, search: new URLSearchParams() };
}

/** null where the pattern does not fit, or where a part, like %E0, encodes no character. */
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
