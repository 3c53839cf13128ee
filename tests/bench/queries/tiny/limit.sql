SELECT convert_to(coalesce((
  SELECT row_to_json(subscription)::text FROM (
    SELECT number, display_name AS "displayName", auto_renewal AS "autoRenewal", activated_on AS "activatedOn",
           expires_on AS "expiresOn", license_count AS "licenseCount"
      FROM subscriptions WHERE account_id = $1 AND id = $2
  ) AS subscription
), 'null'), 'UTF8')
