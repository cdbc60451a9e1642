"""Codes that link devices, and the wrong tries at them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "link",
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("until", sa.DateTime, nullable=False),
        sa.Column("taker_id", sa.String(32)),
        sa.Column("taker_channel", sa.String(16)),
        sa.Column("taker_address", sa.String(64)),
        sa.Column("agreed", sa.Boolean, nullable=False),
        sa.Column("ticket", sa.String(16)),
        sa.PrimaryKeyConstraint("person_id", name="pk_link"),
        sa.UniqueConstraint("code", name="uq_link_code"),
        sa.UniqueConstraint("taker_id", name="uq_link_taker_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_link_person_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["taker_id"], ["person.id"], name="fk_link_taker_id", ondelete="CASCADE"),
    )
    op.create_index("ix_link_until", "link", ["until"])
    op.create_table(
        "guess",
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("wrong", sa.Integer, nullable=False),
        sa.Column("until", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_guess"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_guess_person_id", ondelete="CASCADE"),
    )
    op.create_index("ix_guess_until", "guess", ["until"])
