"""The cache in the database, which says so when it cannot write."""

from django.core.cache.backends import db
from django.db import router, transaction


class DatabaseCache(db.DatabaseCache):
    """Django's takes an error for “not stored”. The limits on signing in then took a database that
    was locked for too many attempts, and told people to wait minutes."""

    def _base_set(self, mode, key, value, timeout=db.DEFAULT_TIMEOUT):
        # The outer transaction begins by taking the lock, outside of what Django catches.
        with transaction.atomic(using=router.db_for_write(self.cache_model_class)):
            return super()._base_set(mode, key, value, timeout)
