"""Who may. Importing this package registers every permission with django-rules."""

from portal.rules import appointments, availability, patients  # noqa: F401
