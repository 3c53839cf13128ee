// The parts of the graph that views and mutations ask for alike: what a mutation changed comes back as a view shows it.

/** What can change about a subscription. */
export const STATE = `
fragment State on ProductSubscription {
  displayName status isExpiringSoon isTrial autoRenewal
  activatedOn expiresOn renewsOn licenseCount
  seats { total used reserved available }
  paymentMethod { ...Method }
  viewerCan { setAutoRenewal setPaymentMethod rename createSublicense }
}`;

export const METHOD = `
fragment Method on PaymentMethod { id kind brand last4 expiresOn holderName isDefault canRenew }`;

export const ERRORS = "userErrors { code field message }";
