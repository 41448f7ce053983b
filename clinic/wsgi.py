"""WSGI entry point: `gunicorn clinic.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")

application = get_wsgi_application()

SQLITE_WAIT_S = 8  # for another writer; then people read that the portal is busy
if connections.settings["default"]["ENGINE"].endswith("sqlite3"):
    connections.settings["default"]["OPTIONS"]["timeout"] = SQLITE_WAIT_S
