"""Whom the person looks after, and who looks after the person."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.enums import ProxyState, Relation
from portal.models import ProxyAccess
from portal.own_data.queries.section import Owner, Record, Section, records

WITH = {"patient": "patient__name", "user": "user__name"}


def _household(owner: Owner) -> list[Record]:
    """One query. What a patient was asked by mail shows nothing of that patient to who asked."""
    told = Q(patient__in=owner.patients) | Q(user=owner.user) & ~Q(opened_at=None)
    found = ProxyAccess.objects.filter(told).order_by("pk")
    return records(found, without=("nonce",), also=WITH)


HOUSEHOLD = Section(
    name="household",
    title=_("Who looks after whom"),
    read=_household,
    holds=("ProxyAccess.patient", "ProxyAccess.user"),
    heading=("user", "patient", "state"),
    words={"state": ProxyState.choices, "relation": Relation.choices},
)
