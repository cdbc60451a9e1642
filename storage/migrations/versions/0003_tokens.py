"""Pairs of tokens that a platform lets us change for new ones."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "token",
        sa.Column("name", sa.String(16), nullable=False),
        sa.Column("origin", sa.LargeBinary(16), nullable=False),
        sa.Column("pair", sa.LargeBinary, nullable=False),
        sa.Column("previous", sa.LargeBinary),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("asked_at", sa.DateTime),
        sa.Column("refused", sa.String(16)),
        sa.PrimaryKeyConstraint("name", name="pk_token"),
    )
