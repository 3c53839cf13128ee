SELECT convert_to(coalesce((
  SELECT '{"id":"acc_' || account.id || '","name":' || to_json(account.name)::text
         || ',"productOverviews":[' || coalesce(overviews.json, '') || '],"subscriptions":{"totalCount":'
         || (SELECT count(*) FROM subscriptions WHERE account_id = $1)
         || ',"nodes":[' || (coalesce(nodes.json, '') || ']}}')
    FROM accounts AS account
   CROSS JOIN (SELECT string_agg(overview.json, ',') AS json FROM (
     SELECT '{"product":' || product.json || ',"activeSubscriptions":' || box.active
            || ',"expiringSoon":' || box.soon || ',"inGracePeriod":' || box.in_grace || ',"expired":' || box.expired
            || ',"licenses":' || box.licenses || ',"licensesUsed":' || box.used
            || ',"nextRenewalOn":' || coalesce('"' || box.next_renewal_on || '"', 'null')
            || ',"nextExpirationOn":' || coalesce('"' || box.next_expiration_on || '"', 'null') || '}' AS json
       FROM (SELECT product_code,
                    count(*) FILTER (WHERE usable) AS active,
                    count(*) FILTER (WHERE soon) AS soon,
                    count(*) FILTER (WHERE status = 'GRACE_PERIOD') AS in_grace,
                    count(*) FILTER (WHERE status = 'EXPIRED') AS expired,
                    coalesce(sum(license_count) FILTER (WHERE usable), 0) AS licenses,
                    coalesce(sum(used) FILTER (WHERE usable), 0) AS used,
                    min(expires_on) FILTER (WHERE auto_renewal = 'ON' AND (usable OR status = 'PENDING')
                                              AND expires_on >= $2) AS next_renewal_on,
                    min(expires_on) FILTER (WHERE status = 'ACTIVE' AND auto_renewal <> 'ON') AS next_expiration_on
               FROM (SELECT *, status IN ('ACTIVE', 'GRACE_PERIOD') AS usable,
                            status = 'ACTIVE' AND auto_renewal <> 'ON' AND expires_on <= $2 + 30 AS soon
                       FROM (SELECT *, CASE
                                    WHEN suspended_at IS NOT NULL THEN 'SUSPENDED'
                                    WHEN activated_on IS NULL OR activated_on > $2 THEN 'PENDING'
                                    WHEN coalesce(expires_on, 'infinity'::date) >= $2 THEN 'ACTIVE'
                                    WHEN auto_renewal = 'ON' AND expires_on + grace_days >= $2 THEN 'GRACE_PERIOD'
                                    ELSE 'EXPIRED' END AS status
                               FROM subscriptions WHERE account_id = $1) AS dated
                       LEFT JOIN (SELECT subscription_id, sum(used) AS used FROM license_keys
                                   WHERE account_id = $1 AND coalesce(expires_on, 'infinity'::date) >= $2
                                   GROUP BY subscription_id) AS k ON k.subscription_id = dated.id
                    ) AS s
              GROUP BY product_code) AS box
       LEFT JOIN (
         SELECT code, '{"code":' || to_json(code)::text || ',"name":' || to_json(name)::text || '}' AS json
           FROM products
       ) AS product ON product.code = box.product_code
      ORDER BY box.product_code
   ) AS overview) AS overviews
   CROSS JOIN (SELECT string_agg(node.json, ',') AS json FROM (
     SELECT '{"id":"sub_' || s.account_id || '_' || s.id || '","number":' || to_json(s.number)::text
            || ',"displayName":' || to_json(s.display_name)::text
            || ',"status":"' || CASE WHEN s.suspended_at IS NOT NULL THEN 'SUSPENDED'
                                     WHEN s.activated_on IS NULL OR s.activated_on > $2 THEN 'PENDING'
                                     WHEN s.ends_on >= $2 THEN 'ACTIVE'
                                     WHEN s.auto_renewal = 'ON' AND s.expires_on + s.grace_days >= $2
                                       THEN 'GRACE_PERIOD'
                                     ELSE 'EXPIRED' END
            || '","autoRenewal":"' || s.auto_renewal
            || '","activatedOn":' || coalesce('"' || s.activated_on || '"', 'null')
            || ',"expiresOn":' || coalesce('"' || s.expires_on || '"', 'null')
            || ',"termMonths":' || s.term_months || ',"licenseCount":' || s.license_count
            || ',"isTrial":' || s.is_trial || ',"channel":"' || s.channel
            || '","seats":{"total":' || s.license_count || ',"used":' || seats.used || ',"reserved":' || seats.reserved
            || ',"available":' || s.license_count - seats.taken || '},"product":' || product.json
            || (',"licenseKeys":{"nodes":[' || coalesce(keys.json, '') || ']},"orders":{"nodes":['
                || coalesce(orders.json, '') || ']},"paymentMethod":' || coalesce(method.json, 'null') || '}') AS json
       FROM (SELECT *, coalesce(expires_on, 'infinity'::date) AS ends_on FROM subscriptions
              WHERE account_id = $1 ORDER BY ends_on, id LIMIT 20) AS s
      CROSS JOIN LATERAL (
         SELECT coalesce(sum(used), 0) AS used,
                coalesce(sum(quota) FILTER (WHERE allocation = 'RESERVED'), 0) AS reserved,
                coalesce(sum(CASE WHEN allocation = 'RESERVED' THEN quota ELSE used END), 0) AS taken
           FROM license_keys
          WHERE account_id = $1 AND subscription_id = s.id AND coalesce(expires_on, 'infinity'::date) >= $2
       ) AS seats
       LEFT JOIN (
         SELECT code, '{"code":' || to_json(code)::text || ',"name":' || to_json(name)::text
                || ',"edition":' || coalesce(to_json(edition)::text, 'null') || ',"graceDays":' || grace_days
                || '}' AS json
           FROM products
       ) AS product ON product.code = s.product_code
      CROSS JOIN LATERAL (
         SELECT string_agg(
                  '{"id":"key_' || account_id || '_' || id || '","name":' || coalesce(to_json(name)::text, 'null')
                  || ',"kind":"' || kind || '","allocation":' || coalesce('"' || allocation || '"', 'null')
                  || ',"quota":' || coalesce(quota::text, 'null') || ',"used":' || used || ',"registeredAt":'
                  || coalesce('"' || to_char(registered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '"',
                              'null') || '}', ',') AS json
           FROM (SELECT * FROM license_keys WHERE account_id = $1 AND subscription_id = s.id
                  ORDER BY kind, id LIMIT 5) AS key
       ) AS keys
      CROSS JOIN LATERAL (
         SELECT string_agg(
                  '{"id":"ord_' || account_id || '_' || id || '","number":' || to_json(number)::text || ',"placedAt":"'
                  || to_char(placed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
                  || '","status":"' || status || '","kind":"' || kind
                  || '","total":{"amount":"' || total || '","currency":"' || currency
                  || '"},"lines":[' || coalesce(lines.json, '') || ']}', ',') AS json
           FROM (SELECT * FROM orders WHERE account_id = $1 AND subscription_id = s.id
                  ORDER BY placed_at DESC, id DESC LIMIT 5) AS placed
          CROSS JOIN LATERAL (SELECT string_agg(line.json, ',') AS json FROM (
            SELECT '{"quantity":' || l.quantity || ',"product":' || sold.json
                   || ',"unitPrice":{"amount":"' || l.unit_price || '","currency":"' || l.currency || '"}}' AS json
              FROM order_lines AS l
              LEFT JOIN (
                SELECT code, '{"name":' || to_json(name)::text || '}' AS json FROM products
              ) AS sold ON sold.code = l.product_code
             WHERE l.account_id = $1 AND l.order_id = placed.id
             ORDER BY l.position
          ) AS line) AS lines
       ) AS orders
       LEFT JOIN (
         SELECT id, '{"id":"pay_' || account_id || '_' || id || '","kind":"' || kind
                || '","brand":' || coalesce(to_json(brand)::text, 'null')
                || ',"last4":' || coalesce(to_json(last4)::text, 'null')
                || ',"expiresOn":' || coalesce('"' || expires_on || '"', 'null') || '}' AS json
           FROM payment_methods WHERE account_id = $1 AND removed_at IS NULL
       ) AS method ON method.id = s.payment_method_id
      ORDER BY s.ends_on, s.id
   ) AS node) AS nodes
   WHERE account.id = $1
), 'null'), 'UTF8')
