// graphql-request: queries by POST and GET, mutations, and what it makes of errors.
import { GraphQLClient } from "graphql-request";
import { RENAME, SUBSCRIPTIONS, UNKNOWN, allPages, print, recorded, renames, url } from "./operations.mjs";

const headers = { "apollo-require-preflight": "true" };

async function pagesBy(method) {
  const wire = recorded();
  const client = new GraphQLClient(url, { fetch: wire.fetch, method, headers });
  const pages = await allPages((variables) => client.request(SUBSCRIPTIONS, variables));
  return { pages, methods: [...new Set(wire.wire.map((sent) => sent.method))] };
}

async function failure(wire) {
  try {
    await new GraphQLClient(url, { fetch: wire.fetch }).request(UNKNOWN);
    return null;
  } catch (error) {
    const { status, errors } = error.response;
    return { status, codes: (errors ?? []).map(({ extensions }) => extensions.code) };
  }
}

const byPost = await pagesBy("POST");
const client = new GraphQLClient(url, { fetch: recorded().fetch });
const rename = async (input) => {
  const { subscription, userErrors } = (await client.request(RENAME, { input })).renameSubscription;
  return { name: subscription?.displayName ?? null, errors: userErrors.map(({ code, field }) => ({ code, field })) };
};

print({
  byPost,
  byGet: await pagesBy("GET"),
  renamed: await renames(rename, byPost.pages[0].id, "By graphql-request"),
  invalid: await failure(recorded()),
  signedOut: await failure(recorded("nonsense")),
});
