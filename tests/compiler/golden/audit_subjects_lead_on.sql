SELECT convert_to(coalesce(anon_1.json, 'null'), 'UTF8') AS convert_to_1
FROM (SELECT 1) AS anon_2 LEFT OUTER JOIN LATERAL (SELECT '{"auditEvents":' || (CASE WHEN (EXISTS (SELECT 1
FROM memberships AS memberships_1
WHERE memberships_1.account_id = $1::UUID AND memberships_1.user_id = $2::UUID AND memberships_1.status = 'ACTIVE' AND memberships_1.role != 'MEMBER')) THEN (SELECT '{"nodes":[' || (coalesce(string_agg(anon_4."#0", ','), '') || ']}') AS anon_3
FROM (SELECT '{"subject":' || (coalesce(CASE WHEN (anon_5.subject_type = 'Account') THEN (SELECT '{"name":' || (CAST(to_json(accounts_1.name) AS TEXT) || '}') AS json
FROM accounts AS accounts_1
WHERE accounts_1.id = $1::UUID AND (EXISTS (SELECT 1
FROM memberships AS memberships_2
WHERE memberships_2.account_id = accounts_1.id AND memberships_2.user_id = $2::UUID AND memberships_2.status = 'ACTIVE'))) WHEN (anon_5.subject_type = 'Activation') THEN (SELECT '{"deviceName":' || (CAST(to_json(activations_1.device_name) AS TEXT) || '}') AS json
FROM activations AS activations_1
WHERE activations_1.account_id = $1::UUID AND activations_1.id = anon_5.subject_id AND (EXISTS (SELECT 1
FROM memberships AS memberships_3
WHERE memberships_3.account_id = activations_1.account_id AND memberships_3.user_id = $2::UUID AND memberships_3.status = 'ACTIVE'))) WHEN (anon_5.subject_type = 'LicenseKey') THEN (SELECT ('{"maskedKey":' || coalesce(CAST(to_json(CAST('*****-*****-*****-*****-' || license_keys_1.tail AS TEXT)) AS TEXT), 'null')) || (',"subscription":' || (coalesce(anon_6.json, CAST(CAST('nothing at ' || CAST(license_keys_1.subscription_id AS TEXT) AS JSON) AS TEXT)) || '}')) AS json
FROM license_keys AS license_keys_1 LEFT OUTER JOIN LATERAL (SELECT '{"number":' || (CAST(to_json(subscriptions_1.number) AS TEXT) || '}') AS json
FROM subscriptions AS subscriptions_1
WHERE subscriptions_1.account_id = $1::UUID AND subscriptions_1.id = license_keys_1.subscription_id
 LIMIT 1) AS anon_6 ON true
WHERE license_keys_1.account_id = $1::UUID AND license_keys_1.id = anon_5.subject_id AND (EXISTS (SELECT 1
FROM memberships AS memberships_4
WHERE memberships_4.account_id = license_keys_1.account_id AND memberships_4.user_id = $2::UUID AND memberships_4.status = 'ACTIVE'))) WHEN (anon_5.subject_type = 'Membership') THEN (SELECT '{"user":' || (coalesce(anon_7.json, 'null') || '}') AS json
FROM memberships AS memberships_5 LEFT OUTER JOIN LATERAL (SELECT '{"name":' || (coalesce(CAST(to_json(users_1.name) AS TEXT), 'null') || '}') AS json
FROM users AS users_1
WHERE users_1.id = memberships_5.user_id
 LIMIT 1) AS anon_7 ON true
WHERE memberships_5.account_id = $1::UUID AND memberships_5.id = anon_5.subject_id AND (EXISTS (SELECT 1
FROM memberships AS memberships_6
WHERE memberships_6.account_id = memberships_5.account_id AND memberships_6.user_id = $2::UUID AND memberships_6.status = 'ACTIVE' AND memberships_6.role != 'MEMBER'))) WHEN (anon_5.subject_type = 'Order') THEN (SELECT ('{"number":' || CAST(to_json(orders_1.number) AS TEXT)) || (',"lines":[' || (coalesce((SELECT string_agg(anon_8.json, ',') AS json
FROM (SELECT '{"quantity":' || (CAST(order_lines_1.quantity AS TEXT) || '}') AS json
FROM order_lines AS order_lines_1
WHERE order_lines_1.account_id = $1::UUID AND order_lines_1.order_id = anon_5.subject_id ORDER BY order_lines_1.position) AS anon_8), '') || ']}')) AS json
FROM orders AS orders_1
WHERE orders_1.account_id = $1::UUID AND orders_1.id = anon_5.subject_id AND (EXISTS (SELECT 1
FROM memberships AS memberships_7
WHERE memberships_7.account_id = orders_1.account_id AND memberships_7.user_id = $2::UUID AND memberships_7.status = 'ACTIVE' AND memberships_7.role != 'MEMBER'))) WHEN (anon_5.subject_type = 'PaymentMethod') THEN (SELECT '{"brand":' || (coalesce(CAST(to_json(payment_methods_1.brand) AS TEXT), 'null') || '}') AS json
FROM payment_methods AS payment_methods_1
WHERE payment_methods_1.account_id = $1::UUID AND payment_methods_1.id = anon_5.subject_id AND (EXISTS (SELECT 1
FROM memberships AS memberships_8
WHERE memberships_8.account_id = payment_methods_1.account_id AND memberships_8.user_id = $2::UUID AND memberships_8.status = 'ACTIVE' AND memberships_8.role != 'MEMBER'))) WHEN (anon_5.subject_type = 'Subscription') THEN (SELECT ('{"number":' || CAST(to_json(subscriptions_2.number) AS TEXT)) || (',"product":' || (coalesce(anon_9.json, CAST(CAST('nothing at ' || CAST(subscriptions_2.product_code AS TEXT) AS JSON) AS TEXT)) || '}')) AS json
FROM subscriptions AS subscriptions_2 LEFT OUTER JOIN LATERAL (SELECT '{"name":' || (CAST(to_json(products_1.name) AS TEXT) || '}') AS json
FROM products AS products_1
WHERE products_1.code = subscriptions_2.product_code) AS anon_9 ON true
WHERE subscriptions_2.account_id = $1::UUID AND subscriptions_2.id = anon_5.subject_id AND (EXISTS (SELECT 1
FROM memberships AS memberships_9
WHERE memberships_9.account_id = subscriptions_2.account_id AND memberships_9.user_id = $2::UUID AND memberships_9.status = 'ACTIVE'))) END, 'null') || '}') AS "#0"
FROM (SELECT audit_events_1.occurred_at AS occurred_at, audit_events_1.actor_user_id AS actor_user_id, audit_events_1.actor AS actor, audit_events_1.action AS action, audit_events_1.subject_type AS subject_type, audit_events_1.subject_id AS subject_id, audit_events_1.before AS before, audit_events_1.after AS after, audit_events_1.request_id AS request_id, audit_events_1.account_id AS account_id, audit_events_1.id AS id, audit_events_1.occurred_at AS "#order0", audit_events_1.id AS "#order1"
FROM audit_events AS audit_events_1
WHERE audit_events_1.account_id = $1::UUID ORDER BY audit_events_1.occurred_at DESC, audit_events_1.id DESC
 LIMIT $3::INTEGER) AS anon_5 ORDER BY anon_5."#order0" DESC, anon_5."#order1" DESC) AS anon_4) ELSE 'null' END || '}') AS json
FROM accounts AS accounts_2
WHERE accounts_2.id = $1::UUID AND (EXISTS (SELECT 1
FROM memberships AS memberships_10
WHERE memberships_10.account_id = accounts_2.id AND memberships_10.user_id = $2::UUID AND memberships_10.status = 'ACTIVE'))) AS anon_1 ON true
