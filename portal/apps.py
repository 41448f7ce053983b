"""The one Django app of the portal."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Clinic portal"

    def ready(self) -> None:
        # Deferred: they need the app registry to be loaded.
        from portal import guards, rules  # noqa: F401  (importing rules registers the permissions)

        # The one signal in the portal: SQLite forgets triggers whenever a migration rebuilds their
        # table, so the guards are put back after every migrate instead of once in a migration.
        post_migrate.connect(guards.install_after_migrate, sender=self)
