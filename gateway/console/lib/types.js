// The shapes that modules share, of the graph as operations select it and of the page itself. Only comments name them:
// the browser never loads this module.

/** @typedef {"OWNER" | "ADMIN" | "MEMBER"} Role */
/** @typedef {{ code: string, field: string[] | null, message: string }} UserError */
/** @typedef {{ amount: `${number}`, currency: string }} Money */
/** @typedef {{ hasNextPage: boolean, endCursor: string | null }} PageInfo */
/**
 * @template Node
 * @typedef {{ nodes: Node[], totalCount: number, pageInfo: PageInfo }} Connection
 */

/** @typedef {{ id: string, name: string, kind: "PERSONAL" | "BUSINESS", viewerRole: Role }} Account */
/** @typedef {{ id: string, accountName: string, role: Role, expiresAt: string }} Invitation */
/** @typedef {{ name: string | null, email: string | null }} User */
/** @typedef {{ user: User | null, accounts: Account[], invitations: Invitation[] }} Viewer */
/** @typedef {{ id: string, email: string, role: Role, status: string, since: string, user: User | null }} Member */

/**
 * @typedef {object} PaymentMethod
 * @property {string} id
 * @property {string} kind
 * @property {string | null} brand
 * @property {string | null} last4
 * @property {string | null} expiresOn
 * @property {string | null} holderName
 * @property {boolean} isDefault
 * @property {boolean} canRenew
 */
/** @typedef {{ product: { name: string }, quantity: number, unitPrice: Money }} OrderLine */
/**
 * @typedef {object} Order
 * @property {string} id
 * @property {string} number
 * @property {string} placedAt
 * @property {string} status
 * @property {string} kind
 * @property {string | null} invoiceUrl
 * @property {Money} total
 * @property {OrderLine[]} lines
 */

/**
 * @typedef {object} Activation
 * @property {string} id
 * @property {string} deviceName
 * @property {string} status
 * @property {string} activatedAt
 * @property {string | null} lastSeenAt
 */
/**
 * @typedef {object} LicenseKey
 * @property {string} id
 * @property {string | null} name
 * @property {string} maskedKey
 * @property {"PRIMARY" | "SUBLICENSE"} kind
 * @property {string} status
 * @property {string | null} allocation
 * @property {number | null} quota
 * @property {number} used
 * @property {number} available
 * @property {string | null} expiresOn
 * @property {{ user: User | null, email: string }[] | null} admins of the key; null for those who may not see it whole
 * @property {Connection<Activation>} activations
 */

/** @typedef {{ total: number, used: number, reserved: number, available: number }} Seats */
/**
 * A subscription as lists show it.
 *
 * @typedef {object} SubscriptionRow
 * @property {string} id
 * @property {string} number
 * @property {string} displayName
 * @property {string} status
 * @property {boolean} isExpiringSoon
 * @property {boolean} isTrial
 * @property {string | null} expiresOn
 * @property {string | null} renewsOn
 * @property {{ name: string }} product
 * @property {Seats} seats
 */
/**
 * A subscription in its own view.
 *
 * @typedef {SubscriptionRow & {
 *   autoRenewal: "ON" | "OFF" | "NOT_AVAILABLE",
 *   activatedOn: string | null,
 *   licenseCount: number,
 *   paymentMethod: PaymentMethod | null,
 *   viewerCan: Record<"setAutoRenewal" | "setPaymentMethod" | "rename" | "createSublicense", boolean>,
 *   product: { name: string, graceDays: number },
 *   startTrigger: string,
 *   termMonths: number,
 *   channel: string,
 *   items: { product: { name: string }, quantity: number }[],
 *   licenseKeys: Connection<LicenseKey>,
 *   orders: Connection<Order> | null,
 * }} Subscription
 */
/** @typedef {{ id: string, paymentMethods: PaymentMethod[] | null }} BillingAccount null for those who may not see them */

/** @typedef {Node | string | false | null | undefined | Child[]} Child */
/** @typedef {{ url: string, search: URLSearchParams, account: string, subscription: string }} Route */
/**
 * What draws an address: it fetches `operation`, unless it has none, and renders the data.
 *
 * @template Data
 * @typedef {object} View
 * @property {string} name
 * @property {string} [tab]
 * @property {string} [operation]
 * @property {(route: Route) => object} [variables]
 * @property {() => HTMLElement} [skeleton]
 * @property {(data: Data) => string} title
 * @property {(data: Data, route: Route) => Child} render
 * @property {(element: HTMLElement, route: Route) => void} [preview] before the data of another address is there
 * @property {(element: HTMLElement, data: Data, route: Route) => void} [update] with the data of another address
 */

export {};
