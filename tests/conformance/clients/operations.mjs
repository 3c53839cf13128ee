// What every client is made to do, and a fetch that is signed in and keeps a record of what went over the wire.

export const [url, token, account] = process.argv.slice(2);

export const SUBSCRIPTIONS = /* GraphQL */ `
  query Subscriptions($account: ID!, $first: Int!, $after: String) {
    account(id: $account) {
      id
      name
      subscriptions(first: $first, after: $after) {
        totalCount
        nodes { id displayName status }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`;

export const RENAME = /* GraphQL */ `
  mutation Rename($input: RenameSubscriptionInput!) {
    renameSubscription(input: $input) {
      subscription { id displayName }
      userErrors { code field message }
    }
  }
`;

export const UNKNOWN = /* GraphQL */ `query Unknown { viewer { password } }`;

/** What a fetch of this record sent: method, whether the text of the operation was in it, and the status. */
export function recorded(bearer = token) {
  const wire = [];
  async function signedIn(address, init = {}) {
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${bearer}`);
    const response = await fetch(address, { ...init, headers });
    const sent = init.body ? JSON.parse(init.body) : Object.fromEntries(new URL(address).searchParams);
    wire.push({ method: init.method ?? "GET", text: "query" in sent, status: response.status });
    return response;
  }
  return { wire, fetch: signedIn };
}

/** The subscriptions of all pages; `page` asks for the one after a cursor. */
export async function allPages(page) {
  const found = [];
  for (let after = null, more = true; more; ) {
    const { nodes, pageInfo } = (await page({ account, first: 2, after })).account.subscriptions;
    found.push(...nodes.map(({ id, displayName, status }) => ({ id, displayName, status })));
    ({ hasNextPage: more, endCursor: after } = pageInfo);
  }
  return found;
}

/** A rename sent twice under one key, as a client does that heard no answer, and one that is refused. */
export async function renames(rename, id, name) {
  const once = { subscriptionId: id, displayName: name, idempotencyKey: `rename ${name}` };
  return {
    first: await rename(once),
    again: await rename(once),
    refused: await rename({ subscriptionId: id, displayName: "" }),
  };
}

export const print = (results) => console.log(JSON.stringify(results));
