"""Patients of the clinic who may be one person, to be looked at by the desk (requirement A17)."""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import IsNull

from portal.database.written import planned_anew
from portal.models import DistinctPatients, Patient
from portal.people.queries.duplicates import likely_duplicates
from portal.web.pages import PAGE_SIZE, Page, page_of


@dataclass(frozen=True, slots=True)
class LikelyPair:
    """The later entered one, and the first one who is like them."""

    later: Patient
    earlier: Patient


@planned_anew()
def page_of_pairs(page: int = 1) -> Page[LikelyPair]:
    """Page `page` (from 1) of the pairs: patients with the same name in any spelling and no other
    date of birth, or with the same phone number and date of birth, but for those who are marked as
    not the same. Each later one stands with the first one like them, by name. Two queries."""
    start = (page - 1) * PAGE_SIZE
    found = list(_pairs()[start : start + PAGE_SIZE + 1])
    both = {pk for pair in found for pk in pair}
    by_pk = Patient.objects.in_bulk(both)
    made = [LikelyPair(by_pk[later], by_pk[earlier]) for later, earlier in found]
    return page_of(made, page)


def mark_on(one: Patient, other: Patient) -> DistinctPatients | None:
    """The standing mark that these two are not the same person, with who made it: one query."""
    standing = DistinctPatients.objects.standing().of_both(one, other)
    return standing.select_related("by").first()


def marked_with(patient: Patient) -> list[Patient]:
    """The others of whom somebody has said that they are not this patient: one query."""
    standing = DistinctPatients.objects.standing()
    others = Q(pk__in=standing.filter(first=patient.pk).values("second"))
    others |= Q(pk__in=standing.filter(second=patient.pk).values("first"))
    return list(Patient.objects.listed().filter(others).order_by("search_name", "pk"))


def _pairs() -> QuerySet[Patient, tuple]:
    marks = DistinctPatients.objects.standing().filter(
        first=OuterRef("pk"), second=OuterRef(OuterRef("pk"))
    )
    patients = Patient.objects.listed()
    earlier = patients.filter(~Exists(marks.order_by()), pk__lt=OuterRef("pk")).order_by("pk")
    born = Q(date_of_birth=OuterRef("date_of_birth"))
    unborn = Q(date_of_birth=None) | Q(IsNull(OuterRef("date_of_birth"), True))
    named = earlier.filter(born | unborn, search_name__joined=OuterRef("search_name__joined"))
    phoned = earlier.filter(born, phone=OuterRef("phone")).exclude(phone="")
    first = Coalesce(Subquery(named.values("pk")[:1]), Subquery(phoned.values("pk")[:1]))
    found = patients.annotate(first=first).exclude(first=None).order_by("search_name", "pk")
    return found.values_list("pk", F("first"))


def like(patient: Patient) -> list[Patient]:
    """The others whom the desk would be asked about if it entered this patient now, without those
    who are marked as not the same: three queries."""
    phone = patient.phone.as_e164 if patient.phone else ""
    likely = likely_duplicates(name=patient.name, phone=phone, born=patient.date_of_birth)
    known = {patient.pk, *(one.pk for one in marked_with(patient))}
    pks = [one.pk for one in likely if one.pk not in known]
    return list(Patient.objects.filter(pk__in=pks).order_by("search_name", "pk"))
