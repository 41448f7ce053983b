"""WSGI entry point: `gunicorn clinic.wsgi`."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
django.setup(set_prefix=False)

from portal.web.wsgi import PortalHandler  # noqa: E402 (the settings come first)

application = PortalHandler()
