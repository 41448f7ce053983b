"""Django's PostgreSQL backend, which finds out more cheaply whether a connection is alive."""
