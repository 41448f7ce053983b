"""Entries of the waiting list, and the times that were offered to them."""

from collections import defaultdict

from django.utils.translation import gettext_lazy as _

from portal.enums import OfferState, WaitState
from portal.models import Offer, Wait
from portal.own_data.queries.section import Owner, Record, Section, records

WITH = {
    "id": "pk",
    "doctor": "doctor__name",
    "specialty": "specialty__name",
    "office": "office__name",
    "appointment": "appointment__reference",
    "slot_starts_at": "slot__starts_at",
    "slot_doctor": "slot__doctor__name",
    "slot_office": "slot__office__name",
    "made_by": "made_by__name",
    "made_by_role": "made_by__role",
}
OFFERED = {
    "entry": "wait",
    "starts_at": "slot__starts_at",
    "doctor": "slot__doctor__name",
    "office": "slot__office__name",
    "time_zone": "slot__office__time_zone",
}


def _waiting(owner: Owner) -> list[Record]:
    """Two queries."""
    its = Offer.objects.filter(wait__patient__in=owner.patients).order_by("pk")
    offers: dict[int, list[Record]] = defaultdict(list)
    for one in records(its, also=OFFERED):
        offers[one.pop("entry")].append(one)
    found = Wait.objects.filter(patient__in=owner.patients).order_by("pk")
    read = records(found, also=WITH)
    for one in read:
        one["parts"] = one["parts"].split(",") if one["parts"] else []
        one["offers"] = offers[one.pop("id")]
    return read


WAITING = Section(
    name="waiting_list",
    title=_("Waiting list"),
    read=_waiting,
    holds=("Wait.patient", "Wait.appointment", "Offer.wait"),
    heading=("made_at", "doctor", "office"),
    words={"state": [*WaitState.choices, *OfferState.choices]},
)
