"""WSGI entry point: `gunicorn clinic.wsgi`."""

import os

import django
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
django.setup(set_prefix=False)

from portal.web.wsgi import PortalHandler  # noqa: E402 (the settings come first)

application = PortalHandler()

SQLITE_WAIT_S = 8  # for another writer; then people read that the portal is busy
if connections.settings["default"]["ENGINE"].endswith("sqlite3"):
    connections.settings["default"]["OPTIONS"]["timeout"] = SQLITE_WAIT_S
