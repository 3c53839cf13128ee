// What several views and mutations select alike, so that a changed entity comes back as the view shows it.

export const PAYMENT_METHOD = `
fragment PaymentMethodSummary on PaymentMethod { id kind brand last4 expiresOn holderName isDefault canRenew }`;

/** What can change about a subscription. */
export const SUBSCRIPTION_STATE = `
fragment SubscriptionState on ProductSubscription {
  displayName status isExpiringSoon isTrial autoRenewal
  activatedOn expiresOn renewsOn licenseCount
  seats { total used reserved available }
  paymentMethod { ...PaymentMethodSummary }
  viewerCan { setAutoRenewal setPaymentMethod rename createSublicense }
}`;

export const USER_ERRORS = "userErrors { code field message }";
