SELECT row_to_json(answer) FROM (
  SELECT (SELECT row_to_json(account) FROM (
    SELECT 'acc_' || id AS id, name,
           (SELECT coalesce(json_agg(row_to_json(box)), '[]') FROM (
              SELECT product.product, b."activeSubscriptions", b."expiringSoon", b."inGracePeriod", b.expired, b.licenses,
                     b."licensesUsed", b."nextRenewalOn", b."nextExpirationOn"
                FROM (SELECT product_code,
                             count(*) FILTER (WHERE usable) AS "activeSubscriptions",
                             count(*) FILTER (WHERE soon) AS "expiringSoon",
                             count(*) FILTER (WHERE status = 'GRACE_PERIOD') AS "inGracePeriod",
                             count(*) FILTER (WHERE status = 'EXPIRED') AS expired,
                             coalesce(sum(license_count) FILTER (WHERE usable), 0) AS licenses,
                             coalesce(sum(used) FILTER (WHERE usable), 0) AS "licensesUsed",
                             min(expires_on) FILTER (WHERE auto_renewal = 'ON' AND (usable OR status = 'PENDING')
                                                       AND expires_on >= $2) AS "nextRenewalOn",
                             min(expires_on) FILTER (WHERE status = 'ACTIVE' AND auto_renewal <> 'ON')
                               AS "nextExpirationOn"
                        FROM (SELECT *, status IN ('ACTIVE', 'GRACE_PERIOD') AS usable,
                                     status = 'ACTIVE' AND auto_renewal <> 'ON' AND expires_on <= $2 + 30 AS soon
                                FROM (SELECT *, CASE
                                             WHEN suspended_at IS NOT NULL THEN 'SUSPENDED'
                                             WHEN activated_on IS NULL OR activated_on > $2 THEN 'PENDING'
                                             WHEN coalesce(expires_on, 'infinity'::date) >= $2 THEN 'ACTIVE'
                                             WHEN auto_renewal = 'ON' AND expires_on + grace_days >= $2
                                               THEN 'GRACE_PERIOD'
                                             ELSE 'EXPIRED' END AS status
                                        FROM subscriptions WHERE account_id = $1) AS dated
                                LEFT JOIN (SELECT subscription_id, sum(used) AS used FROM license_keys
                                            WHERE account_id = $1 AND coalesce(expires_on, 'infinity'::date) >= $2
                                            GROUP BY subscription_id) AS k ON k.subscription_id = dated.id
                             ) AS s
                       GROUP BY product_code ORDER BY product_code) AS b
                LEFT JOIN LATERAL (SELECT row_to_json(p) AS product FROM (
                       SELECT code, name FROM products WHERE code = b.product_code LIMIT 1
                     ) AS p) AS product ON true
            ) AS box) AS "productOverviews",
           (SELECT row_to_json(connection) FROM (
      SELECT (SELECT count(*) FROM subscriptions WHERE account_id = $1) AS "totalCount",
             coalesce(json_agg(row_to_json(node)), '[]') AS nodes FROM (
        SELECT 'sub_' || s.account_id || '_' || s.id AS id, s.number, s.display_name AS "displayName",
               CASE WHEN s.suspended_at IS NOT NULL THEN 'SUSPENDED'
                    WHEN s.activated_on IS NULL OR s.activated_on > $2 THEN 'PENDING'
                    WHEN coalesce(s.expires_on, 'infinity'::date) >= $2 THEN 'ACTIVE'
                    WHEN s.auto_renewal = 'ON' AND s.expires_on + s.grace_days >= $2 THEN 'GRACE_PERIOD'
                    ELSE 'EXPIRED' END AS status,
               s.auto_renewal AS "autoRenewal", s.activated_on AS "activatedOn", s.expires_on AS "expiresOn",
               s.term_months AS "termMonths", s.license_count AS "licenseCount", s.is_trial AS "isTrial", s.channel,
               seats.seats, product.product, keys."licenseKeys", orders.orders, method."paymentMethod"
          FROM (SELECT * FROM subscriptions WHERE account_id = $1
                 ORDER BY coalesce(expires_on, 'infinity'::date), id LIMIT 20) AS s
          LEFT JOIN LATERAL (SELECT row_to_json(u) AS seats FROM (
                 SELECT s.license_count AS total, coalesce(sum(used), 0) AS used,
                        coalesce(sum(quota) FILTER (WHERE allocation = 'RESERVED'), 0) AS reserved,
                        s.license_count - coalesce(sum(CASE WHEN allocation = 'RESERVED' THEN quota ELSE used END), 0)
                          AS available
                   FROM license_keys
                  WHERE account_id = s.account_id AND subscription_id = s.id
                    AND coalesce(expires_on, 'infinity'::date) >= $2
               ) AS u) AS seats ON true
          LEFT JOIN LATERAL (SELECT row_to_json(p) AS product FROM (
                 SELECT code, name, edition, grace_days AS "graceDays" FROM products WHERE code = s.product_code LIMIT 1
               ) AS p) AS product ON true
          LEFT JOIN LATERAL (SELECT row_to_json(c) AS "licenseKeys" FROM (
                 SELECT coalesce(json_agg(row_to_json(k)), '[]') AS nodes FROM (
                   SELECT 'key_' || account_id || '_' || l.id AS id, name, kind, allocation, quota, used,
                          to_char(registered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "registeredAt"
                     FROM license_keys l WHERE account_id = s.account_id AND subscription_id = s.id
                    ORDER BY l.kind, l.id LIMIT 5
                 ) AS k) AS c) AS keys ON true
          LEFT JOIN LATERAL (SELECT row_to_json(c) AS orders FROM (
                 SELECT coalesce(json_agg(row_to_json(o)), '[]') AS nodes FROM (
                   SELECT 'ord_' || w.account_id || '_' || w.id AS id, w.number,
                          to_char(w.placed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "placedAt",
                          w.status, w.kind, total.total, lines.lines
                     FROM (SELECT * FROM orders WHERE account_id = s.account_id AND subscription_id = s.id
                            ORDER BY placed_at DESC, id DESC LIMIT 5) AS w
                     LEFT JOIN LATERAL (SELECT row_to_json(t) AS total FROM (
                            SELECT w.total::text AS amount, w.currency
                          ) AS t) AS total ON true
                     LEFT JOIN LATERAL (SELECT coalesce(json_agg(row_to_json(i)), '[]') AS lines FROM (
                            SELECT l.quantity, product.product, price."unitPrice"
                              FROM (SELECT * FROM order_lines WHERE account_id = w.account_id AND order_id = w.id
                                     ORDER BY position) AS l
                              LEFT JOIN LATERAL (SELECT row_to_json(p) AS product FROM (
                                     SELECT name FROM products WHERE code = l.product_code LIMIT 1
                                   ) AS p) AS product ON true
                              LEFT JOIN LATERAL (SELECT row_to_json(u) AS "unitPrice" FROM (
                                     SELECT l.unit_price::text AS amount, l.currency
                                   ) AS u) AS price ON true
                          ) AS i) AS lines ON true
                 ) AS o) AS c) AS orders ON true
          LEFT JOIN LATERAL (SELECT row_to_json(m) AS "paymentMethod" FROM (
                 SELECT 'pay_' || account_id || '_' || id AS id, kind, brand, last4, expires_on AS "expiresOn"
                   FROM payment_methods WHERE account_id = s.account_id AND id = s.payment_method_id LIMIT 1
               ) AS m) AS method ON true
      ) AS node
    ) AS connection) AS subscriptions
      FROM accounts WHERE id = $1
  ) AS account) AS account
) AS answer
