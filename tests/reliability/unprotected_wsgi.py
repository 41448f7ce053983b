"""`gunicorn tests.reliability.unprotected_wsgi`: the portal without what UNPROTECTED names."""

import os

from clinic.wsgi import application  # noqa: F401  (first: it sets Django up)
from tests.reliability.unprotected import without

without_them = without(*os.environ["UNPROTECTED"].split(","))
without_them.__enter__()
