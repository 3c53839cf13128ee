SELECT row_to_json(anon_1) AS row_to_json_1
FROM LATERAL (SELECT (SELECT row_to_json(anon_2) AS json
FROM accounts AS accounts_1 JOIN LATERAL (SELECT CASE WHEN (EXISTS (SELECT 1
FROM memberships AS memberships_1
WHERE memberships_1.account_id = $1::UUID AND memberships_1.user_id = $2::UUID AND memberships_1.status = 'ACTIVE' AND memberships_1.role != 'MEMBER')) THEN (SELECT row_to_json(anon_3) AS row_to_json_2
FROM (SELECT coalesce(json_agg(anon_5."#0"), '[]'::json) AS "#0"
FROM (SELECT row_to_json(anon_6) AS "#0"
FROM (SELECT audit_events_1.account_id AS account_id, audit_events_1.id AS id, audit_events_1.occurred_at AS occurred_at, audit_events_1.actor_user_id AS actor_user_id, audit_events_1.actor AS actor, audit_events_1.action AS action, audit_events_1.subject_type AS subject_type, audit_events_1.subject_id AS subject_id, audit_events_1.before AS before, audit_events_1.after AS after, audit_events_1.request_id AS request_id, audit_events_1.occurred_at AS "#order0", audit_events_1.id AS "#order1"
FROM audit_events AS audit_events_1
WHERE audit_events_1.account_id = $1::UUID ORDER BY audit_events_1.occurred_at DESC, audit_events_1.id DESC
 LIMIT $3::INTEGER) AS anon_7 JOIN LATERAL (SELECT CASE WHEN (anon_7.subject_type = 'Account') THEN (SELECT row_to_json(anon_8) AS json
FROM accounts AS accounts_2 JOIN LATERAL (SELECT accounts_2.name AS name) AS anon_8 ON true
WHERE accounts_2.id = $1::UUID AND (EXISTS (SELECT 1
FROM memberships AS memberships_2
WHERE memberships_2.account_id = accounts_2.id AND memberships_2.user_id = $2::UUID AND memberships_2.status = 'ACTIVE'))
 LIMIT 1) WHEN (anon_7.subject_type = 'Activation') THEN (SELECT row_to_json(anon_9) AS json
FROM activations AS activations_1 JOIN LATERAL (SELECT activations_1.device_name AS "deviceName") AS anon_9 ON true
WHERE activations_1.account_id = $1::UUID AND activations_1.id = anon_7.subject_id AND (EXISTS (SELECT 1
FROM memberships AS memberships_3
WHERE memberships_3.account_id = activations_1.account_id AND memberships_3.user_id = $2::UUID AND memberships_3.status = 'ACTIVE'))
 LIMIT 1) WHEN (anon_7.subject_type = 'LicenseKey') THEN (SELECT row_to_json(anon_10) AS json
FROM license_keys AS license_keys_1 LEFT OUTER JOIN LATERAL (SELECT row_to_json(anon_12) AS json
FROM subscriptions AS subscriptions_1 JOIN LATERAL (SELECT subscriptions_1.number AS number) AS anon_12 ON true
WHERE subscriptions_1.account_id = $1::UUID AND subscriptions_1.id = license_keys_1.subscription_id
 LIMIT 1) AS anon_11 ON true JOIN LATERAL (SELECT '*****-*****-*****-*****-' || license_keys_1.tail AS "maskedKey", coalesce(anon_11.json, CAST('nothing at ' || CAST(license_keys_1.subscription_id AS TEXT) AS JSON)) AS subscription) AS anon_10 ON true
WHERE license_keys_1.account_id = $1::UUID AND license_keys_1.id = anon_7.subject_id AND (EXISTS (SELECT 1
FROM memberships AS memberships_4
WHERE memberships_4.account_id = license_keys_1.account_id AND memberships_4.user_id = $2::UUID AND memberships_4.status = 'ACTIVE'))
 LIMIT 1) WHEN (anon_7.subject_type = 'Membership') THEN (SELECT row_to_json(anon_13) AS json
FROM memberships AS memberships_5 LEFT OUTER JOIN LATERAL (SELECT row_to_json(anon_15) AS json
FROM users AS users_1 JOIN LATERAL (SELECT users_1.name AS name) AS anon_15 ON true
WHERE users_1.id = memberships_5.user_id
 LIMIT 1) AS anon_14 ON true JOIN LATERAL (SELECT anon_14.json AS "user") AS anon_13 ON true
WHERE memberships_5.account_id = $1::UUID AND memberships_5.id = anon_7.subject_id AND (EXISTS (SELECT 1
FROM memberships AS memberships_6
WHERE memberships_6.account_id = memberships_5.account_id AND memberships_6.user_id = $2::UUID AND memberships_6.status = 'ACTIVE' AND memberships_6.role != 'MEMBER'))
 LIMIT 1) WHEN (anon_7.subject_type = 'Order') THEN (SELECT row_to_json(anon_16) AS json
FROM orders AS orders_1 JOIN LATERAL (SELECT orders_1.number AS number, (SELECT coalesce(json_agg(anon_17.json), '[]'::json) AS coalesce_1
FROM (SELECT row_to_json(anon_18) AS json
FROM order_lines AS order_lines_1 JOIN LATERAL (SELECT order_lines_1.quantity AS quantity) AS anon_18 ON true
WHERE order_lines_1.account_id = $1::UUID AND order_lines_1.order_id = anon_7.subject_id ORDER BY order_lines_1.position) AS anon_17) AS lines) AS anon_16 ON true
WHERE orders_1.account_id = $1::UUID AND orders_1.id = anon_7.subject_id AND (EXISTS (SELECT 1
FROM memberships AS memberships_7
WHERE memberships_7.account_id = orders_1.account_id AND memberships_7.user_id = $2::UUID AND memberships_7.status = 'ACTIVE' AND memberships_7.role != 'MEMBER'))
 LIMIT 1) WHEN (anon_7.subject_type = 'PaymentMethod') THEN (SELECT row_to_json(anon_19) AS json
FROM payment_methods AS payment_methods_1 JOIN LATERAL (SELECT payment_methods_1.brand AS brand) AS anon_19 ON true
WHERE payment_methods_1.account_id = $1::UUID AND payment_methods_1.id = anon_7.subject_id AND (EXISTS (SELECT 1
FROM memberships AS memberships_8
WHERE memberships_8.account_id = payment_methods_1.account_id AND memberships_8.user_id = $2::UUID AND memberships_8.status = 'ACTIVE' AND memberships_8.role != 'MEMBER'))
 LIMIT 1) WHEN (anon_7.subject_type = 'Subscription') THEN (SELECT row_to_json(anon_20) AS json
FROM subscriptions AS subscriptions_2 LEFT OUTER JOIN LATERAL (SELECT row_to_json(anon_22) AS json
FROM products AS products_1 JOIN LATERAL (SELECT products_1.name AS name) AS anon_22 ON true
WHERE products_1.code = subscriptions_2.product_code
 LIMIT 1) AS anon_21 ON true JOIN LATERAL (SELECT subscriptions_2.number AS number, coalesce(anon_21.json, CAST('nothing at ' || CAST(subscriptions_2.product_code AS TEXT) AS JSON)) AS product) AS anon_20 ON true
WHERE subscriptions_2.account_id = $1::UUID AND subscriptions_2.id = anon_7.subject_id AND (EXISTS (SELECT 1
FROM memberships AS memberships_9
WHERE memberships_9.account_id = subscriptions_2.account_id AND memberships_9.user_id = $2::UUID AND memberships_9.status = 'ACTIVE'))
 LIMIT 1) END AS subject) AS anon_6 ON true ORDER BY anon_7."#order0" DESC, anon_7."#order1" DESC) AS anon_5) AS anon_4 JOIN LATERAL (SELECT anon_4."#0" AS nodes) AS anon_3 ON true) END AS "auditEvents") AS anon_2 ON true
WHERE accounts_1.id = $1::UUID AND (EXISTS (SELECT 1
FROM memberships AS memberships_10
WHERE memberships_10.account_id = accounts_1.id AND memberships_10.user_id = $2::UUID AND memberships_10.status = 'ACTIVE'))
 LIMIT 1) AS account) AS anon_1
