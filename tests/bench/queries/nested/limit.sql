SELECT row_to_json(answer) FROM (
  SELECT (SELECT row_to_json(account) FROM (
    SELECT name, (SELECT row_to_json(connection) FROM (
      SELECT coalesce(json_agg(row_to_json(node)), '[]') AS nodes FROM (
        SELECT s.number, s.display_name AS "displayName", s.auto_renewal AS "autoRenewal",
               s.activated_on AS "activatedOn", s.expires_on AS "expiresOn", s.term_months AS "termMonths",
               s.license_count AS "licenseCount", s.is_trial AS "isTrial", s.channel,
               product.product, keys."licenseKeys", orders.orders, method."paymentMethod"
          FROM (SELECT * FROM subscriptions WHERE account_id = $1
                 ORDER BY coalesce(expires_on, 'infinity'::date), id LIMIT 20) AS s
          LEFT JOIN LATERAL (SELECT row_to_json(p) AS product FROM (
                 SELECT code, name, edition, grace_days AS "graceDays" FROM products WHERE code = s.product_code LIMIT 1
               ) AS p) AS product ON true
          LEFT JOIN LATERAL (SELECT row_to_json(c) AS "licenseKeys" FROM (
                 SELECT coalesce(json_agg(row_to_json(k)), '[]') AS nodes FROM (
                   SELECT name, kind, allocation, quota, used,
                          to_char(registered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "registeredAt"
                     FROM license_keys WHERE account_id = s.account_id AND subscription_id = s.id
                    ORDER BY license_keys.kind, id LIMIT 5
                 ) AS k) AS c) AS keys ON true
          LEFT JOIN LATERAL (SELECT row_to_json(c) AS orders FROM (
                 SELECT coalesce(json_agg(row_to_json(o)), '[]') AS nodes FROM (
                   SELECT number, to_char(placed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "placedAt",
                          status, kind
                     FROM orders WHERE account_id = s.account_id AND subscription_id = s.id
                    ORDER BY placed_at DESC, id DESC LIMIT 5
                 ) AS o) AS c) AS orders ON true
          LEFT JOIN LATERAL (SELECT row_to_json(m) AS "paymentMethod" FROM (
                 SELECT kind, brand, last4, expires_on AS "expiresOn"
                   FROM payment_methods WHERE account_id = s.account_id AND id = s.payment_method_id LIMIT 1
               ) AS m) AS method ON true
      ) AS node
    ) AS connection) AS subscriptions
      FROM accounts WHERE id = $1
  ) AS account) AS account
) AS answer
