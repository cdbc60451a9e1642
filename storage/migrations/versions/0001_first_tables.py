"""The first tables: people, addresses, states, consents, progress, inbox, outbox, erased."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    _people()
    _conversation()
    _ledger()
    _messages()


def _people() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("age", sa.String(8)),
        sa.Column("track", sa.String(8)),
        sa.Column("unit", sa.String(32)),
        sa.Column("active_on", sa.Date, nullable=False),
        sa.Column("noticed_on", sa.Date),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
    )
    op.create_index("ix_person_active_on", "person", ["active_on"])
    op.create_table(
        "address",
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("blocked", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("channel", "address", name="pk_address"),
        _of_person("address"),
    )
    op.create_index("ix_address_person_id", "address", ["person_id"])
    op.create_table(
        "erased",
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_erased"),
    )
    op.create_index("ix_erased_day", "erased", ["day"])


def _conversation() -> None:
    op.create_table(
        "state",
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("place", sa.String(64), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_state"),
        _of_person("state"),
    )
    op.create_table(
        "progress",
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("item", sa.String(48), nullable=False),
        sa.Column("at", sa.Integer, nullable=False),
        sa.Column("of", sa.Integer, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("person_id", "kind", "item", name="pk_progress"),
        _of_person("progress"),
    )
    op.create_index("ix_progress_day", "progress", ["day"])


def _ledger() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("given", sa.Boolean, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consent"),
        _of_person("consent"),
    )
    op.create_index("ix_consent_person_id", "consent", ["person_id"])


def _messages() -> None:
    op.create_table(
        "inbox",
        sa.Column("key", sa.LargeBinary(16), nullable=False),
        sa.Column("person_id", sa.String(32)),
        sa.Column("failed", sa.String(32)),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_inbox"),
        _of_person("inbox"),
    )
    op.create_index("ix_inbox_person_id", "inbox", ["person_id"])
    op.create_index("ix_inbox_day", "inbox", ["day"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(32)),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", sa.DateTime, nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        _of_person("outbox"),
        sqlite_autoincrement=True,  # an id is never given twice: web pages name the last one they saw
    )
    op.create_index("ix_outbox_chat", "outbox", ["channel", "address", "id"])
    op.create_index("ix_outbox_due_at", "outbox", ["due_at"])
    op.create_index("ix_outbox_person_id", "outbox", ["person_id"])


def _of_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=f"fk_{table}_person_id", ondelete="CASCADE")
