// Apollo Client 4: its cache and paging, mutations, automatic persisted queries by POST and GET, and what it makes of errors.
import { createHash } from "node:crypto";
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { relayStylePagination } from "@apollo/client/utilities";
import { RENAME, SUBSCRIPTIONS, UNKNOWN, account, allPages, print, recorded, renames, url } from "./operations.mjs";

const sha256 = (text) => createHash("sha256").update(text).digest("hex");

function client(wire, ...links) {
  const typePolicies = { Account: { fields: { subscriptions: relayStylePagination() } } };
  const http = new HttpLink({ uri: url, fetch: wire.fetch });
  return new ApolloClient({ link: ApolloLink.from([...links, http]), cache: new InMemoryCache({ typePolicies }) });
}

const plain = recorded();
const apollo = client(plain);
const query = gql(SUBSCRIPTIONS);
const pages = await allPages(async (variables) => (await apollo.query({ query, variables, fetchPolicy: "no-cache" })).data);
const rename = async (input) => {
  const { data } = await apollo.mutate({ mutation: gql(RENAME), variables: { input }, fetchPolicy: "no-cache" });
  const { subscription, userErrors } = data.renameSubscription;
  return {
    name: subscription?.displayName ?? null,
    errors: userErrors.map(({ code, field }) => ({ code, field })),
  };
};
const renamed = await renames(rename, pages[0].id, "By Apollo Client");

async function persisted(useGETForHashedQueries) {
  const wire = recorded();
  const link = new PersistedQueryLink({ sha256, useGETForHashedQueries });
  // A text of its own, which the server has not seen.
  const text = SUBSCRIPTIONS.replace("Subscriptions", useGETForHashedQueries ? "ByGet" : "ByPost");
  const asking = client(wire, link);
  const variables = { account, first: 1, after: null };
  for (let turn = 0; turn < 2; turn += 1) {
    await asking.query({ query: gql(text), variables, fetchPolicy: "network-only" });
  }
  return wire.wire;
}

async function failure(wire) {
  try {
    await client(wire).query({ query: gql(UNKNOWN) });
    return null;
  } catch (error) {
    const codes = (error.errors ?? JSON.parse(error.bodyText).errors).map(({ extensions }) => extensions.code);
    return { name: error.name, codes };
  }
}

print({
  pages,
  renamed,
  wire: { post: await persisted(false), get: await persisted(true) },
  invalid: await failure(recorded()),
  signedOut: await failure(recorded("nonsense")),
});
