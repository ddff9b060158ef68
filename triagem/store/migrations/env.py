"""Runs the steps on the connection that `triagem.store.schema.upgrade` hands over, in its transaction."""

from alembic import context

from triagem.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
