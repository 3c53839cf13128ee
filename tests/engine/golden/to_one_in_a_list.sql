SELECT row_to_json(anon_1) AS row_to_json_1
FROM LATERAL (SELECT (SELECT row_to_json(anon_2) AS json
FROM accounts AS accounts_1 JOIN LATERAL (SELECT (SELECT row_to_json(anon_3) AS row_to_json_2
FROM (SELECT coalesce(json_agg(anon_5."#0"), '[]'::json) AS "#0"
FROM (SELECT row_to_json(anon_6) AS "#0"
FROM (SELECT subscriptions_1.account_id AS account_id, subscriptions_1.id AS id, subscriptions_1.number AS number, subscriptions_1.display_name AS display_name, subscriptions_1.product_code AS product_code, subscriptions_1.auto_renewal AS auto_renewal, subscriptions_1.start_trigger AS start_trigger, subscriptions_1.channel AS channel, subscriptions_1.activated_on AS activated_on, subscriptions_1.expires_on AS expires_on, subscriptions_1.term_months AS term_months, subscriptions_1.license_count AS license_count, subscriptions_1.grace_days AS grace_days, subscriptions_1.is_trial AS is_trial, subscriptions_1.suspended_at AS suspended_at, subscriptions_1.payment_method_id AS payment_method_id, subscriptions_1.created_at AS created_at, coalesce(subscriptions_1.expires_on, 'infinity'::date) AS "#order0", subscriptions_1.id AS "#order1"
FROM subscriptions AS subscriptions_1
WHERE subscriptions_1.account_id = $1::UUID ORDER BY coalesce(subscriptions_1.expires_on, 'infinity'::date) ASC, subscriptions_1.id ASC
 LIMIT $2::INTEGER) AS anon_7 LEFT OUTER JOIN LATERAL (SELECT row_to_json(anon_9) AS json
FROM products AS products_1 JOIN LATERAL (SELECT products_1.name AS name) AS anon_9 ON true
WHERE products_1.code = anon_7.product_code
 LIMIT 1) AS anon_8 ON true LEFT OUTER JOIN LATERAL (SELECT row_to_json(anon_11) AS json
FROM accounts AS accounts_2 JOIN LATERAL (SELECT accounts_2.name AS name) AS anon_11 ON true
WHERE accounts_2.id = $1::UUID
 LIMIT 1) AS anon_10 ON true LEFT OUTER JOIN LATERAL (SELECT row_to_json(anon_13) AS json
FROM payment_methods AS payment_methods_1 JOIN LATERAL (SELECT payment_methods_1.brand AS brand) AS anon_13 ON true
WHERE payment_methods_1.account_id = $1::UUID AND payment_methods_1.id = anon_7.payment_method_id AND payment_methods_1.removed_at IS NULL AND (EXISTS (SELECT 1
FROM memberships AS memberships_1
WHERE memberships_1.account_id = $1::UUID AND memberships_1.user_id = $3::UUID AND memberships_1.status = 'ACTIVE' AND memberships_1.role != 'MEMBER'))
 LIMIT 1) AS anon_12 ON true JOIN LATERAL (SELECT coalesce(anon_8.json, CAST('nothing at ' || CAST(anon_7.product_code AS TEXT) AS JSON)) AS product, coalesce(anon_10.json, CAST('nothing at ' || CAST(anon_7.account_id AS TEXT) AS JSON)) AS account, anon_12.json AS "paymentMethod") AS anon_6 ON true ORDER BY anon_7."#order0" ASC, anon_7."#order1" ASC) AS anon_5) AS anon_4 JOIN LATERAL (SELECT anon_4."#0" AS nodes) AS anon_3 ON true) AS subscriptions) AS anon_2 ON true
WHERE accounts_1.id = $1::UUID AND (EXISTS (SELECT 1
FROM memberships AS memberships_2
WHERE memberships_2.account_id = accounts_1.id AND memberships_2.user_id = $3::UUID AND memberships_2.status = 'ACTIVE'))
 LIMIT 1) AS account) AS anon_1
