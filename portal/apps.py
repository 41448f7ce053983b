"""The one Django app of the portal."""

from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate

# Importing them registers every permission with django-rules.
RULES = (
    "portal.audit.rules",
    "portal.notifications.rules",
    "portal.accounts.rules",
    "portal.people.rules",
    "portal.clinic.rules",
    "portal.slots.rules",
    "portal.figures.rules",
    "portal.appointments.rules",
    "portal.imports.rules",
    "portal.own_data.rules",
    "portal.records.rules",
    "portal.erasure.rules",
)

# Importing them declares the events (portal/notifications/registry.py); the topics of
# the preferences page are in this order.
EVENTS = (
    "portal.appointments.events",
    "portal.records.events",
    "portal.people.events",
    "portal.notifications.events",
    "portal.accounts.events",
    "portal.household.events",
    "portal.own_data.events",
    "portal.erasure.events",
)


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Clinic portal"

    def ready(self) -> None:
        # Deferred: they need the app registry to be loaded.
        from portal.database import guards
        from portal.worker.proxies import demand_known_proxies

        demand_known_proxies()
        for module in (*RULES, *EVENTS):
            import_module(module)

        # The one signal in the portal: SQLite forgets triggers whenever a migration rebuilds their
        # table, so the guards are put back after every migrate instead of once in a migration.
        post_migrate.connect(guards.install_after_migrate, sender=self)
