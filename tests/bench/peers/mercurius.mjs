// Mercurius with graphql-jit and loaders, one process: DATABASE_URL, PORT and POOL_SIZE come from the environment.
//
// Every loader is one named (prepared) statement for all its parents; what is not a column is computed here.

import { readFileSync } from "node:fs";
import Fastify from "fastify";
import mercurius from "mercurius";
import pg from "pg";

const DATE = 1082;
const TIMESTAMPTZ = 1184;
// As text: nobody here calculates with them.
pg.types.setTypeParser(DATE, (text) => text);
pg.types.setTypeParser(TIMESTAMPTZ, (text) => text.replace(" ", "T"));

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: Number(process.env.POOL_SIZE) });

const rowsOf = async (name, text, values) => (await pool.query({ name, text, values })).rows;

const PARENTS = "unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS k (account_id, id, position)";

const SUBSCRIPTION = `
  s.account_id AS "accountId", s.id AS "rowId", s.number, s.display_name AS "displayName",
  s.product_code AS "productCode", s.auto_renewal AS "autoRenewal", s.channel, s.activated_on AS "activatedOn",
  s.expires_on AS "expiresOn", s.term_months AS "termMonths", s.license_count AS "licenseCount",
  s.is_trial AS "isTrial", s.grace_days AS "graceDays", s.suspended_at AS "suspendedAt",
  s.payment_method_id AS "paymentMethodId"`;

const SQL = {
  account: "SELECT id AS \"rowId\", name FROM accounts WHERE id = ANY($1::uuid[])",
  subscription: `SELECT ${SUBSCRIPTION} FROM subscriptions s WHERE s.account_id = $1 AND s.id = $2`,
  subscriptions: `
    SELECT k.position, s.* FROM unnest($1::uuid[]) WITH ORDINALITY AS k (account_id, position)
     CROSS JOIN LATERAL (
           SELECT ${SUBSCRIPTION} FROM subscriptions s
            WHERE s.account_id = k.account_id AND ($3::text IS NULL OR s.auto_renewal = $3)
            ORDER BY coalesce(s.expires_on, 'infinity'::date), s.id LIMIT $2) AS s
     ORDER BY k.position, coalesce(s."expiresOn", 'infinity'::date), s."rowId"`,
  total: `
    SELECT count(*)::int AS total FROM subscriptions
     WHERE account_id = $1 AND ($2::text IS NULL OR auto_renewal = $2)`,
  overviews: `
    SELECT account_id AS "accountId", product_code AS "productCode", active_subscriptions AS "activeSubscriptions",
           expiring_soon AS "expiringSoon", in_grace_period AS "inGracePeriod", expired, licenses,
           licenses_used AS "licensesUsed", next_renewal_on AS "nextRenewalOn",
           next_expiration_on AS "nextExpirationOn"
      FROM bench.product_overviews WHERE account_id = $1 ORDER BY product_code`,
  products: "SELECT code, name, edition, grace_days AS \"graceDays\" FROM products WHERE code = ANY($1::text[])",
  paymentMethods: `
    SELECT p.account_id AS "accountId", p.id AS "rowId", p.kind, p.brand, p.last4, p.expires_on AS "expiresOn"
      FROM payment_methods p JOIN ${PARENTS} ON p.account_id = k.account_id AND p.id = k.id`,
  licenseKeys: `
    SELECT k.position, c.* FROM ${PARENTS}
     CROSS JOIN LATERAL (
           SELECT account_id AS "accountId", id AS "rowId", name, kind, allocation, quota, used,
                  registered_at AS "registeredAt"
             FROM license_keys c WHERE c.account_id = k.account_id AND c.subscription_id = k.id
            ORDER BY c.kind, c.id LIMIT $3) AS c
     ORDER BY k.position, c.kind, c."rowId"`,
  orders: `
    SELECT k.position, o.* FROM ${PARENTS}
     CROSS JOIN LATERAL (
           SELECT account_id AS "accountId", id AS "rowId", number, placed_at AS "placedAt", status, kind,
                  total AS amount, currency
             FROM orders o WHERE o.account_id = k.account_id AND o.subscription_id = k.id
            ORDER BY o.placed_at DESC, o.id DESC LIMIT $3) AS o
     ORDER BY k.position, o."placedAt" DESC, o."rowId" DESC`,
  lines: `
    SELECT k.position, l.product_code AS "productCode", l.quantity, l.unit_price AS amount, l.currency
      FROM ${PARENTS} JOIN order_lines l ON l.account_id = k.account_id AND l.order_id = k.id
     ORDER BY k.position, l.position`,
  seats: `
    SELECT k.position, c.* FROM ${PARENTS}
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(c.used), 0)::int AS used,
                  coalesce(sum(c.quota) FILTER (WHERE c.allocation = 'RESERVED'), 0)::int AS reserved,
                  coalesce(sum(CASE WHEN c.allocation = 'RESERVED' THEN c.quota ELSE c.used END), 0)::int AS taken
             FROM license_keys c
            WHERE c.account_id = k.account_id AND c.subscription_id = k.id
              AND coalesce(c.expires_on, 'infinity'::date) >= current_date) AS c
     ORDER BY k.position`,
};

