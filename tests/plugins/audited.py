"""Whatever a test records in the audit trail is of a kind that has a plain name (F01)."""

import pytest
from django.db.models.signals import post_save

from portal.audit.things import THINGS
from portal.models import AuditEvent


@pytest.fixture(autouse=True)
def _audited_things_have_names():
    nameless = set()

    def look(instance, **_more):
        if instance.object_type not in THINGS:
            nameless.add(instance.object_type)

    post_save.connect(look, sender=AuditEvent)
    yield
    post_save.disconnect(look, sender=AuditEvent)
    assert nameless == set(), "portal/audit/things.py names what is recorded"
