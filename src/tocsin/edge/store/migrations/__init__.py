"""How the schema came to be, one script per revision. Imported (with Alembic) only when a database is behind."""
