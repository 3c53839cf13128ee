// React with urql: a list that pages, and a name that can be changed, typed by what the graph says.
import type { ReactElement } from "react";
import { renderToString } from "react-dom/server";
import { Client, Provider, cacheExchange, fetchExchange, useMutation, useQuery } from "urql";
import { graphql } from "./generated/gql.js";

const Names = graphql(/* GraphQL */ `
  query Names($account: ID!, $after: String) {
    account(id: $account) {
      subscriptions(first: 5, after: $after) {
        nodes { id displayName status }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`);

const Rename = graphql(/* GraphQL */ `
  mutation RenameInReact($input: RenameSubscriptionInput!) {
    renameSubscription(input: $input) {
      subscription { id displayName }
      userErrors { code field message }
    }
  }
`);

function Name({ id, name }: { id: string; name: string }): ReactElement {
  const [{ fetching, data }, rename] = useMutation(Rename);
  const refusals = data?.renameSubscription.userErrors ?? [];
  const save = (form: FormData): Promise<unknown> =>
    rename({ input: { subscriptionId: id, displayName: String(form.get("name")), idempotencyKey: crypto.randomUUID() } });
  return (
    <form action={(form) => void save(form)}>
      <input name="name" defaultValue={name} disabled={fetching} />
      {refusals.map(({ code, message }) => (
        <p key={code}>{message}</p>
      ))}
    </form>
  );
}

function Subscriptions({ account, after }: { account: string; after?: string | null }): ReactElement {
  const [{ data, error, fetching }] = useQuery({ query: Names, variables: { account, after } });
  if (fetching) return <p>Loading</p>;
  if (error || !data?.account) return <p>{error?.graphQLErrors[0]?.message ?? "There is no such account."}</p>;
  const { nodes, pageInfo } = data.account.subscriptions;
  return (
    <>
      {nodes.map(({ id, displayName, status }) => (
        <li key={id} className={status}>
          <Name id={id} name={displayName} />
        </li>
      ))}
      {pageInfo.hasNextPage && <Subscriptions account={account} after={pageInfo.endCursor} />}
    </>
  );
}

declare const process: { argv: string[] };
const [url, token, account] = process.argv.slice(2) as [string, string, string];
const client = new Client({
  url,
  exchanges: [cacheExchange, fetchExchange],
  preferGetMethod: false,
  fetchOptions: { headers: { authorization: `Bearer ${token}` } },
});

/** A browser waits for each page as it is shown; here all are in the cache before the first is. */
async function warm(after: string | null): Promise<void> {
  const { data } = await client.query(Names, { account, after }).toPromise();
  const page = data?.account?.subscriptions.pageInfo;
  if (page?.hasNextPage) await warm(page.endCursor ?? null);
}

await warm(null);
const shown = (
  <Provider value={client}>
    <ul>
      <Subscriptions account={account} after={null} />
    </ul>
  </Provider>
);
console.log(renderToString(shown));
