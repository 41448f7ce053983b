"""Settings of the web server: `gunicorn -c python:clinic.gunicorn clinic.wsgi`.

Everything that a worker has loaded lives as long as the worker. It is frozen, so the garbage
collector no longer scans it; the scans took about a twentieth of each request.
"""

import gc
from urllib.parse import quote

from gunicorn import glogging

from clinic.logs import Formatter, masked

# The access log is off by default. It contains no client addresses and no user agents;
# the id leads to the audit trail and to the errors of the same request.
access_log_format = '%(t)s "%(r)s" %(s)s %(B)s %(L)s %({x-request-id}o)s'

NEVER = {"{cookie}i", "{set-cookie}o", "{http_cookie}e", "{authorization}i", "u"}
NEVER |= {"{http_authorization}e", "{query_string}e", "q"}
NEVER |= {"f", "{referer}i", "{http_referer}e"}


class WebServerLogger(glogging.Logger):
    """Logs requests without secrets and without search terms."""

    def atoms(self, resp, req, environ, request_time):
        atoms = super().atoms(resp, req, environ, request_time)
        # Decoded and encoded again: in “%61ttendance” nothing would be found.
        path = masked(quote(environ.get("PATH_INFO") or "/", safe="/:.-_~…"))
        query = "?…" if environ.get("QUERY_STRING") else ""
        protocol = environ.get("SERVER_PROTOCOL", "-")
        found = {name: masked(value) for name, value in atoms.items()}
        found |= dict.fromkeys(NEVER & set(found), "-")
        found |= {"r": f"{environ.get('REQUEST_METHOD', '-')} {path}{query} {protocol}", "U": path}
        return found | {"{raw_uri}e": path + query, "{path_info}e": path}

    def _set_handler(self, log, output, fmt, stream=None):
        masking = Formatter(fmt._fmt, fmt.datefmt)
        super()._set_handler(log, output, masking, stream)

    def _set_syslog_handler(self, log, cfg, fmt, name):
        super()._set_syslog_handler(log, cfg, fmt, name)
        for handler in log.handlers:
            handler.setFormatter(Formatter(handler.formatter._fmt, handler.formatter.datefmt))


logger_class = WebServerLogger


def post_worker_init(worker) -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
