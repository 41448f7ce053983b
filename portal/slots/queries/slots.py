"""Free slots of all doctors: filters, sort orders, pages (requirement B07)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Case, DateTimeField, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from portal.clock.grid import local_day
from portal.enums import DoctorState, PartOfDay, UserState
from portal.models import ClinicSettings, Office, Slot, User, offices_of
from portal.models.availability import SlotQuerySet
from portal.web.pages import PAGE_SIZE, Page, page_of

# To add a sort order, add an entry: it is offered on the page and accepted in the URL at once.
SORT_ORDERS: dict[str, tuple[StrOrPromise, tuple[str, ...]]] = {
    "time": (_("Soonest first"), ("starts_at", "doctor_id")),  # exactly what the index is sorted by
    "doctor": (_("Doctor’s name"), ("doctor__name", "starts_at", "pk")),
    "fee": (_("Lowest fee"), ("doctor__fee_cents", "starts_at", "pk")),
    "office": (_("Office"), ("office__name", "starts_at", "pk")),
}
DEFAULT_SORT = "time"

# part → hours of the office's clock, first and last included
PART_HOURS = {
    PartOfDay.MORNING: (0, 11),
    PartOfDay.AFTERNOON: (12, 16),
    PartOfDay.EVENING: (17, 23),
}


@dataclass(frozen=True)
class SlotFilter:
    """The filters of the user. Days are dates of the office's calendar, both included."""

    doctor: int | None = None
    specialty: int | None = None
    office: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    part: str | None = None


@dataclass(frozen=True, slots=True)
class SlotRow:
    """One row of the list, with everything that the page prints."""

    pk: int
    starts: datetime  # in the office's zone
    minutes: int
    doctor_id: int
    doctor_user: int
    doctor: str
    specialty: str
    office_id: int
    office: str
    fee_cents: int
    on_request: bool  # patients ask for it, and the doctor confirms
    audience: str


_COLUMNS = (
    "pk",
    "starts_at",
    "ends_at",
    "doctor_id",
    "doctor__user_id",
    "doctor__name",
    "doctor__specialty__name",
    "doctor__fee_cents",
    "office_id",
    "doctor__on_request",
    "audience",
)


def bookable(settings: ClinicSettings, *, by: User | None = None) -> SlotQuerySet:
    """Open slots of listed doctors that `by` may book now, unsorted. None is a visitor. No query of
    its own.

    Patients see slots within the clinic's notice and horizon whose audience includes them. Staff
    see all future slots in the diaries that they may change, and elsewhere what patients see.
    """
    now = timezone.now()
    public = _public_times(settings, now)
    return (
        Slot.objects.open()
        .on_open_days()
        .filter(
            _ahead_for(by, public, now) if by and by.is_staff else public,
            doctor__state=DoctorState.APPROVED,
            doctor__user__state=UserState.ACTIVE,
        )
        .order_by()
    )


def prepared(settings: ClinicSettings) -> SlotQuerySet:
    """Open slots at times that patients could book if their doctors were listed, unsorted: for the
    preview of a doctor's page (A02). No query of its own."""
    times = _public_times(settings, timezone.now())
    return Slot.objects.open().on_open_days().filter(times).order_by()


def _public_times(settings: ClinicSettings, now: datetime) -> Q:
    return Q(
        starts_at__gte=now + settings.minimum_notice,
        starts_at__lte=now + settings.horizon,
        released_at__lte=now,
    )


def _ahead_for(by: User, public: Q, now: datetime) -> Q:
    ahead = Q(starts_at__gt=now)
    if by.is_admin:
        return ahead
    own = Q(doctor__user=by) if by.is_doctor else Q(office__in=offices_of(by))
    return ahead & (own | public)


def free_slots(
    wanted: SlotFilter,
    *,
    settings: ClinicSettings,
    offices: list[Office],
    sort: str = DEFAULT_SORT,
    page: int = 1,
    by: User | None = None,
) -> Page[SlotRow]:
    """A page of free slots. One query. `offices` are all offices, for their names and zones."""
    by_id = {office.pk: office for office in offices}
    slots = _filtered(bookable(settings, by=by), wanted, offices)
    order = SORT_ORDERS.get(sort, SORT_ORDERS[DEFAULT_SORT])[1]
    start = (page - 1) * PAGE_SIZE
    rows = slots.order_by(*order).values_list(*_COLUMNS)[start : start + PAGE_SIZE + 1]
    return page_of([_row(row, by_id) for row in rows], page)


def nearest_free(
    slot: Slot, *, settings: ClinicSettings, count: int = 3, by: User | None = None
) -> list[Slot]:
    """The free slots of the same doctor nearest in time to `slot`, or of the specialty if there are
    none.

    At most two queries, each of which reads `count` rows on both sides of the slot's start.
    """
    slots = bookable(settings, by=by).exclude(pk=slot.pk)
    for candidates in (
        slots.filter(doctor=slot.doctor_id),
        slots.filter(doctor__specialty=slot.doctor.specialty_id),
    ):
        candidates = candidates.select_related("doctor", "office")
        after = candidates.filter(starts_at__gte=slot.starts_at).order_by("starts_at", "pk")
        before = candidates.filter(starts_at__lt=slot.starts_at).order_by("-starts_at", "pk")
        found = [*after[:count], *before[:count]]
        if found:
            found.sort(key=lambda other: abs(other.starts_at - slot.starts_at))
            return sorted(found[:count], key=lambda other: other.starts_at)
    return []


def _filtered(slots: QuerySet[Slot], wanted: SlotFilter, offices: list[Office]) -> QuerySet[Slot]:
    if wanted.doctor:
        slots = slots.filter(doctor=wanted.doctor)
    if wanted.specialty:
        slots = slots.filter(doctor__specialty=wanted.specialty)
    if wanted.office:
        slots = slots.filter(office=wanted.office)
        offices = [office for office in offices if office.pk == wanted.office]
    if wanted.part:
        slots = slots.filter(wall_hour__range=PART_HOURS[PartOfDay(wanted.part)])
    if wanted.first_day and offices:
        slots = slots.filter(starts_at__gte=_on_each_clock(offices, wanted.first_day, 0))
    if wanted.last_day and offices:
        slots = slots.filter(starts_at__lt=_on_each_clock(offices, wanted.last_day, 1))
    return slots


def _on_each_clock(offices: list[Office], day: date, edge: int) -> datetime | Case:
    """When `day` begins (edge 0) or ends (edge 1) at the slot's own office, as UTC.

    One value if all offices have the same time zone, or else a CASE by office.
    """
    moments: dict[datetime, list[int]] = {}
    for office in offices:
        moments.setdefault(local_day(day, office.zone)[edge], []).append(office.pk)
    if len(moments) == 1:
        return next(iter(moments))
    cases = [When(office__in=ids, then=Value(moment)) for moment, ids in moments.items()]
    return Case(*cases, output_field=DateTimeField())


def _row(values: tuple, offices: dict[int, Office]) -> SlotRow:
    pk, starts_at, ends_at, doctor_id, doctor_user, doctor, specialty, fee_cents, *more = values
    office_id, on_request, audience = more
    office = offices[office_id]
    return SlotRow(
        pk=pk,
        starts=starts_at.astimezone(office.zone),
        minutes=(ends_at - starts_at) // timedelta(minutes=1),
        doctor_id=doctor_id,
        doctor_user=doctor_user,
        doctor=doctor,
        specialty=specialty,
        office_id=office_id,
        office=office.name,
        fee_cents=fee_cents,
        on_request=on_request,
        audience=audience,
    )
