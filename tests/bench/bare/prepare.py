"""`python -m tests.bench.bare.prepare`: its tables, rows and one session, whose key it prints."""

import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.bare.settings"
django.setup()

from django.contrib.auth import (  # noqa: E402 (after the settings)
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    SESSION_KEY,
)
from django.contrib.auth.models import Group, User  # noqa: E402 (after the settings)
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402 (after the settings)
from django.core.management import call_command  # noqa: E402 (after the settings)

call_command("migrate", verbosity=0)
Group.objects.bulk_create(Group(name=f"Group {number}") for number in range(10))
user = User.objects.create_user("bare")
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
print(session.session_key)
