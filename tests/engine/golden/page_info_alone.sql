SELECT convert_to('{"account":' || (coalesce((SELECT '{"subscriptions":' || ((SELECT (('{"pageInfo":{"hasNextPage":' || CAST(anon_2."#count" > $1::INTEGER AS TEXT)) || (',"hasPreviousPage":' || CAST(false AS TEXT))) || ((',"startCursor":' || coalesce(CAST(to_json(anon_2."#cursors"[1]) AS TEXT), 'null')) || (',"endCursor":' || (coalesce(CAST(to_json(anon_2."#cursors"[cardinality(anon_2."#cursors")]) AS TEXT), 'null') || '}}'))) AS anon_1
FROM (SELECT count(anon_3."#position") AS "#count", array_agg(anon_3."#cursor") FILTER (WHERE anon_3."#position" <= $1::INTEGER) AS "#cursors"
FROM (SELECT anon_4."#position" AS "#position", 'ENDS_ON~' || CAST(anon_4.id AS TEXT) || '~' || CAST(coalesce(anon_4.expires_on, 'infinity'::date) AS TEXT) AS "#cursor"
FROM (SELECT subscriptions_1.account_id AS account_id, subscriptions_1.id AS id, subscriptions_1.number AS number, subscriptions_1.display_name AS display_name, subscriptions_1.product_code AS product_code, subscriptions_1.auto_renewal AS auto_renewal, subscriptions_1.start_trigger AS start_trigger, subscriptions_1.channel AS channel, subscriptions_1.activated_on AS activated_on, subscriptions_1.expires_on AS expires_on, subscriptions_1.term_months AS term_months, subscriptions_1.license_count AS license_count, subscriptions_1.grace_days AS grace_days, subscriptions_1.is_trial AS is_trial, subscriptions_1.suspended_at AS suspended_at, subscriptions_1.payment_method_id AS payment_method_id, subscriptions_1.created_at AS created_at, row_number() OVER (ORDER BY coalesce(subscriptions_1.expires_on, 'infinity'::date) ASC, subscriptions_1.id ASC) AS "#position", coalesce(subscriptions_1.expires_on, 'infinity'::date) AS "#order0", subscriptions_1.id AS "#order1"
FROM subscriptions AS subscriptions_1
WHERE subscriptions_1.account_id = $2::UUID ORDER BY coalesce(subscriptions_1.expires_on, 'infinity'::date) ASC, subscriptions_1.id ASC
 LIMIT $1::INTEGER + 1) AS anon_4 ORDER BY anon_4."#order0" ASC, anon_4."#order1" ASC) AS anon_3) AS anon_2) || '}') AS json
FROM accounts AS accounts_1
WHERE accounts_1.id = $2::UUID AND (EXISTS (SELECT 1
FROM memberships AS memberships_1
WHERE memberships_1.account_id = accounts_1.id AND memberships_1.user_id = $3::UUID AND memberships_1.status = 'ACTIVE'))
 LIMIT 1), 'null') || '}'), 'UTF8') AS convert_to_1
