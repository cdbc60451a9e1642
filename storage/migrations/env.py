"""Alembic's way in. The connection is the caller's, and so is the transaction on it (storage/versions.py).

A step that fails therefore leaves nothing half done: SQLite and PostgreSQL both take changed tables back.
"""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
