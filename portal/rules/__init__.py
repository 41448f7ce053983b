"""Who may. Importing this package registers every permission with django-rules."""

from portal.rules import appointments, availability, clinic, messages, offices, patients  # noqa: F401
