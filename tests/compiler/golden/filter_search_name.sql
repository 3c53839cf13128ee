SELECT convert_to(coalesce(anon_1.json, 'null'), 'UTF8') AS convert_to_1
FROM (SELECT 1) AS anon_2 LEFT OUTER JOIN LATERAL (SELECT ('{"subscriptions":{"nodes":[' || coalesce(anon_3."#0", '')) || ('],"totalCount":' || (CAST((SELECT count(*) AS count_1
FROM subscriptions AS subscriptions_1
WHERE subscriptions_1.account_id = $1::UUID AND subscriptions_1.id IN (SELECT subscriptions_2.id
FROM subscriptions AS subscriptions_2
WHERE subscriptions_2.account_id = $1::UUID AND lower(subscriptions_2.display_name || ' ' || subscriptions_2.number) LIKE ('%' || regexp_replace(lower($2::VARCHAR), '([\\%_])', '\\\1', 'g') || '%') UNION SELECT license_keys_1.subscription_id
FROM license_keys AS license_keys_1
WHERE license_keys_1.account_id = $1::UUID AND (length(upper(regexp_replace($2::VARCHAR, '[^A-Za-z0-9]', '', 'g'))) BETWEEN 3 AND 5 OR length(upper(regexp_replace($2::VARCHAR, '[^A-Za-z0-9]', '', 'g'))) = 25) AND (reverse(license_keys_1.tail) COLLATE "C") >= reverse(right(upper(regexp_replace($2::VARCHAR, '[^A-Za-z0-9]', '', 'g')), 5)) AND (reverse(license_keys_1.tail) COLLATE "C") < (reverse(right(upper(regexp_replace($2::VARCHAR, '[^A-Za-z0-9]', '', 'g')), 5)) || '~'))) AS TEXT) || '}}')) AS json
FROM accounts AS accounts_1 JOIN LATERAL (SELECT string_agg(anon_4."#0", ',') AS "#0"
FROM (SELECT ('{"number":' || CAST(to_json(anon_5.number) AS TEXT)) || (',"status":' || (coalesce('"' || (CASE WHEN (anon_5.suspended_at IS NOT NULL) THEN 'SUSPENDED' WHEN (anon_5.activated_on IS NULL OR anon_5.activated_on > $3::DATE) THEN 'PENDING' WHEN (coalesce(anon_5.expires_on, 'infinity'::date) >= $3::DATE) THEN 'ACTIVE' WHEN (coalesce(anon_5.expires_on + CASE WHEN (anon_5.auto_renewal = 'ON') THEN anon_5.grace_days ELSE 0 END, 'infinity'::date) >= $3::DATE) THEN 'GRACE_PERIOD' ELSE 'EXPIRED' END || '"'), 'null') || '}')) AS "#0"
FROM (SELECT subscriptions_3.account_id AS account_id, subscriptions_3.id AS id, subscriptions_3.number AS number, subscriptions_3.display_name AS display_name, subscriptions_3.product_code AS product_code, subscriptions_3.auto_renewal AS auto_renewal, subscriptions_3.start_trigger AS start_trigger, subscriptions_3.channel AS channel, subscriptions_3.activated_on AS activated_on, subscriptions_3.expires_on AS expires_on, subscriptions_3.term_months AS term_months, subscriptions_3.license_count AS license_count, subscriptions_3.grace_days AS grace_days, subscriptions_3.is_trial AS is_trial, subscriptions_3.suspended_at AS suspended_at, subscriptions_3.payment_method_id AS payment_method_id, subscriptions_3.created_at AS created_at, coalesce(subscriptions_3.expires_on, 'infinity'::date) AS "#order0", subscriptions_3.id AS "#order1"
FROM subscriptions AS subscriptions_3
WHERE subscriptions_3.account_id = $1::UUID AND subscriptions_3.id IN (SELECT subscriptions_4.id
FROM subscriptions AS subscriptions_4
WHERE subscriptions_4.account_id = $1::UUID AND lower(subscriptions_4.display_name || ' ' || subscriptions_4.number) LIKE ('%' || regexp_replace(lower($2::VARCHAR), '([\\%_])', '\\\1', 'g') || '%') UNION SELECT license_keys_2.subscription_id
FROM license_keys AS license_keys_2
WHERE license_keys_2.account_id = $1::UUID AND (length(upper(regexp_replace($2::VARCHAR, '[^A-Za-z0-9]', '', 'g'))) BETWEEN 3 AND 5 OR length(upper(regexp_replace($2::VARCHAR, '[^A-Za-z0-9]', '', 'g'))) = 25) AND (reverse(license_keys_2.tail) COLLATE "C") >= reverse(right(upper(regexp_replace($2::VARCHAR, '[^A-Za-z0-9]', '', 'g')), 5)) AND (reverse(license_keys_2.tail) COLLATE "C") < (reverse(right(upper(regexp_replace($2::VARCHAR, '[^A-Za-z0-9]', '', 'g')), 5)) || '~')) ORDER BY coalesce(subscriptions_3.expires_on, 'infinity'::date) ASC, subscriptions_3.id ASC
 LIMIT $4::INTEGER) AS anon_5 ORDER BY anon_5."#order0" ASC, anon_5."#order1" ASC) AS anon_4) AS anon_3 ON true
WHERE accounts_1.id = $1::UUID AND (EXISTS (SELECT 1
FROM memberships AS memberships_1
WHERE memberships_1.account_id = accounts_1.id AND memberships_1.user_id = $5::UUID AND memberships_1.status = 'ACTIVE'))) AS anon_1 ON true
