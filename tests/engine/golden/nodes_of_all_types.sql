SELECT row_to_json(anon_1) AS row_to_json_1
FROM LATERAL (SELECT (SELECT coalesce(json_agg(anon_2.json), '[]'::json) AS coalesce_1
FROM (SELECT CASE WHEN (anon_3.kind_1 = 'Account') THEN (SELECT row_to_json(anon_4) AS json
FROM accounts AS accounts_1 JOIN LATERAL (SELECT 'Account' AS __typename, 'acc' || '_' || CAST(anon_3.id_1_0_uuid AS TEXT) AS id, accounts_1.name AS name) AS anon_4 ON true
WHERE accounts_1.id = anon_3.id_1_0_uuid AND (EXISTS (SELECT 1
FROM memberships AS memberships_1
WHERE memberships_1.account_id = accounts_1.id AND memberships_1.user_id = $1::UUID AND memberships_1.status = 'ACTIVE'))
 LIMIT 1) WHEN (anon_3.kind_1 = 'Activation') THEN (SELECT row_to_json(anon_5) AS json
FROM activations AS activations_1 JOIN LATERAL (SELECT 'Activation' AS __typename, 'act' || '_' || CAST(anon_3.id_1_0_uuid AS TEXT) || '_' || CAST(anon_3.id_1_1_uuid AS TEXT) AS id, activations_1.device_id AS "deviceId") AS anon_5 ON true
WHERE activations_1.account_id = anon_3.id_1_0_uuid AND activations_1.id = anon_3.id_1_1_uuid AND (EXISTS (SELECT 1
FROM memberships AS memberships_2
WHERE memberships_2.account_id = activations_1.account_id AND memberships_2.user_id = $1::UUID AND memberships_2.status = 'ACTIVE'))
 LIMIT 1) WHEN (anon_3.kind_1 = 'LicenseKey') THEN (SELECT row_to_json(anon_6) AS json
FROM license_keys AS license_keys_1 JOIN LATERAL (SELECT 'LicenseKey' AS __typename, 'key' || '_' || CAST(anon_3.id_1_0_uuid AS TEXT) || '_' || CAST(anon_3.id_1_1_uuid AS TEXT) AS id, license_keys_1.kind AS kind) AS anon_6 ON true
WHERE license_keys_1.account_id = anon_3.id_1_0_uuid AND license_keys_1.id = anon_3.id_1_1_uuid AND (EXISTS (SELECT 1
FROM memberships AS memberships_3
WHERE memberships_3.account_id = license_keys_1.account_id AND memberships_3.user_id = $1::UUID AND memberships_3.status = 'ACTIVE'))
 LIMIT 1) WHEN (anon_3.kind_1 = 'Membership') THEN (SELECT row_to_json(anon_7) AS json
FROM memberships AS memberships_4 JOIN LATERAL (SELECT 'Membership' AS __typename, 'mem' || '_' || CAST(anon_3.id_1_0_uuid AS TEXT) || '_' || CAST(anon_3.id_1_1_uuid AS TEXT) AS id, memberships_4.role AS role) AS anon_7 ON true
WHERE memberships_4.account_id = anon_3.id_1_0_uuid AND memberships_4.id = anon_3.id_1_1_uuid AND (EXISTS (SELECT 1
FROM memberships AS memberships_5
WHERE memberships_5.account_id = memberships_4.account_id AND memberships_5.user_id = $1::UUID AND memberships_5.status = 'ACTIVE' AND memberships_5.role != 'MEMBER'))
 LIMIT 1) WHEN (anon_3.kind_1 = 'Order') THEN (SELECT row_to_json(anon_8) AS json
FROM orders AS orders_1 JOIN LATERAL (SELECT 'Order' AS __typename, 'ord' || '_' || CAST(anon_3.id_1_0_uuid AS TEXT) || '_' || CAST(anon_3.id_1_1_uuid AS TEXT) AS id, orders_1.number AS number) AS anon_8 ON true
WHERE orders_1.account_id = anon_3.id_1_0_uuid AND orders_1.id = anon_3.id_1_1_uuid AND (EXISTS (SELECT 1
FROM memberships AS memberships_6
WHERE memberships_6.account_id = orders_1.account_id AND memberships_6.user_id = $1::UUID AND memberships_6.status = 'ACTIVE' AND memberships_6.role != 'MEMBER'))
 LIMIT 1) WHEN (anon_3.kind_1 = 'PaymentMethod') THEN (SELECT row_to_json(anon_9) AS json
FROM payment_methods AS payment_methods_1 JOIN LATERAL (SELECT 'PaymentMethod' AS __typename, 'pay' || '_' || CAST(anon_3.id_1_0_uuid AS TEXT) || '_' || CAST(anon_3.id_1_1_uuid AS TEXT) AS id, payment_methods_1.last4 AS last4) AS anon_9 ON true
WHERE payment_methods_1.account_id = anon_3.id_1_0_uuid AND payment_methods_1.id = anon_3.id_1_1_uuid AND (EXISTS (SELECT 1
FROM memberships AS memberships_7
WHERE memberships_7.account_id = payment_methods_1.account_id AND memberships_7.user_id = $1::UUID AND memberships_7.status = 'ACTIVE' AND memberships_7.role != 'MEMBER'))
 LIMIT 1) WHEN (anon_3.kind_1 = 'Product') THEN (SELECT row_to_json(anon_10) AS json
FROM products AS products_1 JOIN LATERAL (SELECT 'Product' AS __typename, 'prd' || '_' || CAST(anon_3.id_1_0_text AS TEXT) AS id, anon_3.id_1_0_text AS code) AS anon_10 ON true
WHERE products_1.code = anon_3.id_1_0_text
 LIMIT 1) WHEN (anon_3.kind_1 = 'Subscription') THEN (SELECT row_to_json(anon_11) AS json
FROM subscriptions AS subscriptions_1 JOIN LATERAL (SELECT 'Subscription' AS __typename, 'sub' || '_' || CAST(anon_3.id_1_0_uuid AS TEXT) || '_' || CAST(anon_3.id_1_1_uuid AS TEXT) AS id, subscriptions_1.display_name AS "displayName", (SELECT row_to_json(anon_12) AS row_to_json_2
FROM (SELECT coalesce(json_agg(anon_14."#0"), '[]'::json) AS "#0"
FROM (SELECT row_to_json(anon_15) AS "#0"
FROM (SELECT license_keys_2.account_id AS account_id, license_keys_2.id AS id, license_keys_2.subscription_id AS subscription_id, license_keys_2.kind AS kind, license_keys_2.name AS name, license_keys_2.tail AS tail, license_keys_2.allocation AS allocation, license_keys_2.quota AS quota, license_keys_2.used AS used, license_keys_2.expires_on AS expires_on, license_keys_2.blocked_at AS blocked_at, license_keys_2.registered_at AS registered_at, license_keys_2.kind AS "#order0", license_keys_2.id AS "#order1"
FROM license_keys AS license_keys_2
WHERE license_keys_2.account_id = anon_3.id_1_0_uuid AND license_keys_2.subscription_id = anon_3.id_1_1_uuid ORDER BY license_keys_2.kind ASC, license_keys_2.id ASC
 LIMIT $2::INTEGER) AS anon_16 JOIN LATERAL (SELECT '*****-*****-*****-*****-' || anon_16.tail AS "maskedKey") AS anon_15 ON true ORDER BY anon_16."#order0" ASC, anon_16."#order1" ASC) AS anon_14) AS anon_13 JOIN LATERAL (SELECT anon_13."#0" AS nodes) AS anon_12 ON true) AS "licenseKeys") AS anon_11 ON true
WHERE subscriptions_1.account_id = anon_3.id_1_0_uuid AND subscriptions_1.id = anon_3.id_1_1_uuid AND (EXISTS (SELECT 1
FROM memberships AS memberships_8
WHERE memberships_8.account_id = subscriptions_1.account_id AND memberships_8.user_id = $1::UUID AND memberships_8.status = 'ACTIVE'))
 LIMIT 1) END AS json
FROM unnest($3::TEXT[], $4::UUID[], $5::UUID[], $6::TEXT[] COLLATE "C") WITH ORDINALITY AS anon_3(kind_1, id_1_0_uuid, id_1_1_uuid, id_1_0_text, position) ORDER BY anon_3.position) AS anon_2) AS nodes) AS anon_1
