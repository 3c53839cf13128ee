SELECT row_to_json(answer) FROM (
  SELECT (SELECT json_agg(row_to_json(account)) FROM (
    SELECT (SELECT row_to_json(connection) FROM (
      SELECT coalesce(json_agg(row_to_json(node)), '[]') AS nodes FROM (
        SELECT s.number, s.display_name AS "displayName", s.auto_renewal AS "autoRenewal",
               s.activated_on AS "activatedOn", s.expires_on AS "expiresOn", s.license_count AS "licenseCount",
               product.product, owner.account, keys."licenseKeys"
          FROM (SELECT * FROM subscriptions WHERE account_id = a.id
                 ORDER BY coalesce(expires_on, 'infinity'::date), id LIMIT $2) AS s
          LEFT JOIN LATERAL (SELECT row_to_json(p) AS product FROM (
                 SELECT code, name FROM products WHERE code = s.product_code LIMIT 1
               ) AS p) AS product ON true
          LEFT JOIN LATERAL (SELECT row_to_json(o) AS account FROM (
                 SELECT name FROM accounts WHERE id = s.account_id LIMIT 1
               ) AS o) AS owner ON true
          LEFT JOIN LATERAL (SELECT row_to_json(c) AS "licenseKeys" FROM (
                 SELECT coalesce(json_agg(row_to_json(k)), '[]') AS nodes FROM (
                   SELECT name, kind, used FROM license_keys
                    WHERE account_id = s.account_id AND subscription_id = s.id
                    ORDER BY license_keys.kind, id LIMIT 3
                 ) AS k) AS c) AS keys ON true
      ) AS node
    ) AS connection) AS subscriptions
      FROM unnest($1::uuid[]) WITH ORDINALITY AS given (id, position) JOIN accounts a USING (id)
     ORDER BY given.position
  ) AS account) AS nodes
) AS answer
