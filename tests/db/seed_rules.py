"""What holds in every seeded database, as SQL, and all that is in one, as text."""

from datetime import date

from asyncpg import Connection, Record

from db.tables import Base

# Encrypted anew each time, or of the hour.
VOLATILE_COLUMNS = {("license_key_index", "ciphertext"), ("demo_marks", "created_at")}
STATUS = """
    CASE WHEN suspended_at IS NOT NULL THEN 'SUSPENDED'
         WHEN activated_on IS NULL OR activated_on > $1 THEN 'PENDING'
         WHEN expires_on IS NULL OR $1 <= expires_on THEN 'ACTIVE'
         WHEN auto_renewal = 'ON' AND $1 <= expires_on + grace_days THEN 'GRACE_PERIOD'
         ELSE 'EXPIRED' END
"""
# Each selects the rows that break the rule it is named after; $1 is today.
RULES = {
    "used counts the active devices of a key": """
        SELECT k.id FROM license_keys k
         WHERE k.used <> (SELECT count(*) FROM activations a
                           WHERE (a.account_id, a.license_key_id) = (k.account_id, k.id) AND a.status = 'ACTIVE')""",
    "live reserved quotas and the seats used outside them fit the licences": """
        SELECT s.id FROM subscriptions s
          JOIN license_keys k ON (k.account_id, k.subscription_id) = (s.account_id, s.id)
         GROUP BY s.account_id, s.id, s.license_count
        HAVING sum(CASE WHEN allocation = 'RESERVED' AND coalesce(k.expires_on, 'infinity') >= $1
                        THEN quota ELSE used END) > s.license_count""",
    "a subscription has one primary key": """
        SELECT s.id FROM subscriptions s
         WHERE 1 <> (SELECT count(*) FROM license_keys k
                      WHERE (k.account_id, k.subscription_id) = (s.account_id, s.id) AND k.kind = 'PRIMARY')""",
    "products are split only as they allow": """
        SELECT k.id FROM license_keys k JOIN subscriptions s ON (s.account_id, s.id) = (k.account_id, k.subscription_id)
          JOIN products p ON p.code = s.product_code
         WHERE allocation IS NOT NULL AND NOT sublicenses_supported
            OR allocation = 'DYNAMIC' AND NOT dynamic_allocation_supported OR k.expires_on > s.expires_on""",
    "every registered key is in the index, as it is": """
        SELECT k.id FROM license_keys k
          LEFT JOIN license_key_index i ON i.license_key_id = k.id AND i.account_id = k.account_id
           AND i.subscription_id = k.subscription_id AND i.kind = k.kind AND i.tail = k.tail
           AND i.blocked_at IS NOT DISTINCT FROM k.blocked_at
         WHERE i.digest IS NULL""",
    "a claimed key is in its account, an unclaimed one has its terms": """
        SELECT i.license_key_id FROM license_key_index i LEFT JOIN license_keys k ON k.id = i.license_key_id
          LEFT JOIN issued_subscriptions s ON s.id = i.subscription_id
         WHERE (k.id IS NULL) <> (i.account_id IS NULL) OR s.id IS NULL""",
    "a subscription is what was issued": """
        SELECT s.id FROM subscriptions s LEFT JOIN issued_subscriptions i
            ON (i.id, i.number, i.product_code, i.term_months, i.license_count, i.channel, i.start_trigger, i.is_trial,
                i.grace_days) = (s.id, s.number, s.product_code, s.term_months, s.license_count, s.channel,
                s.start_trigger, s.is_trial, s.grace_days)
           AND (i.auto_renewal = 'NOT_AVAILABLE') = (s.auto_renewal = 'NOT_AVAILABLE')
           AND ARRAY(SELECT e ->> 'productCode' || (e ->> 'quantity') FROM jsonb_array_elements(i.items) e ORDER BY 1)
             = ARRAY(SELECT product_code || quantity FROM subscription_items o
                      WHERE (o.account_id, o.subscription_id) = (s.account_id, s.id) ORDER BY 1)
         WHERE i.id IS NULL""",
    "grace is the product's and the audience fits the account": """
        SELECT s.id FROM subscriptions s
          JOIN products p ON p.code = s.product_code JOIN accounts a ON a.id = account_id
         WHERE s.grace_days <> p.grace_days OR p.audience <> a.kind
            OR p.grace_days <> CASE WHEN p.audience = 'BUSINESS' THEN 30 ELSE 7 END""",
    "the end is whole terms after the start": """
        SELECT s.id FROM subscriptions s WHERE (expires_on IS NULL) <> (activated_on IS NULL OR term_months = 0)
            OR expires_on IS NOT NULL AND NOT EXISTS (SELECT FROM generate_series(1, 48) n
                 WHERE activated_on + make_interval(months => n * term_months) = expires_on)""",
    "renewal is ON only with a method that can renew": """
        SELECT s.id FROM subscriptions s
          JOIN payment_methods m ON (m.account_id, m.id) = (s.account_id, payment_method_id)
         WHERE auto_renewal = 'ON' AND (removed_at IS NOT NULL OR m.expires_on < $1
               OR kind NOT IN ('CREDIT_CARD', 'PAYPAL', 'DIRECT_DEBIT'))""",
    "renewal is not available exactly for trials, one-time purchases and app stores": """
        SELECT id FROM subscriptions
         WHERE (auto_renewal = 'NOT_AVAILABLE') <> (is_trial OR term_months = 0 OR channel = 'APP_STORE')""",
    "no account has more of a product than it may, or a trial beside its purchase": f"""
        SELECT account_id FROM (SELECT *, {STATUS} AS status FROM subscriptions) s
          JOIN products p ON p.code = product_code
         WHERE status IN ('PENDING', 'ACTIVE', 'GRACE_PERIOD') GROUP BY account_id, product_code
        HAVING count(*) FILTER (WHERE NOT is_trial) > min(max_per_account)
            OR bool_or(is_trial) AND NOT bool_and(is_trial)""",
    "only what has started has devices": """
        SELECT s.id FROM subscriptions s JOIN activations a ON (a.account_id, subscription_id) = (s.account_id, s.id)
         WHERE activated_on IS NULL OR activated_on > $1 OR activated_at::date < activated_on
            OR last_seen_at < activated_at OR last_seen_at >= $1""",
    "a suspended subscription is a trial": """
        SELECT id FROM subscriptions WHERE suspended_at IS NOT NULL AND NOT is_trial""",
    "the lines of an order add up, in its currency and its digits": """
        SELECT o.id FROM orders o LEFT JOIN order_lines l ON (l.account_id, l.order_id) = (o.account_id, o.id)
         GROUP BY o.account_id, o.id, o.total, o.currency
        HAVING sum(quantity * unit_price) IS DISTINCT FROM o.total OR bool_or(l.currency <> o.currency)
            OR scale(o.total) <> CASE o.currency WHEN 'JPY' THEN 0 ELSE 2 END
            OR bool_or(scale(unit_price) <> scale(o.total)) OR min(position) <> 1 OR max(position) <> count(*)""",
    "licences were bought in paid orders": """
        SELECT s.id FROM subscriptions s JOIN orders o ON (o.account_id, o.subscription_id) = (s.account_id, s.id)
          JOIN order_lines l ON (l.account_id, l.order_id, l.product_code) = (o.account_id, o.id, s.product_code)
         WHERE kind <> 'RENEWAL' AND (status = 'PAID' OR kind = 'NEW')
         GROUP BY s.account_id, s.id, s.license_count HAVING sum(quantity) <> s.license_count""",
    "what began with its purchase was paid for": """
        SELECT s.id FROM subscriptions s JOIN orders o ON (o.account_id, o.subscription_id) = (s.account_id, s.id)
         WHERE kind = 'NEW' AND start_trigger = 'ON_PURCHASE' AND (status = 'PAID') <> (activated_on IS NOT NULL)""",
    "a paid renewal has renewed, and nothing else": """
        SELECT id FROM orders WHERE (renewed_at IS NOT NULL) <> (kind = 'RENEWAL' AND status = 'PAID')""",
    "every account has an active owner, and a personal one nobody else": """
        SELECT a.id FROM accounts a LEFT JOIN memberships m ON m.account_id = a.id GROUP BY a.id
        HAVING count(*) FILTER (WHERE role = 'OWNER' AND status = 'ACTIVE') <> 1
            OR a.kind = 'PERSONAL' AND (count(*) <> 1 OR min(user_id::text) <> a.id::text)""",
    "every user has a personal account": """
        SELECT u.id FROM users u WHERE NOT EXISTS (SELECT FROM accounts a WHERE a.id = u.id AND a.kind = 'PERSONAL')""",
    "grants are for members who are not admins": """
        SELECT m.id FROM license_key_grants g JOIN memberships m ON (m.account_id, m.id) = (g.account_id, membership_id)
         WHERE role <> 'MEMBER' OR status <> 'ACTIVE'""",
    "an audit event is about a row of its account": """
        SELECT e.id FROM audit_events e LEFT JOIN (
            SELECT 'Account' AS type, id AS account_id, id FROM accounts UNION ALL
            SELECT 'Membership', account_id, id FROM memberships UNION ALL
            SELECT 'PaymentMethod', account_id, id FROM payment_methods UNION ALL
            SELECT 'Subscription', account_id, id FROM subscriptions UNION ALL
            SELECT 'LicenseKey', account_id, id FROM license_keys UNION ALL
            SELECT 'Activation', account_id, id FROM activations UNION ALL
            SELECT 'Order', account_id, id FROM orders
        ) r ON (r.type, r.account_id, r.id) = (subject_type, e.account_id, subject_id)
         WHERE r.id IS NULL OR occurred_at >= $1""",
    "what happened to a subscription that nobody has is told until somebody has it": """
        SELECT i.license_key_id FROM license_key_index i
          LEFT JOIN (SELECT subscription_id, bool_or(action = 'subscription.issued' AND subject_id = subscription_id)
                            AS issued, bool_or(action = 'license_key.blocked') AS blocked, max(occurred_at) AS at
                       FROM issued_events GROUP BY 1) e ON e.subscription_id = i.subscription_id
         WHERE CASE WHEN i.account_id IS NULL
                    THEN issued IS NOT TRUE OR blocked <> (blocked_at IS NOT NULL) OR at >= $1
                    ELSE at IS NOT NULL END""",
    "nothing happened before its account was opened, or after today began": """
        SELECT a.id FROM accounts a CROSS JOIN LATERAL (
            SELECT placed_at AS at FROM orders WHERE account_id = a.id UNION ALL
            SELECT created_at FROM subscriptions WHERE account_id = a.id UNION ALL
            SELECT since FROM memberships WHERE account_id = a.id UNION ALL
            SELECT registered_at FROM license_keys WHERE account_id = a.id UNION ALL
            SELECT created_at FROM payment_methods WHERE account_id = a.id) happened
         WHERE at < a.created_at OR at >= $1""",
}  # fmt: skip


async def violations(conn: Connection, today: date) -> dict[str, list[Record]]:
    """The rules that some row breaks, with those rows."""
    rows_by_rule = {}
    for rule, sql in RULES.items():
        rows_by_rule[rule] = await conn.fetch(sql.replace("$1", "$1::date"), *([today] if "$1" in sql else []))
    return {rule: rows for rule, rows in rows_by_rule.items() if rows}


async def contents(conn: Connection) -> dict[str, list[str]]:
    """Every row there is, as text."""
    rows_by_table = {}
    for table in Base.metadata.sorted_tables:
        columns = ", ".join(f't."{c.name}"' for c in table.columns if (table.name, c.name) not in VOLATILE_COLUMNS)
        rows = await conn.fetch(f"SELECT row({columns})::text AS row FROM {table.name} t ORDER BY 1")
        rows_by_table[table.name] = [row["row"] for row in rows]
    return rows_by_table
