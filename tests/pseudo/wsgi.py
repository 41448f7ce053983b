"""The portal in the pseudo-language, for gunicorn."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.pseudo.settings"

from django.core.wsgi import get_wsgi_application

from tests.pseudo.language import install

install()
application = get_wsgi_application()
