// Operations to begin with, each about something else that the graph can do.

export const EXAMPLES = [
  {
    name: "example.overview",
    variables: { account: "" },
    query: `# What an account has: one box for each product.
query Overview($account: ID!) {
  account(id: $account) {
    name
    productOverviews {
      product { name }
      activeSubscriptions expiringSoon inGracePeriod
      licenses licensesUsed
      nextRenewalOn nextExpirationOn
    }
  }
}`,
  },
  {
    name: "example.expiring",
    variables: { account: "", first: 5 },
    query: `# What ends soon, with its keys, seats, orders and payment method.
query EndingSoon($account: ID!, $first: Int!) {
  account(id: $account) {
    subscriptions(first: $first, filter: { display: EXPIRING_SOON }) {
      totalCount
      nodes {
        displayName status expiresOn autoRenewal
        seats { total used available }
        licenseKeys(first: 2) { nodes { maskedKey kind } }
        orders(first: 1) { nodes { number total { amount currency } } }
        paymentMethod { brand last4 }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}`,
  },
  {
    name: "example.viewer",
    query: `# Who is asking, where they are a member, and where they are invited.
query Viewer {
  viewer {
    user { name email }
    accounts { id name kind viewerRole }
    invitations { accountName role expiresAt }
  }
}`,
  },
  {
    name: "example.register",
    variables: { account: "", key: "" },
    query: `# Refusals are data: userErrors says why, and of which field.
mutation Register($account: ID!, $key: String!) {
  registerLicenseKey(input: { accountId: $account, key: $key }) {
    subscription { displayName status }
    userErrors { code field message }
  }
}`,
  },
];
