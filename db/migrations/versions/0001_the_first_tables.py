"""The first tables."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # Search within one account as an index scan. Both are trusted: the owner of the database may create them.
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gin")
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('PERSONAL', 'BUSINESS')", name=op.f("accounts_kind_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("accounts_pkey")),
    )
    op.create_table(
        "demo_marks",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seeded_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("demo_marks_id_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("demo_marks_pkey")),
    )
    op.create_table(
        "idempotency_records",
        sa.Column("viewer", sa.Text(), nullable=False),
        sa.Column("mutation", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("input_digest", sa.LargeBinary(), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("viewer", "mutation", "key", name=op.f("idempotency_records_pkey")),
    )
    op.create_index("idempotency_records_created_at_idx", "idempotency_records", ["created_at"], unique=False)
    op.create_table(
        "key_attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("key_attempts_pkey")),
    )
    op.create_index("key_attempts_address_idx", "key_attempts", ["address", "attempted_at"], unique=False)
    op.create_index("key_attempts_attempted_at_idx", "key_attempts", ["attempted_at"], unique=False)
    op.create_index("key_attempts_user_id_idx", "key_attempts", ["user_id", "attempted_at"], unique=False)
    op.create_table(
        "products",
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=True),
        sa.Column("audience", sa.Text(), nullable=True),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column("max_per_account", sa.Integer(), nullable=True),
        sa.Column("sublicenses_supported", sa.Boolean(), nullable=False),
        sa.Column("dynamic_allocation_supported", sa.Boolean(), nullable=False),
        sa.CheckConstraint("audience IN ('PERSONAL', 'BUSINESS')", name=op.f("products_audience_check")),
        sa.CheckConstraint("code ~ '^[a-z0-9][a-z0-9-]{0,62}$'", name=op.f("products_code_check")),
        sa.CheckConstraint("grace_days BETWEEN 0 AND 90", name=op.f("products_grace_days_check")),
        sa.CheckConstraint("max_per_account > 0", name=op.f("products_max_per_account_check")),
        sa.PrimaryKeyConstraint("code", name=op.f("products_pkey")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("email_verified", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("users_pkey")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("users_issuer_subject_unique")),
    )
    op.create_table(
        "audit_events",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_user_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("audit_events_account_id_fkey")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("audit_events_pkey")),
    )
    op.create_index(
        "audit_events_action_idx", "audit_events", ["account_id", "action", "occurred_at", "id"], unique=False
    )
    op.create_index("audit_events_occurred_at_idx", "audit_events", ["account_id", "occurred_at", "id"], unique=False)
    op.create_table(
        "issued_subscriptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("product_code", sa.Text(collation="C"), nullable=False),
        sa.Column("term_months", sa.Integer(), nullable=False),
        sa.Column("license_count", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("start_trigger", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("is_trial", sa.Boolean(), nullable=False),
        sa.Column("auto_renewal", sa.Text(), nullable=False),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "auto_renewal IN ('ON', 'OFF', 'NOT_AVAILABLE')", name=op.f("issued_subscriptions_auto_renewal_check")
        ),
        sa.CheckConstraint(
            "channel IN ('ONLINE_STORE', 'SALES_REP', 'RESELLER', 'APP_STORE')",
            name=op.f("issued_subscriptions_channel_check"),
        ),
        sa.CheckConstraint(
            "start_trigger IN ('ON_PURCHASE', 'ON_KEY_REGISTRATION', 'ON_FIRST_ACTIVATION', 'ON_FIXED_DATE')",
            name=op.f("issued_subscriptions_start_trigger_check"),
        ),
        sa.CheckConstraint("grace_days BETWEEN 0 AND 90", name=op.f("issued_subscriptions_grace_days_check")),
        sa.CheckConstraint("license_count > 0", name=op.f("issued_subscriptions_license_count_check")),
        sa.CheckConstraint("term_months >= 0", name=op.f("issued_subscriptions_term_months_check")),
        sa.ForeignKeyConstraint(
            ["product_code"], ["products.code"], name=op.f("issued_subscriptions_product_code_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("issued_subscriptions_pkey")),
        sa.UniqueConstraint("number", name=op.f("issued_subscriptions_number_unique")),
    )
    op.create_table(
        "license_key_index",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("lookup_secret_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("license_key_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("encryption_secret_id", sa.Text(), nullable=False),
        sa.Column("tail", sa.Text(), nullable=False),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('PRIMARY', 'SUBLICENSE')", name=op.f("license_key_index_kind_check")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("license_key_index_account_id_fkey")),
        sa.PrimaryKeyConstraint("digest", name=op.f("license_key_index_pkey")),
        sa.UniqueConstraint("license_key_id", name=op.f("license_key_index_license_key_id_unique")),
    )
    op.create_index("license_key_index_subscription_id_idx", "license_key_index", ["subscription_id"], unique=False)
    op.create_table(
        "memberships",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('OWNER', 'ADMIN', 'MEMBER')", name=op.f("memberships_role_check")),
        sa.CheckConstraint("status <> 'INVITED' OR email IS NOT NULL", name=op.f("memberships_email_check")),
        sa.CheckConstraint("status = 'INVITED' OR user_id IS NOT NULL", name=op.f("memberships_user_id_check")),
        sa.CheckConstraint("status IN ('INVITED', 'ACTIVE', 'BLOCKED')", name=op.f("memberships_status_check")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("memberships_account_id_fkey")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("memberships_user_id_fkey")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("memberships_pkey")),
        sa.UniqueConstraint("account_id", "user_id", name=op.f("memberships_account_id_user_id_unique")),
    )
    op.create_index(
        "memberships_account_id_invited_email_unique",
        "memberships",
        ["account_id", sa.literal_column("lower(email)")],
        unique=True,
        postgresql_where=sa.text("status = 'INVITED'"),
    )
    op.create_index(
        "memberships_invited_email_idx",
        "memberships",
        [sa.literal_column("lower(email)")],
        unique=False,
        postgresql_where=sa.text("status = 'INVITED'"),
    )
    op.create_index("memberships_since_idx", "memberships", ["account_id", "since", "id"], unique=False)
    op.create_index("memberships_user_id_idx", "memberships", ["user_id", "account_id"], unique=False)
    op.create_table(
        "payment_methods",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("last4", sa.Text(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("holder_name", sa.Text(), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('CREDIT_CARD', 'PAYPAL', 'DIRECT_DEBIT', 'WIRE_TRANSFER', 'INVOICE', 'APP_STORE')",
            name=op.f("payment_methods_kind_check"),
        ),
        sa.CheckConstraint("last4 ~ '^[0-9]{4}$'", name=op.f("payment_methods_last4_check")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("payment_methods_account_id_fkey")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("payment_methods_pkey")),
    )
    op.create_index(
        "payment_methods_account_id_default_unique",
        "payment_methods",
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("is_default AND removed_at IS NULL"),
    )
    op.create_index(
        "payment_methods_account_id_token_unique",
        "payment_methods",
        ["account_id", "token"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "subscriptions",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("product_code", sa.Text(collation="C"), nullable=False),
        sa.Column("auto_renewal", sa.Text(), nullable=False),
        sa.Column("start_trigger", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("activated_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("term_months", sa.Integer(), nullable=False),
        sa.Column("license_count", sa.Integer(), nullable=False),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column("is_trial", sa.Boolean(), nullable=False),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("payment_method_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "auto_renewal <> 'ON' OR payment_method_id IS NOT NULL",
            name=op.f("subscriptions_auto_renewal_payment_method_id_check"),
        ),
        sa.CheckConstraint(
            "auto_renewal IN ('ON', 'OFF', 'NOT_AVAILABLE')", name=op.f("subscriptions_auto_renewal_check")
        ),
        sa.CheckConstraint(
            "channel IN ('ONLINE_STORE', 'SALES_REP', 'RESELLER', 'APP_STORE')",
            name=op.f("subscriptions_channel_check"),
        ),
        sa.CheckConstraint(
            "start_trigger IN ('ON_PURCHASE', 'ON_KEY_REGISTRATION', 'ON_FIRST_ACTIVATION', 'ON_FIXED_DATE')",
            name=op.f("subscriptions_start_trigger_check"),
        ),
        sa.CheckConstraint("grace_days BETWEEN 0 AND 90", name=op.f("subscriptions_grace_days_check")),
        sa.CheckConstraint("license_count > 0", name=op.f("subscriptions_license_count_check")),
        sa.CheckConstraint("term_months >= 0", name=op.f("subscriptions_term_months_check")),
        sa.ForeignKeyConstraint(
            ["account_id", "payment_method_id"],
            ["payment_methods.account_id", "payment_methods.id"],
            name=op.f("subscriptions_account_id_payment_method_id_fkey"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("subscriptions_account_id_fkey")),
        sa.ForeignKeyConstraint(["product_code"], ["products.code"], name=op.f("subscriptions_product_code_fkey")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("subscriptions_pkey")),
        sa.UniqueConstraint("account_id", "number", name=op.f("subscriptions_account_id_number_unique")),
    )
    op.create_index(
        "subscriptions_activated_on_idx",
        "subscriptions",
        ["account_id", sa.literal_column("coalesce(activated_on, 'infinity'::date)"), "id"],
        unique=False,
    )
    op.create_index(
        "subscriptions_ends_on_idx",
        "subscriptions",
        ["account_id", sa.literal_column("coalesce(expires_on, 'infinity'::date)"), "id"],
        unique=False,
    )
    op.create_index(
        "subscriptions_license_count_idx", "subscriptions", ["account_id", "license_count", "id"], unique=False
    )
    op.create_index(
        "subscriptions_name_idx",
        "subscriptions",
        ["account_id", sa.literal_column('lower(display_name) COLLATE "C"'), "id"],
        unique=False,
    )
    op.create_index(
        "subscriptions_payment_method_id_idx", "subscriptions", ["account_id", "payment_method_id"], unique=False
    )
    op.create_index(
        "subscriptions_product_code_idx", "subscriptions", ["account_id", "product_code", "id"], unique=False
    )
    op.create_index(
        "subscriptions_search_idx",
        "subscriptions",
        ["account_id", sa.literal_column("lower(display_name || ' ' || number) gin_trgm_ops")],
        unique=False,
        postgresql_using="gin",
    )
    op.create_table(
        "license_keys",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("tail", sa.Text(), nullable=False),
        sa.Column("allocation", sa.Text(), nullable=True),
        sa.Column("quota", sa.Integer(), nullable=True),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'PRIMARY') = (allocation IS NULL)", name=op.f("license_keys_kind_allocation_check")
        ),
        sa.CheckConstraint("(kind = 'PRIMARY') = (quota IS NULL)", name=op.f("license_keys_kind_quota_check")),
        sa.CheckConstraint("allocation IN ('RESERVED', 'DYNAMIC')", name=op.f("license_keys_allocation_check")),
        sa.CheckConstraint("kind IN ('PRIMARY', 'SUBLICENSE')", name=op.f("license_keys_kind_check")),
        sa.CheckConstraint("quota > 0", name=op.f("license_keys_quota_check")),
        sa.CheckConstraint("used >= 0 AND used <= quota", name=op.f("license_keys_used_check")),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_id"],
            ["subscriptions.account_id", "subscriptions.id"],
            name=op.f("license_keys_account_id_subscription_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("license_keys_pkey")),
        sa.UniqueConstraint(
            "account_id", "subscription_id", "id", name=op.f("license_keys_account_id_subscription_id_id_unique")
        ),
    )
    op.create_index(
        "license_keys_account_id_subscription_id_primary_unique",
        "license_keys",
        ["account_id", "subscription_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'PRIMARY'"),
    )
    op.create_index(
        "license_keys_search_idx",
        "license_keys",
        ["account_id", sa.literal_column("lower(name) gin_trgm_ops")],
        unique=False,
        postgresql_using="gin",
        postgresql_where=sa.text("name IS NOT NULL"),
    )
    op.create_index(
        "license_keys_kind_idx", "license_keys", ["account_id", "subscription_id", "kind", "id"], unique=False
    )
    op.create_index(
        "license_keys_tail_idx",
        "license_keys",
        ["account_id", sa.literal_column('reverse(tail) COLLATE "C"')],
        unique=False,
    )
    op.create_table(
        "orders",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("total", sa.Numeric(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=True),
        sa.Column("payment_method_id", sa.Uuid(), nullable=True),
        sa.Column("invoice_url", sa.Text(), nullable=True),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("orders_currency_check")),
        sa.CheckConstraint("kind IN ('NEW', 'RENEWAL', 'ADD_LICENSES')", name=op.f("orders_kind_check")),
        sa.CheckConstraint(
            "status IN ('PENDING', 'AUTHORIZED', 'PAID', 'FAILED', 'CANCELLED', 'REFUNDED')",
            name=op.f("orders_status_check"),
        ),
        sa.CheckConstraint("total >= 0 AND scale(total) <= 4", name=op.f("orders_total_check")),
        sa.ForeignKeyConstraint(
            ["account_id", "payment_method_id"],
            ["payment_methods.account_id", "payment_methods.id"],
            name=op.f("orders_account_id_payment_method_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_id"],
            ["subscriptions.account_id", "subscriptions.id"],
            name=op.f("orders_account_id_subscription_id_fkey"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("orders_account_id_fkey")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("orders_pkey")),
        sa.UniqueConstraint("account_id", "number", name=op.f("orders_account_id_number_unique")),
    )
    op.create_index("orders_payment_method_id_idx", "orders", ["account_id", "payment_method_id"], unique=False)
    op.create_index("orders_placed_at_idx", "orders", ["account_id", "placed_at", "id"], unique=False)
    op.create_index(
        "orders_subscription_id_idx", "orders", ["account_id", "subscription_id", "placed_at", "id"], unique=False
    )
    op.create_table(
        "subscription_items",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("product_code", sa.Text(collation="C"), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("subscription_items_quantity_check")),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_id"],
            ["subscriptions.account_id", "subscriptions.id"],
            name=op.f("subscription_items_account_id_subscription_id_fkey"),
        ),
        sa.ForeignKeyConstraint(["product_code"], ["products.code"], name=op.f("subscription_items_product_code_fkey")),
        sa.PrimaryKeyConstraint("account_id", "subscription_id", "product_code", name=op.f("subscription_items_pkey")),
    )
    op.create_table(
        "activations",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("license_key_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("device_name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('ACTIVE', 'DEACTIVATED', 'BLOCKED')", name=op.f("activations_status_check")),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_id", "license_key_id"],
            ["license_keys.account_id", "license_keys.subscription_id", "license_keys.id"],
            name=op.f("activations_account_id_subscription_id_license_key_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("activations_pkey")),
        sa.UniqueConstraint(
            "account_id",
            "subscription_id",
            "device_id",
            name=op.f("activations_account_id_subscription_id_device_id_unique"),
        ),
    )
    op.create_index(
        "activations_activated_at_idx",
        "activations",
        ["account_id", "license_key_id", "activated_at", "id"],
        unique=False,
    )
    op.create_index(
        "activations_search_idx",
        "activations",
        ["account_id", sa.literal_column("lower(device_name || ' ' || device_id) gin_trgm_ops")],
        unique=False,
        postgresql_using="gin",
    )
    op.create_table(
        "license_key_grants",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("license_key_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "license_key_id"],
            ["license_keys.account_id", "license_keys.id"],
            name=op.f("license_key_grants_account_id_license_key_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "membership_id"],
            ["memberships.account_id", "memberships.id"],
            name=op.f("license_key_grants_account_id_membership_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "membership_id", "license_key_id", name=op.f("license_key_grants_pkey")),
    )
    op.create_index(
        "license_key_grants_license_key_id_idx",
        "license_key_grants",
        ["account_id", "license_key_id", "membership_id"],
        unique=False,
    )
    op.create_table(
        "order_lines",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("product_code", sa.Text(collation="C"), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.Numeric(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("order_lines_quantity_check")),
        sa.CheckConstraint("unit_price >= 0 AND scale(unit_price) <= 4", name=op.f("order_lines_unit_price_check")),
        sa.ForeignKeyConstraint(
            ["account_id", "order_id"],
            ["orders.account_id", "orders.id"],
            name=op.f("order_lines_account_id_order_id_fkey"),
        ),
        sa.ForeignKeyConstraint(["product_code"], ["products.code"], name=op.f("order_lines_product_code_fkey")),
        sa.PrimaryKeyConstraint("account_id", "order_id", "position", name=op.f("order_lines_pkey")),
    )


def downgrade() -> None:
    for table in (
        "order_lines",
        "license_key_grants",
        "activations",
        "subscription_items",
        "orders",
        "license_keys",
        "subscriptions",
        "payment_methods",
        "memberships",
        "license_key_index",
        "issued_subscriptions",
        "audit_events",
        "users",
        "products",
        "key_attempts",
        "idempotency_records",
        "demo_marks",
        "accounts",
    ):
        op.drop_table(table)
