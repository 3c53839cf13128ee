// Relay's runtime over what its compiler wrote: pages merged into one connection, and a mutation seen in its store.
import relay from "relay-runtime";
import AccountQuery from "./generated/operationsAccountQuery.graphql.js";
import RenameMutation from "./generated/operationsRenameMutation.graphql.js";
import Subscriptions from "./generated/operationsSubscriptions.graphql.js";
import MoreSubscriptions from "./generated/operationsSubscriptionsPaginationQuery.graphql.js";

const { Environment, Network, RecordSource, Store } = relay;
const { commitMutation, createOperationDescriptor, fetchQuery, getSelector } = relay;
const [url, token, account] = process.argv.slice(2);

async function send({ id }, variables) {
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ documentId: id, variables }),
  });
  return response.json();
}

const environment = new Environment({ network: Network.create(send), store: new Store(new RecordSource()) });
const operation = createOperationDescriptor(AccountQuery, { account });
environment.retain(operation);
await fetchQuery(environment, AccountQuery, { account }).toPromise();

function shown() {
  const { account: reference } = environment.lookup(operation.fragment).data;
  return environment.lookup(getSelector(Subscriptions, reference)).data.subscriptions;
}

let pages = 1;
for (; shown().pageInfo.hasNextPage; pages += 1) {
  const variables = { id: account, count: 10, cursor: shown().pageInfo.endCursor };
  await fetchQuery(environment, MoreSubscriptions, variables).toPromise();
}
const nodes = shown().edges.map(({ node: { id, displayName, status } }) => ({ id, displayName, status }));

const rename = (input) =>
  new Promise((onCompleted, onError) => {
    commitMutation(environment, { mutation: RenameMutation, variables: { input }, onCompleted, onError });
  });
await rename({ subscriptionId: nodes[0].id, displayName: "By Relay", idempotencyKey: "by Relay" });
const refused = await rename({ subscriptionId: nodes[0].id, displayName: "" });

console.log(
  JSON.stringify({
    pages,
    nodes,
    renamed: shown().edges[0].node.displayName,
    refused: refused.renameSubscription.userErrors,
  }),
);
