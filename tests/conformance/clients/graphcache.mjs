// urql with its normalised cache as it comes: asks by network, then again of the cache alone.
import { Client, fetchExchange } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { account, print, recorded, url } from "./operations.mjs";

const QUERY = /* GraphQL */ `
  query Cached($account: ID!) {
    account(id: $account) { subscriptions { nodes { id } } }
  }
`;

const wire = recorded();
const urql = new Client({ url, exchanges: [cacheExchange(), fetchExchange], fetch: wire.fetch, preferGetMethod: false });

async function ids(requestPolicy) {
  const { data, error } = await urql.query(QUERY, { account }, { requestPolicy }).toPromise();
  if (error) throw error;
  return data?.account.subscriptions.nodes.map(({ id }) => id) ?? null;
}

print({
  network: await ids("network-only"),
  cache: await ids("cache-only"),
  requests: wire.wire.length,
});
