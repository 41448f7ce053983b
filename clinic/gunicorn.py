"""Settings of the web server: `gunicorn -c python:clinic.gunicorn clinic.wsgi`.

What a worker has loaded lives as long as the worker. Frozen, it is no longer walked through by the
garbage collector, which otherwise takes about a twentieth of each request.
"""

import gc


def post_worker_init(worker) -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
