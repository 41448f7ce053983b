"""Settings of the web server: `gunicorn -c python:clinic.gunicorn clinic.wsgi`.

What a worker has loaded lives as long as the worker. Frozen, it is no longer walked through by the
garbage collector, which otherwise takes about a twentieth of each request.
"""

import gc

from gunicorn import glogging

from clinic.logs import masked


class WebServerLogger(glogging.Logger):
    """The access log is off unless somebody turns it on."""

    def atoms(self, resp, req, environ, request_time):
        atoms = super().atoms(resp, req, environ, request_time)
        return {name: masked(value) for name, value in atoms.items()}


logger_class = WebServerLogger


def post_worker_init(worker) -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