const keysOf = (queries, id = "rowId") => [queries.map(({ obj }) => obj.accountId), queries.map(({ obj }) => obj[id])];

// Rows that carry their parent's position (from 1), dealt out to the parents.
const dealt = (parents, rows) => {
  const groups = parents.map(() => []);
  for (const row of rows) groups[row.position - 1].push(row);
  return groups;
};

const pages = (name) => async (queries) => {
  const rows = await rowsOf(name, SQL[name], [...keysOf(queries), queries[0].params.first]);
  return dealt(queries, rows).map((nodes) => ({ nodes }));
};

const product = async (queries) => {
  const rows = await rowsOf("products", SQL.products, [[...new Set(queries.map(({ obj }) => obj.productCode))]]);
  const byCode = new Map(rows.map((row) => [row.code, row]));
  return queries.map(({ obj }) => byCode.get(obj.productCode));
};

const accounts = async (ids) => {
  const rows = await rowsOf("account", SQL.account, [ids]);
  const byId = new Map(rows.map((row) => [row.rowId, row]));
  return ids.map((id) => byId.get(id) ?? null);
};

const loaders = {
  Account: {
    async subscriptions(queries) {
      const { first, filter } = queries[0].params;
      const renewal = filter?.autoRenewal ?? null;
      const ids = queries.map(({ obj }) => obj.rowId);
      const groups = dealt(queries, await rowsOf("subscriptions", SQL.subscriptions, [ids, first, renewal]));
      return groups.map((nodes, position) => ({ nodes, accountId: ids[position], renewal }));
    },
    productOverviews: (queries) =>
      Promise.all(queries.map(({ obj }) => rowsOf("overviews", SQL.overviews, [obj.rowId]))),
  },
  SubscriptionConnection: {
    totalCount: (queries) =>
      Promise.all(
        queries.map(async ({ obj }) => (await rowsOf("total", SQL.total, [obj.accountId, obj.renewal]))[0].total),
      ),
  },
  ProductOverview: { product },
  OrderLine: { product },
  Order: {
    lines: async (queries) => dealt(queries, await rowsOf("lines", SQL.lines, keysOf(queries))),
  },
  Subscription: {
    product,
    account: (queries) => accounts(queries.map(({ obj }) => obj.accountId)),
    licenseKeys: pages("licenseKeys"),
    orders: pages("orders"),
    async paymentMethod(queries) {
      const rows = await rowsOf("paymentMethods", SQL.paymentMethods, keysOf(queries, "paymentMethodId"));
      const byId = new Map(rows.map((row) => [row.rowId, row]));
      return queries.map(({ obj }) => byId.get(obj.paymentMethodId) ?? null);
    },
    async seats(queries) {
      const rows = await rowsOf("seats", SQL.seats, keysOf(queries));
      return rows.map(({ used, reserved, taken }, position) => {
        const total = queries[position].obj.licenseCount;
        return { total, used, reserved, available: total - taken };
      });
    },
  },
};

const rowId = (prefix) => ({ accountId, rowId }) => `${prefix}_${accountId}_${rowId}`;

const status = ({ suspendedAt, activatedOn, expiresOn, autoRenewal, graceDays }) => {
  const today = new Date().toISOString().slice(0, 10);
  if (suspendedAt !== null) return "SUSPENDED";
  if (activatedOn === null || activatedOn > today) return "PENDING";
  if (expiresOn === null || expiresOn >= today) return "ACTIVE";
  const graceEnds = new Date(Date.parse(expiresOn) + graceDays * 86_400_000).toISOString().slice(0, 10);
  return autoRenewal === "ON" && graceEnds >= today ? "GRACE_PERIOD" : "EXPIRED";
};

const resolvers = {
  Query: {
    account: async (_, { id }) => (await accounts([id.slice(4)]))[0],
    async subscription(_, { id }) {
      const [, accountId, subscriptionId] = id.split("_");
      return (await rowsOf("subscription", SQL.subscription, [accountId, subscriptionId]))[0] ?? null;
    },
    nodes: (_, { ids }) => accounts(ids.map((id) => id.slice(4))),
  },
  Node: { resolveType: () => "Account" },
  Account: { id: (account) => `acc_${account.rowId}` },
  Subscription: { id: rowId("sub"), status },
  LicenseKey: { id: rowId("key") },
  Order: { id: rowId("ord"), total: (order) => order },
  OrderLine: { unitPrice: (line) => line },
  PaymentMethod: { id: rowId("pay") },
};

const app = Fastify();
const schema = readFileSync(new URL("mercurius.graphql", import.meta.url), "utf8");
app.register(mercurius, { schema, resolvers, loaders, jit: 1 });
await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
