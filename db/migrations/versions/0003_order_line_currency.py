"""An order line's currency is one, as the order's is."""

from collections.abc import Sequence

from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_check_constraint(op.f("order_lines_currency_check"), "order_lines", "currency ~ '^[A-Z]{3}$'")


def downgrade() -> None:
    op.drop_constraint(op.f("order_lines_currency_check"), "order_lines", type_="check")
