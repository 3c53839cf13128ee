"""An order renews its subscription at most once."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=True))
    # What was paid for so far has its effect in the dates already.
    op.execute("UPDATE orders SET renewed_at = placed_at WHERE kind = 'RENEWAL' AND status IN ('PAID', 'REFUNDED')")


def downgrade() -> None:
    op.drop_column("orders", "renewed_at")
