// The parts of the graph that views and mutations ask for alike: what a mutation changed comes back as a view shows it.

/** What can change about a subscription. */
export const SUBSCRIPTION_STATE = `
fragment SubscriptionState on ProductSubscription {
  displayName status isExpiringSoon isTrial autoRenewal
  activatedOn expiresOn renewsOn licenseCount
  seats { total used reserved available }
  paymentMethod { ...PaymentMethodSummary }
  viewerCan { setAutoRenewal setPaymentMethod rename createSublicense }
}`;

export const PAYMENT_METHOD = `
fragment PaymentMethodSummary on PaymentMethod { id kind brand last4 expiresOn holderName isDefault canRenew }`;

export const USER_ERRORS = "userErrors { code field message }";
