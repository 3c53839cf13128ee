SELECT row_to_json(anon_1) AS row_to_json_1
FROM LATERAL (SELECT (SELECT row_to_json(anon_2) AS json
FROM accounts AS accounts_1 JOIN LATERAL (SELECT (SELECT row_to_json(anon_3) AS row_to_json_2
FROM (SELECT coalesce(json_agg(anon_5."#0"), '[]'::json) AS "#0"
FROM (SELECT row_to_json(anon_6) AS "#0"
FROM (SELECT subscriptions_1.account_id AS account_id, subscriptions_1.id AS id, subscriptions_1.number AS number, subscriptions_1.display_name AS display_name, subscriptions_1.product_code AS product_code, subscriptions_1.auto_renewal AS auto_renewal, subscriptions_1.start_trigger AS start_trigger, subscriptions_1.channel AS channel, subscriptions_1.activated_on AS activated_on, subscriptions_1.expires_on AS expires_on, subscriptions_1.term_months AS term_months, subscriptions_1.license_count AS license_count, subscriptions_1.grace_days AS grace_days, subscriptions_1.is_trial AS is_trial, subscriptions_1.suspended_at AS suspended_at, subscriptions_1.payment_method_id AS payment_method_id, subscriptions_1.created_at AS created_at, coalesce(subscriptions_1.expires_on, 'infinity'::date) AS "#order0", subscriptions_1.id AS "#order1"
FROM subscriptions AS subscriptions_1
WHERE subscriptions_1.account_id = $1::UUID ORDER BY coalesce(subscriptions_1.expires_on, 'infinity'::date) ASC, subscriptions_1.id ASC
 LIMIT $2::INTEGER) AS anon_7 LEFT OUTER JOIN LATERAL (SELECT row_to_json(anon_9) AS json
FROM payment_methods AS payment_methods_1 JOIN LATERAL (SELECT payment_methods_1.last4 AS last4) AS anon_9 ON true
WHERE payment_methods_1.account_id = $1::UUID AND payment_methods_1.id = anon_7.payment_method_id AND payment_methods_1.removed_at IS NULL AND (EXISTS (SELECT 1
FROM memberships AS memberships_1
WHERE memberships_1.account_id = $1::UUID AND memberships_1.user_id = $3::UUID AND memberships_1.status = 'ACTIVE' AND memberships_1.role != 'MEMBER'))
 LIMIT 1) AS anon_8 ON true JOIN LATERAL (SELECT anon_7.number AS number, CASE WHEN (EXISTS (SELECT 1
FROM memberships AS memberships_2
WHERE memberships_2.account_id = $1::UUID AND memberships_2.user_id = $3::UUID AND memberships_2.status = 'ACTIVE' AND memberships_2.role != 'MEMBER')) THEN (SELECT row_to_json(anon_10) AS row_to_json_3
FROM (SELECT coalesce(json_agg(anon_12."#0"), '[]'::json) AS "#0"
FROM (SELECT row_to_json(anon_13) AS "#0"
FROM (SELECT orders_1.account_id AS account_id, orders_1.id AS id, orders_1.number AS number, orders_1.placed_at AS placed_at, orders_1.status AS status, orders_1.kind AS kind, orders_1.total AS total, orders_1.currency AS currency, orders_1.subscription_id AS subscription_id, orders_1.payment_method_id AS payment_method_id, orders_1.invoice_url AS invoice_url, orders_1.renewed_at AS renewed_at, orders_1.placed_at AS "#order0", orders_1.id AS "#order1"
FROM orders AS orders_1
WHERE orders_1.account_id = $1::UUID AND orders_1.subscription_id = anon_7.id ORDER BY orders_1.placed_at DESC, orders_1.id DESC
 LIMIT $4::INTEGER) AS anon_14 JOIN LATERAL (SELECT anon_14.number AS number) AS anon_13 ON true ORDER BY anon_14."#order0" DESC, anon_14."#order1" DESC) AS anon_12) AS anon_11 JOIN LATERAL (SELECT (SELECT count(*) AS count_1
FROM orders AS orders_2
WHERE orders_2.account_id = $1::UUID AND orders_2.subscription_id = anon_7.id) AS "totalCount", anon_11."#0" AS nodes) AS anon_10 ON true) END AS orders, anon_8.json AS "paymentMethod") AS anon_6 ON true ORDER BY anon_7."#order0" ASC, anon_7."#order1" ASC) AS anon_5) AS anon_4 JOIN LATERAL (SELECT anon_4."#0" AS nodes) AS anon_3 ON true) AS subscriptions) AS anon_2 ON true
WHERE accounts_1.id = $1::UUID AND (EXISTS (SELECT 1
FROM memberships AS memberships_3
WHERE memberships_3.account_id = accounts_1.id AND memberships_3.user_id = $3::UUID AND memberships_3.status = 'ACTIVE'))
 LIMIT 1) AS account) AS anon_1
