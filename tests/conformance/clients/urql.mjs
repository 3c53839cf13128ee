// urql: queries by POST and GET, mutations, its exchange for persisted queries, and what it makes of errors.
import { Client, cacheExchange, fetchExchange } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";
import { RENAME, SUBSCRIPTIONS, UNKNOWN, account, allPages, print, recorded, renames, url } from "./operations.mjs";

function client(wire, exchanges = [cacheExchange, fetchExchange], preferGetMethod = false) {
  const fetchOptions = { headers: { "apollo-require-preflight": "true" } };
  return new Client({ url, exchanges, fetch: wire.fetch, fetchOptions, preferGetMethod });
}

async function data(asked) {
  const { data: found, error } = await asked.toPromise();
  if (error) throw error;
  return found;
}

async function pagesBy(preferGetMethod) {
  const wire = recorded();
  const urql = client(wire, undefined, preferGetMethod);
  const pages = await allPages((variables) => data(urql.query(SUBSCRIPTIONS, variables)));
  return { pages, methods: [...new Set(wire.wire.map(({ method }) => method))] };
}

async function persisted(preferGetForPersistedQueries) {
  const wire = recorded();
  const exchange = persistedExchange({ preferGetForPersistedQueries });
  const urql = client(wire, [exchange, fetchExchange]);
  const text = SUBSCRIPTIONS.replace("Subscriptions", preferGetForPersistedQueries ? "UrqlByGet" : "UrqlByPost");
  for (let turn = 0; turn < 2; turn += 1) {
    await data(urql.query(text, { account, first: 1 }, { requestPolicy: "network-only" }));
  }
  return wire.wire;
}

async function failure(wire) {
  const { error } = await client(wire).query(UNKNOWN, {}).toPromise();
  return { codes: error.graphQLErrors.map(({ extensions }) => extensions.code), status: error.response.status };
}

const byPost = await pagesBy(false);
const urql = client(recorded());
const rename = async (input) => {
  const { subscription, userErrors } = (await data(urql.mutation(RENAME, { input }))).renameSubscription;
  return { name: subscription?.displayName ?? null, errors: userErrors.map(({ code, field }) => ({ code, field })) };
};

print({
  byPost,
  byGet: await pagesBy("force"),
  renamed: await renames(rename, byPost.pages[0].id, "By urql"),
  wire: { post: await persisted(false), get: await persisted(true) },
  invalid: await failure(recorded()),
  signedOut: await failure(recorded("nonsense")),
});
