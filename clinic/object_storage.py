"""The settings of an S3 bucket for files."""

import re

from django.core.exceptions import ImproperlyConfigured

from clinic import server_urls
from clinic.environment import Environment

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def options(env: Environment) -> dict | None:
    """The options for django-storages, or None if files are stored in a folder."""
    bucket = env.text("S3_BUCKET")
    others = ("S3_ENDPOINT", "S3_REGION", "S3_ACCESS_KEY", "S3_SECRET_KEY")
    if not bucket:
        if given := next(filter(env.text, others), ""):
            raise ImproperlyConfigured(f"{given} is set, but S3_BUCKET is not.")
        return None
    if not _BUCKET.fullmatch(bucket):
        raise ImproperlyConfigured("S3_BUCKET must be a bucket's name, without address and path.")
    if bool(env.text("S3_ACCESS_KEY")) != bool(env.text("S3_SECRET_KEY")):
        raise ImproperlyConfigured("S3_ACCESS_KEY and S3_SECRET_KEY go together: set both or none.")
    return {
        "bucket_name": bucket,
        "endpoint_url": env.parsed("S3_ENDPOINT", server_urls.endpoint),
        "access_key": env.text("S3_ACCESS_KEY") or None,
        "secret_key": env.verbatim("S3_SECRET_KEY") or None,
        "region_name": env.text("S3_REGION") or None,
        "addressing_style": "path",
        "signature_version": "s3v4",
        "default_acl": None,
        "querystring_expire": 60,
        "file_overwrite": False,
    }
