"""The services that a machine without any gets from us: PostgreSQL, Valkey, a mailbox, and who keeps them running."""
