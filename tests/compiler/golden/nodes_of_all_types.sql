SELECT convert_to(coalesce(anon_1.json, ''), 'UTF8') AS convert_to_1
FROM LATERAL (SELECT string_agg(anon_2.json, ',') AS json
FROM (SELECT coalesce(CASE WHEN (anon_3.type_1 = 'Account') THEN (SELECT ('{"__typename":"Account","id":' || coalesce('"' || ('acc_' || CAST(anon_3.id_1_0_uuid AS TEXT) || '"'), 'null')) || (',"name":' || (CAST(to_json(accounts_1.name) AS TEXT) || '}')) AS json
FROM accounts AS accounts_1
WHERE accounts_1.id = anon_3.id_1_0_uuid AND (EXISTS (SELECT 1
FROM memberships AS memberships_1
WHERE memberships_1.account_id = accounts_1.id AND memberships_1.user_id = $1::UUID AND memberships_1.status = 'ACTIVE'))) WHEN (anon_3.type_1 = 'Activation') THEN (SELECT ('{"__typename":"Activation","id":' || coalesce('"' || ('act_' || CAST(anon_3.id_1_0_uuid AS TEXT) || '_' || CAST(anon_3.id_1_1_uuid AS TEXT) || '"'), 'null')) || (',"deviceId":' || (CAST(to_json(activations_1.device_id) AS TEXT) || '}')) AS json
FROM activations AS activations_1
WHERE activations_1.account_id = anon_3.id_1_0_uuid AND activations_1.id = anon_3.id_1_1_uuid AND (EXISTS (SELECT 1
FROM memberships AS memberships_2
WHERE memberships_2.account_id = activations_1.account_id AND memberships_2.user_id = $1::UUID AND memberships_2.status = 'ACTIVE'))) WHEN (anon_3.type_1 = 'LicenseKey') THEN (SELECT ('{"__typename":"LicenseKey","id":' || coalesce('"' || ('key_' || CAST(anon_3.id_1_0_uuid AS TEXT) || '_' || CAST(anon_3.id_1_1_uuid AS TEXT) || '"'), 'null')) || (',"kind":"' || (license_keys_1.kind || '"}')) AS json
FROM license_keys AS license_keys_1
WHERE license_keys_1.account_id = anon_3.id_1_0_uuid AND license_keys_1.id = anon_3.id_1_1_uuid AND (EXISTS (SELECT 1
FROM memberships AS memberships_3
WHERE memberships_3.account_id = license_keys_1.account_id AND memberships_3.user_id = $1::UUID AND memberships_3.status = 'ACTIVE'))) WHEN (anon_3.type_1 = 'Membership') THEN (SELECT ('{"__typename":"Membership","id":' || coalesce('"' || ('mem_' || CAST(anon_3.id_1_0_uuid AS TEXT) || '_' || CAST(anon_3.id_1_1_uuid AS TEXT) || '"'), 'null')) || (',"role":"' || (memberships_4.role || '"}')) AS json
FROM memberships AS memberships_4
WHERE memberships_4.account_id = anon_3.id_1_0_uuid AND memberships_4.id = anon_3.id_1_1_uuid AND (EXISTS (SELECT 1
FROM memberships AS memberships_5
WHERE memberships_5.account_id = memberships_4.account_id AND memberships_5.user_id = $1::UUID AND memberships_5.status = 'ACTIVE' AND memberships_5.role != 'MEMBER'))) WHEN (anon_3.type_1 = 'Order') THEN (SELECT ('{"__typename":"Order","id":' || coalesce('"' || ('ord_' || CAST(anon_3.id_1_0_uuid AS TEXT) || '_' || CAST(anon_3.id_1_1_uuid AS TEXT) || '"'), 'null')) || (',"number":' || (CAST(to_json(orders_1.number) AS TEXT) || '}')) AS json
FROM orders AS orders_1
WHERE orders_1.account_id = anon_3.id_1_0_uuid AND orders_1.id = anon_3.id_1_1_uuid AND (EXISTS (SELECT 1
FROM memberships AS memberships_6
WHERE memberships_6.account_id = orders_1.account_id AND memberships_6.user_id = $1::UUID AND memberships_6.status = 'ACTIVE' AND memberships_6.role != 'MEMBER'))) WHEN (anon_3.type_1 = 'PaymentMethod') THEN (SELECT ('{"__typename":"PaymentMethod","id":' || coalesce('"' || ('pay_' || CAST(anon_3.id_1_0_uuid AS TEXT) || '_' || CAST(anon_3.id_1_1_uuid AS TEXT) || '"'), 'null')) || (',"last4":' || (coalesce(CAST(to_json(payment_methods_1.last4) AS TEXT), 'null') || '}')) AS json
FROM payment_methods AS payment_methods_1
WHERE payment_methods_1.account_id = anon_3.id_1_0_uuid AND payment_methods_1.id = anon_3.id_1_1_uuid AND (EXISTS (SELECT 1
FROM memberships AS memberships_7
WHERE memberships_7.account_id = payment_methods_1.account_id AND memberships_7.user_id = $1::UUID AND memberships_7.status = 'ACTIVE' AND memberships_7.role != 'MEMBER'))) WHEN (anon_3.type_1 = 'Product') THEN (SELECT ('{"__typename":"Product","id":' || coalesce('"' || ('prd_' || CAST(products_1.code AS TEXT) || '"'), 'null')) || (',"code":' || (CAST(to_json(products_1.code) AS TEXT) || '}')) AS json
FROM products AS products_1
WHERE products_1.code = anon_3.id_1_0_text) WHEN (anon_3.type_1 = 'ProductSubscription') THEN (SELECT ('{"__typename":"ProductSubscription","id":' || (coalesce('"' || ('sub_' || CAST(anon_3.id_1_0_uuid AS TEXT) || '_' || CAST(anon_3.id_1_1_uuid AS TEXT) || '"'), 'null') || ',"displayName":')) || ((CAST(to_json(subscriptions_1.display_name) AS TEXT) || ',"licenseKeys":{"nodes":[') || (coalesce(anon_4."#0", '') || ']}}')) AS json
FROM subscriptions AS subscriptions_1 JOIN LATERAL (SELECT string_agg(anon_5."#0", ',') AS "#0"
FROM (SELECT '{"maskedKey":' || (coalesce(CAST(to_json(CAST('*****-*****-*****-*****-' || anon_6.tail AS TEXT)) AS TEXT), 'null') || '}') AS "#0"
FROM (SELECT license_keys_2.account_id AS account_id, license_keys_2.id AS id, license_keys_2.subscription_id AS subscription_id, license_keys_2.kind AS kind, license_keys_2.name AS name, license_keys_2.tail AS tail, license_keys_2.allocation AS allocation, license_keys_2.quota AS quota, license_keys_2.used AS used, license_keys_2.expires_on AS expires_on, license_keys_2.blocked_at AS blocked_at, license_keys_2.registered_at AS registered_at, license_keys_2.kind AS "#order0", license_keys_2.id AS "#order1"
FROM license_keys AS license_keys_2
WHERE license_keys_2.account_id = anon_3.id_1_0_uuid AND license_keys_2.subscription_id = anon_3.id_1_1_uuid ORDER BY license_keys_2.kind ASC, license_keys_2.id ASC
 LIMIT $2::INTEGER) AS anon_6 ORDER BY anon_6."#order0" ASC, anon_6."#order1" ASC) AS anon_5) AS anon_4 ON true
WHERE subscriptions_1.account_id = anon_3.id_1_0_uuid AND subscriptions_1.id = anon_3.id_1_1_uuid AND (EXISTS (SELECT 1
FROM memberships AS memberships_8
WHERE memberships_8.account_id = subscriptions_1.account_id AND memberships_8.user_id = $1::UUID AND memberships_8.status = 'ACTIVE'))) END, 'null') AS json
FROM unnest($3::TEXT[], $4::UUID[], $5::UUID[], $6::TEXT[] COLLATE "C") WITH ORDINALITY AS anon_3(type_1, id_1_0_uuid, id_1_1_uuid, id_1_0_text, position) ORDER BY anon_3.position) AS anon_2) AS anon_1
