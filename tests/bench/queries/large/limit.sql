SELECT convert_to(coalesce((
  SELECT '{"name":' || to_json(account.name)::text || ',"subscriptions":{"totalCount":'
         || (SELECT count(*) FROM subscriptions WHERE account_id = $1 AND auto_renewal = $2)
         || ',"nodes":[' || (coalesce(nodes.json, '') || ']}}')
    FROM accounts AS account
   CROSS JOIN (SELECT string_agg(node.json, ',') AS json FROM (
     SELECT '{"number":' || to_json(s.number)::text || ',"displayName":' || to_json(s.display_name)::text
            || ',"autoRenewal":"' || s.auto_renewal
            || '","activatedOn":' || coalesce('"' || s.activated_on || '"', 'null')
            || ',"expiresOn":' || coalesce('"' || s.expires_on || '"', 'null')
            || ',"termMonths":' || s.term_months || ',"licenseCount":' || s.license_count
            || ',"isTrial":' || s.is_trial || ',"channel":"' || s.channel || '","product":' || product.json
            || (',"licenseKeys":{"nodes":[' || coalesce(keys.json, '') || ']},"orders":{"nodes":['
                || coalesce(orders.json, '') || ']},"paymentMethod":' || coalesce(method.json, 'null') || '}') AS json
       FROM (SELECT *, coalesce(expires_on, 'infinity'::date) AS ends_on FROM subscriptions
              WHERE account_id = $1 AND auto_renewal = $2 ORDER BY ends_on, id LIMIT 20) AS s
       LEFT JOIN (
         SELECT code, '{"code":' || to_json(code)::text || ',"name":' || to_json(name)::text
                || ',"edition":' || coalesce(to_json(edition)::text, 'null') || ',"graceDays":' || grace_days
                || '}' AS json
           FROM products
       ) AS product ON product.code = s.product_code
      CROSS JOIN LATERAL (
         SELECT string_agg(
                  '{"name":' || coalesce(to_json(name)::text, 'null') || ',"kind":"' || kind
                  || '","allocation":' || coalesce('"' || allocation || '"', 'null')
                  || ',"quota":' || coalesce(quota::text, 'null') || ',"used":' || used || ',"registeredAt":'
                  || coalesce('"' || to_char(registered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '"',
                              'null') || '}', ',') AS json
           FROM (SELECT * FROM license_keys WHERE account_id = $1 AND subscription_id = s.id
                  ORDER BY kind, id LIMIT 5) AS key
       ) AS keys
      CROSS JOIN LATERAL (
         SELECT string_agg(
                  '{"number":' || to_json(number)::text || ',"placedAt":"'
                  || to_char(placed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
                  || '","status":"' || status || '","kind":"' || kind || '"}', ',') AS json
           FROM (SELECT * FROM orders WHERE account_id = $1 AND subscription_id = s.id
                  ORDER BY placed_at DESC, id DESC LIMIT 5) AS placed
       ) AS orders
       LEFT JOIN (
         SELECT id, '{"kind":"' || kind || '","brand":' || coalesce(to_json(brand)::text, 'null')
                || ',"last4":' || coalesce(to_json(last4)::text, 'null')
                || ',"expiresOn":' || coalesce('"' || expires_on || '"', 'null') || '}' AS json
           FROM payment_methods WHERE account_id = $1 AND removed_at IS NULL
       ) AS method ON method.id = s.payment_method_id
      ORDER BY s.ends_on, s.id
   ) AS node) AS nodes
   WHERE account.id = $1
), 'null'), 'UTF8')
