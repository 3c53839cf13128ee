-- What the peers read: the tables as they are, and a view column for what is an expression in the graph.

CREATE SCHEMA bench;

CREATE VIEW bench.products AS
SELECT code, name, edition, grace_days FROM public.products;

CREATE VIEW bench.accounts AS
SELECT 'acc_' || id AS global_id, id, name FROM public.accounts;

CREATE VIEW bench.payment_methods AS
SELECT 'pay_' || account_id || '_' || id AS global_id, account_id, id, kind, brand, last4, expires_on
  FROM public.payment_methods;

CREATE VIEW bench.license_keys AS
SELECT 'key_' || account_id || '_' || id AS global_id, account_id, id, subscription_id,
       name, kind, allocation, quota, used, registered_at
  FROM public.license_keys;

CREATE VIEW bench.order_lines AS
SELECT account_id, order_id, position, product_code, quantity, unit_price, currency
  FROM public.order_lines;

CREATE VIEW bench.orders AS
SELECT 'ord_' || account_id || '_' || id AS global_id, account_id, id, subscription_id,
       number, placed_at, status, kind, total, currency
  FROM public.orders;

-- The planner leaves the lateral aggregate out of a query that reads none of its columns.
CREATE VIEW bench.subscriptions AS
SELECT 'sub_' || s.account_id || '_' || s.id AS global_id, s.account_id, s.id, s.number, s.display_name,
       s.product_code, s.auto_renewal, s.channel, s.activated_on, s.expires_on,
       coalesce(s.expires_on, 'infinity'::date) AS ends_on,
       s.term_months, s.license_count, s.is_trial, s.payment_method_id,
       CASE WHEN s.suspended_at IS NOT NULL THEN 'SUSPENDED'
            WHEN s.activated_on IS NULL OR s.activated_on > current_date THEN 'PENDING'
            WHEN coalesce(s.expires_on, 'infinity'::date) >= current_date THEN 'ACTIVE'
            WHEN s.auto_renewal = 'ON' AND s.expires_on + s.grace_days >= current_date THEN 'GRACE_PERIOD'
            ELSE 'EXPIRED'
       END AS status,
       seats.used AS seats_used, seats.reserved AS seats_reserved, s.license_count - seats.taken AS seats_available
  FROM public.subscriptions s
  LEFT JOIN LATERAL (
       SELECT coalesce(sum(k.used), 0)::int AS used,
              coalesce(sum(k.quota) FILTER (WHERE k.allocation = 'RESERVED'), 0)::int AS reserved,
              coalesce(sum(CASE WHEN k.allocation = 'RESERVED' THEN k.quota ELSE k.used END), 0)::int AS taken
         FROM public.license_keys k
        WHERE k.account_id = s.account_id AND k.subscription_id = s.id
          AND coalesce(k.expires_on, 'infinity'::date) >= current_date
       ) AS seats ON true;

CREATE VIEW bench.product_overviews AS
SELECT account_id, product_code,
       count(*) FILTER (WHERE usable)::int AS active_subscriptions,
       count(*) FILTER (WHERE expiring_soon)::int AS expiring_soon,
       count(*) FILTER (WHERE status = 'GRACE_PERIOD')::int AS in_grace_period,
       count(*) FILTER (WHERE status = 'EXPIRED')::int AS expired,
       coalesce(sum(license_count) FILTER (WHERE usable), 0)::int AS licenses,
       coalesce(sum(used) FILTER (WHERE usable), 0)::int AS licenses_used,
       min(expires_on) FILTER (WHERE auto_renewal = 'ON' AND (usable OR status = 'PENDING')
                                 AND expires_on >= current_date) AS next_renewal_on,
       min(expires_on) FILTER (WHERE status = 'ACTIVE' AND auto_renewal <> 'ON') AS next_expiration_on
  FROM (SELECT s.account_id, s.product_code, s.status, s.license_count, s.auto_renewal, s.expires_on, k.used,
               s.status IN ('ACTIVE', 'GRACE_PERIOD') AS usable,
               s.status = 'ACTIVE' AND s.auto_renewal <> 'ON' AND s.expires_on <= current_date + 30 AS expiring_soon
          FROM bench.subscriptions s
          LEFT JOIN (SELECT account_id, subscription_id, sum(used) AS used
                       FROM public.license_keys
                      WHERE coalesce(expires_on, 'infinity'::date) >= current_date
                      GROUP BY account_id, subscription_id
                    ) AS k ON k.account_id = s.account_id AND k.subscription_id = s.id
       ) AS state
 GROUP BY account_id, product_code;

CREATE FUNCTION bench.accounts_by_ids(ids uuid[]) RETURNS SETOF bench.accounts LANGUAGE sql STABLE AS $$
    SELECT a.* FROM unnest(ids) WITH ORDINALITY AS k (id, position) JOIN bench.accounts a ON a.id = k.id
     ORDER BY k.position
$$;

-- OFFSET keeps the account inside: joined from outside, the view would be computed for all accounts.
CREATE FUNCTION bench.accounts_product_overviews(account bench.accounts) RETURNS SETOF bench.product_overviews
LANGUAGE sql STABLE AS $$
    SELECT * FROM bench.product_overviews WHERE account_id = account.id ORDER BY product_code OFFSET 0
$$;

COMMENT ON VIEW bench.products IS '@primaryKey code';
COMMENT ON VIEW bench.accounts IS '@primaryKey id';
COMMENT ON VIEW bench.payment_methods IS '@primaryKey account_id,id';
COMMENT ON VIEW bench.license_keys IS
    E'@primaryKey account_id,id\n@foreignKey (account_id,subscription_id) references bench.subscriptions (account_id,id)|@foreignFieldName licenseKeys';
COMMENT ON VIEW bench.order_lines IS
    E'@primaryKey account_id,order_id,position\n@foreignKey (account_id,order_id) references bench.orders (account_id,id)|@foreignFieldName lines\n@foreignKey (product_code) references bench.products (code)|@fieldName product';
COMMENT ON VIEW bench.orders IS
    E'@primaryKey account_id,id\n@foreignKey (account_id,subscription_id) references bench.subscriptions (account_id,id)|@foreignFieldName orders';
COMMENT ON VIEW bench.subscriptions IS
    E'@name contracts\n@primaryKey account_id,id\n@foreignKey (account_id) references bench.accounts (id)|@fieldName account|@foreignFieldName subscriptions\n@foreignKey (product_code) references bench.products (code)|@fieldName product\n@foreignKey (account_id,payment_method_id) references bench.payment_methods (account_id,id)|@fieldName paymentMethod';
COMMENT ON VIEW bench.product_overviews IS
    E'@primaryKey account_id,product_code\n@foreignKey (product_code) references bench.products (code)|@fieldName product';
