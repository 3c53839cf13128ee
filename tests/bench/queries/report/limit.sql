SELECT convert_to(coalesce(string_agg(account.json, ','), ''), 'UTF8') FROM (
  SELECT '{"subscriptions":{"nodes":[' || (coalesce(nodes.json, '') || ']}}') AS json
    FROM unnest($1::uuid[]) WITH ORDINALITY AS given (id, position)
    JOIN accounts AS owner USING (id)
   CROSS JOIN LATERAL (SELECT string_agg(node.json, ',') AS json FROM (
     SELECT '{"number":' || to_json(s.number)::text || ',"displayName":' || to_json(s.display_name)::text
            || ',"autoRenewal":"' || s.auto_renewal
            || '","activatedOn":' || coalesce('"' || s.activated_on || '"', 'null')
            || ',"expiresOn":' || coalesce('"' || s.expires_on || '"', 'null') || ',"licenseCount":' || s.license_count
            || ',"product":' || product.json || ',"account":{"name":' || to_json(owner.name)::text
            || ('},"licenseKeys":{"nodes":[' || coalesce(keys.json, '') || ']}}') AS json
       FROM (SELECT *, coalesce(expires_on, 'infinity'::date) AS ends_on FROM subscriptions
              WHERE account_id = given.id ORDER BY ends_on, id LIMIT $2) AS s
       LEFT JOIN (
         SELECT code, '{"code":' || to_json(code)::text || ',"name":' || to_json(name)::text || '}' AS json
           FROM products
       ) AS product ON product.code = s.product_code
      CROSS JOIN LATERAL (
         SELECT string_agg(
                  '{"name":' || coalesce(to_json(name)::text, 'null') || ',"kind":"' || kind
                  || '","used":' || used || '}', ',') AS json
           FROM (SELECT * FROM license_keys WHERE account_id = given.id AND subscription_id = s.id
                  ORDER BY kind, id LIMIT 3) AS key
       ) AS keys
      ORDER BY s.ends_on, s.id
   ) AS node) AS nodes
   ORDER BY given.position
) AS account
