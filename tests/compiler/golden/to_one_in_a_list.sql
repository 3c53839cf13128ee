SELECT convert_to(coalesce(anon_1.json, 'null'), 'UTF8') AS convert_to_1
FROM (SELECT 1) AS anon_2 LEFT OUTER JOIN LATERAL (SELECT '{"subscriptions":{"nodes":[' || (coalesce(anon_3."#0", '') || ']}}') AS json
FROM accounts AS accounts_1 JOIN LATERAL (SELECT string_agg(anon_4."#0", ',') AS "#0"
FROM (SELECT ('{"product":' || (coalesce(anon_5.json, CAST(CAST('nothing at ' || CAST(anon_6.product_code AS TEXT) AS JSON) AS TEXT)) || ',"account":')) || ((coalesce(anon_7.json, CAST(CAST('nothing at ' || CAST(anon_6.account_id AS TEXT) AS JSON) AS TEXT)) || ',"paymentMethod":') || (coalesce(anon_8.json, 'null') || '}')) AS "#0"
FROM (SELECT subscriptions_1.account_id AS account_id, subscriptions_1.id AS id, subscriptions_1.number AS number, subscriptions_1.display_name AS display_name, subscriptions_1.product_code AS product_code, subscriptions_1.auto_renewal AS auto_renewal, subscriptions_1.start_trigger AS start_trigger, subscriptions_1.channel AS channel, subscriptions_1.activated_on AS activated_on, subscriptions_1.expires_on AS expires_on, subscriptions_1.term_months AS term_months, subscriptions_1.license_count AS license_count, subscriptions_1.grace_days AS grace_days, subscriptions_1.is_trial AS is_trial, subscriptions_1.suspended_at AS suspended_at, subscriptions_1.payment_method_id AS payment_method_id, subscriptions_1.created_at AS created_at, coalesce(subscriptions_1.expires_on, 'infinity'::date) AS "#order0", subscriptions_1.id AS "#order1"
FROM subscriptions AS subscriptions_1
WHERE subscriptions_1.account_id = $1::UUID ORDER BY coalesce(subscriptions_1.expires_on, 'infinity'::date) ASC, subscriptions_1.id ASC
 LIMIT $2::INTEGER) AS anon_6 LEFT OUTER JOIN LATERAL (SELECT '{"name":' || (CAST(to_json(products_1.name) AS TEXT) || '}') AS json
FROM products AS products_1
WHERE products_1.code = anon_6.product_code) AS anon_5 ON true LEFT OUTER JOIN LATERAL (SELECT '{"name":' || (CAST(to_json(accounts_2.name) AS TEXT) || '}') AS json
FROM accounts AS accounts_2
WHERE accounts_2.id = $1::UUID
 LIMIT 1) AS anon_7 ON true LEFT OUTER JOIN LATERAL (SELECT '{"brand":' || (coalesce(CAST(to_json(payment_methods_1.brand) AS TEXT), 'null') || '}') AS json
FROM payment_methods AS payment_methods_1
WHERE payment_methods_1.account_id = $1::UUID AND payment_methods_1.id = anon_6.payment_method_id AND payment_methods_1.removed_at IS NULL AND (EXISTS (SELECT 1
FROM memberships AS memberships_1
WHERE memberships_1.account_id = $1::UUID AND memberships_1.user_id = $3::UUID AND memberships_1.status = 'ACTIVE' AND memberships_1.role != 'MEMBER'))) AS anon_8 ON true ORDER BY anon_6."#order0" ASC, anon_6."#order1" ASC) AS anon_4) AS anon_3 ON true
WHERE accounts_1.id = $1::UUID AND (EXISTS (SELECT 1
FROM memberships AS memberships_2
WHERE memberships_2.account_id = accounts_1.id AND memberships_2.user_id = $3::UUID AND memberships_2.status = 'ACTIVE'))) AS anon_1 ON true
