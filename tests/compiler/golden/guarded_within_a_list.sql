SELECT convert_to(coalesce(anon_1.json, 'null'), 'UTF8') AS convert_to_1
FROM (SELECT 1) AS anon_2 LEFT OUTER JOIN LATERAL (SELECT '{"subscriptions":{"nodes":[' || (coalesce(anon_3."#0", '') || ']}}') AS json
FROM accounts AS accounts_1 JOIN LATERAL (SELECT string_agg(anon_4."#0", ',') AS "#0"
FROM (SELECT ('{"number":' || (CAST(to_json(anon_5.number) AS TEXT) || ',"orders":')) || ((CASE WHEN (EXISTS (SELECT 1
FROM memberships AS memberships_1
WHERE memberships_1.account_id = $1::UUID AND memberships_1.user_id = $2::UUID AND memberships_1.status = 'ACTIVE' AND memberships_1.role != 'MEMBER')) THEN (SELECT ('{"totalCount":' || CAST((SELECT count(*) AS count_1
FROM orders AS orders_1
WHERE orders_1.account_id = $1::UUID AND orders_1.subscription_id = anon_5.id) AS TEXT)) || (',"nodes":[' || (coalesce(string_agg(anon_7."#0", ','), '') || ']}')) AS anon_6
FROM (SELECT '{"number":' || (CAST(to_json(anon_8.number) AS TEXT) || '}') AS "#0"
FROM (SELECT orders_2.account_id AS account_id, orders_2.id AS id, orders_2.number AS number, orders_2.placed_at AS placed_at, orders_2.status AS status, orders_2.kind AS kind, orders_2.total AS total, orders_2.currency AS currency, orders_2.subscription_id AS subscription_id, orders_2.payment_method_id AS payment_method_id, orders_2.invoice_url AS invoice_url, orders_2.renewed_at AS renewed_at, orders_2.placed_at AS "#order0", orders_2.id AS "#order1"
FROM orders AS orders_2
WHERE orders_2.account_id = $1::UUID AND orders_2.subscription_id = anon_5.id ORDER BY orders_2.placed_at DESC, orders_2.id DESC
 LIMIT $3::INTEGER) AS anon_8 ORDER BY anon_8."#order0" DESC, anon_8."#order1" DESC) AS anon_7) ELSE 'null' END || ',"paymentMethod":') || (coalesce(anon_9.json, 'null') || '}')) AS "#0"
FROM (SELECT subscriptions_1.account_id AS account_id, subscriptions_1.id AS id, subscriptions_1.number AS number, subscriptions_1.display_name AS display_name, subscriptions_1.product_code AS product_code, subscriptions_1.auto_renewal AS auto_renewal, subscriptions_1.start_trigger AS start_trigger, subscriptions_1.channel AS channel, subscriptions_1.activated_on AS activated_on, subscriptions_1.expires_on AS expires_on, subscriptions_1.term_months AS term_months, subscriptions_1.license_count AS license_count, subscriptions_1.grace_days AS grace_days, subscriptions_1.is_trial AS is_trial, subscriptions_1.suspended_at AS suspended_at, subscriptions_1.payment_method_id AS payment_method_id, subscriptions_1.created_at AS created_at, coalesce(subscriptions_1.expires_on, 'infinity'::date) AS "#order0", subscriptions_1.id AS "#order1"
FROM subscriptions AS subscriptions_1
WHERE subscriptions_1.account_id = $1::UUID ORDER BY coalesce(subscriptions_1.expires_on, 'infinity'::date) ASC, subscriptions_1.id ASC
 LIMIT $4::INTEGER) AS anon_5 LEFT OUTER JOIN LATERAL (SELECT '{"last4":' || (coalesce(CAST(to_json(payment_methods_1.last4) AS TEXT), 'null') || '}') AS json
FROM payment_methods AS payment_methods_1
WHERE payment_methods_1.account_id = $1::UUID AND payment_methods_1.id = anon_5.payment_method_id AND payment_methods_1.removed_at IS NULL AND (EXISTS (SELECT 1
FROM memberships AS memberships_2
WHERE memberships_2.account_id = $1::UUID AND memberships_2.user_id = $2::UUID AND memberships_2.status = 'ACTIVE' AND memberships_2.role != 'MEMBER'))) AS anon_9 ON true ORDER BY anon_5."#order0" ASC, anon_5."#order1" ASC) AS anon_4) AS anon_3 ON true
WHERE accounts_1.id = $1::UUID AND (EXISTS (SELECT 1
FROM memberships AS memberships_3
WHERE memberships_3.account_id = accounts_1.id AND memberships_3.user_id = $2::UUID AND memberships_3.status = 'ACTIVE'))) AS anon_1 ON true
