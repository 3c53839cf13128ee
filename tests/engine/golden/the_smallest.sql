SELECT row_to_json(anon_1) AS row_to_json_1
FROM LATERAL (SELECT (SELECT row_to_json(anon_2) AS json
FROM subscriptions AS subscriptions_1 JOIN LATERAL (SELECT 'sub' || '_' || CAST($1::UUID AS TEXT) || '_' || CAST($2::UUID AS TEXT) AS id, subscriptions_1.number AS number, subscriptions_1.display_name AS "displayName", CASE WHEN (subscriptions_1.suspended_at IS NOT NULL) THEN 'SUSPENDED' WHEN (subscriptions_1.activated_on IS NULL OR subscriptions_1.activated_on > $3::DATE) THEN 'PENDING' WHEN (coalesce(subscriptions_1.expires_on, 'infinity'::date) >= $3::DATE) THEN 'ACTIVE' WHEN (coalesce(subscriptions_1.expires_on + CASE WHEN (subscriptions_1.auto_renewal = 'ON') THEN subscriptions_1.grace_days ELSE 0 END, 'infinity'::date) >= $3::DATE) THEN 'GRACE_PERIOD' ELSE 'EXPIRED' END AS status, CAST(subscriptions_1.expires_on AS TEXT) AS "expiresOn", subscriptions_1.license_count AS "licenseCount") AS anon_2 ON true
WHERE subscriptions_1.account_id = $1::UUID AND subscriptions_1.id = $2::UUID AND (EXISTS (SELECT 1
FROM memberships AS memberships_1
WHERE memberships_1.account_id = subscriptions_1.account_id AND memberships_1.user_id = $4::UUID AND memberships_1.status = 'ACTIVE'))
 LIMIT 1) AS subscription) AS anon_1
