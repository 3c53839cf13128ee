// What Relay's compiler reads: a page of a connection that a fragment asks for more of, and a mutation.
import { graphql } from "relay-runtime";

graphql`
  query operationsAccountQuery($account: ID!) {
    account(id: $account) {
      ...operationsSubscriptions
    }
  }
`;

graphql`
  fragment operationsSubscriptions on Account
  @argumentDefinitions(count: { type: "Int", defaultValue: 3 }, cursor: { type: "String" })
  @refetchable(queryName: "operationsSubscriptionsPaginationQuery") {
    name
    subscriptions(first: $count, after: $cursor) @connection(key: "Account_subscriptions") {
      edges {
        node {
          id
          displayName
          status
        }
      }
    }
  }
`;

graphql`
  mutation operationsRenameMutation($input: RenameSubscriptionInput!) {
    renameSubscription(input: $input) {
      subscription {
        id
        displayName
      }
      userErrors {
        code
        field
      }
    }
  }
`;
