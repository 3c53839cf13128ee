// A typed client whose operations are sent by their hashes, as the manifest that graphql-codegen writes has them.
import type { RenameMutationVariables as Variables, TypedDocumentString, UserErrorCode } from "./generated/graphql.js";
import { graphql } from "./generated/gql.js";

const Dashboard = graphql(/* GraphQL */ `
  query Dashboard($account: ID!) {
    account(id: $account) {
      name
      productOverviews {
        product { name }
        licenses
      }
      subscriptions(first: 1) {
        nodes { id }
      }
    }
  }
`);

const Rename = graphql(/* GraphQL */ `
  mutation Rename($input: RenameSubscriptionInput!) {
    renameSubscription(input: $input) {
      subscription { displayName }
      userErrors { code field }
    }
  }
`);

interface Answer<Result> {
  data?: Result;
  errors?: { message: string; extensions: { code: string } }[];
}

declare const process: { argv: string[] };
const [url, token, account] = process.argv.slice(2) as [string, string, string];

async function post<Result>(body: object): Promise<Answer<Result>> {
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Answer<Result>;
}

async function ask<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const { data, errors } = await post<Result>({ documentId: document.__meta__?.["hash"], variables });
  if (data === undefined || errors) throw new Error(JSON.stringify(errors));
  return data;
}

const { account: found } = await ask(Dashboard, { account });
const boxes: { name: string; licenses: number }[] =
  found?.productOverviews.map(({ product, licenses }) => ({ name: product.name, licenses })) ?? [];

const subscriptionId = found?.subscriptions.nodes[0]?.id ?? "";
const input = { subscriptionId, displayName: "Typed", idempotencyKey: "typed" };
const { renameSubscription } = await ask(Rename, { input });
const renamed: string | undefined = renameSubscription.subscription?.displayName;
const codes: UserErrorCode[] = renameSubscription.userErrors.map(({ code }) => code);

// What the graph does not know does not compile.
// @ts-expect-error: a name is missing
const unnamed: Variables = { input: { subscriptionId } };
// @ts-expect-error: there is no such field
void found?.password;

const text = await post<unknown>({ query: "{ viewer { user { name } } }" });
const refused = text.errors?.map(({ extensions }) => extensions.code);

console.log(JSON.stringify({ boxes, renamed, codes, refused }));
