"""Booking a series of appointments, and cancelling the rest of one (requirements B11, B13)."""

from dataclasses import dataclass, field
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from portal.appointments.forms.appointments import CancelForm
from portal.appointments.forms.series import CHOICE, SeriesForm
from portal.appointments.queries.appointments import with_people
from portal.appointments.queries.series import Occurrence, of_series, plan
from portal.appointments.services import series
from portal.errors import Forbidden, PortalError, SeriesBroken
from portal.models import Appointment, Doctor, Patient, Slot
from portal.models.staff import offices_of
from portal.web.context import for_request
from portal.web.fetch import get_visible
from portal.web.ids import id_of
from portal.web.refusals import add_refusal

OUT = "out"  # this date is left out


@dataclass
class OccurrenceRow:
    """One date on the page: the name of its field and the chosen slot."""

    name: str
    one: Occurrence
    chosen: str
    is_lost: bool = False
    slots: list[Slot] = field(default_factory=list)

    @property
    def is_clash(self) -> bool:
        return self.one.slot is None


@require_http_methods(["GET", "POST"])
def series_new(request, pk: int):
    """Step 1 is the form; step 2 (a POST that books nothing) shows all dates; the third POST
    books."""
    patient = get_visible(Patient, request.user, pk)
    if not request.user.is_staff or not request.user.has_perm("portal.book_for_patient", patient):
        raise PermissionDenied
    doctors = _doctors(request.user)
    names = [(doctor.pk, doctor.name) for doctor in doctors.values()]
    if request.method == "GET":
        form = SeriesForm(doctors=names, initial=_initial(request, doctors))
        return _step_1(request, patient, form)
    form = SeriesForm(request.POST, doctors=names)
    if not form.is_valid() or "back" in request.POST:
        return _step_1(request, patient, form, status=422 if form.errors else 200)
    doctor = doctors[form.cleaned_data["doctor"]]
    if "book" in request.POST:
        return _book(request, patient, doctor, form)
    return _step_2(request, patient, doctor, form)


@require_http_methods(["GET", "POST"])
def series_cancel(request, pk: int):
    """Cancels all future appointments of the series to which that appointment belongs."""
    found = with_people(Appointment.objects.select_related("series"))
    appointment = get_visible(found, request.user, pk)
    if not request.user.is_staff:
        raise PermissionDenied
    ahead = [one for one in of_series(appointment, request.user) if _is_ahead(one)]
    if not ahead:
        messages.info(request, _("Nothing of a series is left to cancel."))
        return redirect(appointment)
    form = CancelForm(request.POST or None, for_staff=True)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                gone = series.cancel_rest(appointment.series, by=request.user, **form.cleaned_data)
            except Forbidden as error:
                raise PermissionDenied from error
            except PortalError as error:
                add_refusal(form, error)
                status = error.status
            else:
                messages.success(request, _cancelled_words(len(gone)))
                return redirect(appointment)
    context = {"appointment": appointment, "ahead": ahead, "form": form}
    return render(request, "appointments/series/cancel.html", context, status=status)


def _cancelled_words(count: int) -> str:
    words = ngettext(
        "%(count)s appointment is cancelled.", "%(count)s appointments are cancelled.", count
    )
    return words % {"count": count}


def _is_ahead(one: Appointment) -> bool:
    return one.state == "confirmed" and not one.has_started


def _doctors(user) -> dict[int, Doctor]:
    """The doctors with whom the user may book for patients, by name: one query."""
    doctors = Doctor.objects.listed().select_related("office", "user").order_by("search_name", "pk")
    if user.is_doctor:
        doctors = doctors.filter(user=user)
    elif user.is_assistant and not user.works_everywhere:
        doctors = doctors.filter(office__in=offices_of(user))
    return {doctor.pk: doctor for doctor in doctors}


def _initial(request, doctors: dict[int, Doctor]) -> dict:
    """Taken from the slot on whose page the user chose to repeat it weekly."""
    slot_id = id_of(request.GET.get("slot"))
    if slot_id is None:
        return {"doctor": next(iter(doctors)) if len(doctors) == 1 else None}
    slot = get_visible(Slot.objects.select_related("doctor__office"), request.user, slot_id)
    local = slot.starts_at.astimezone(slot.doctor.office.zone)
    return {"doctor": slot.doctor_id, "day": local.date(), "wall": local.time().replace(fold=0)}


def _step_1(request, patient, form, *, status: int = 200):
    context = {"patient": patient, "form": form}
    return render(request, "appointments/series/new.html", context, status=status)


def _step_2(request, patient, doctor, form, *, refusal: PortalError | None = None):
    asked = form.cleaned_data
    wanted = {name: asked[name] for name in ("wall", "every_weeks", "times")}
    settings = for_request(request)
    dates = plan(doctor, patient, first=asked["day"], settings=settings, by=request.user, **wanted)
    lost = refusal.lost if isinstance(refusal, SeriesBroken) else {}
    rows = [_row(number, one, request.POST, lost) for number, one in enumerate(dates)]
    context = {
        "patient": patient,
        "doctor": doctor,
        "form": form,
        "token": asked["token"] or uuid4(),
        "clashes": [row for row in rows if row.is_clash],
        "free": [row for row in rows if not row.is_clash],
        "refusal": refusal,
    }
    return render(
        request,
        "appointments/series/check.html",
        context,
        status=refusal.status if refusal else 200,
    )


def _row(number: int, one: Occurrence, typed, lost: dict) -> OccurrenceRow:
    """A free date is selected unless the user deselected it; for a conflict the user must
    choose."""
    name = f"{CHOICE}{number}"
    slots = [one.slot] if one.slot else one.alternatives
    chosen = typed.get(name) or (str(one.slot.pk) if one.slot else "")
    is_lost = id_of(chosen) in lost
    if chosen != OUT and chosen not in {str(slot.pk) for slot in slots}:
        chosen = ""
    return OccurrenceRow(name, one, chosen or (OUT if not slots else ""), is_lost, slots)


def _book(request, patient, doctor, form):
    asked = form.cleaned_data
    choices = [request.POST.get(f"{CHOICE}{number}", "") for number in range(asked["times"])]
    if not all(choices):
        refusal = PortalError(_("Choose a time for each date, or leave it out."))
        return _step_2(request, patient, doctor, form, refusal=refusal)
    slot_ids = [pk for pk in map(id_of, choices) if pk is not None]
    if Slot.objects.visible_to(request.user).filter(pk__in=slot_ids).count() != len(set(slot_ids)):
        raise Http404
    try:
        made = series.book_series(
            slot_ids,
            patient_id=patient.pk,
            by=request.user,
            every_days=7 * asked["every_weeks"],
            reason=asked["reason"],
            form_token=asked["token"],
        )
    except Slot.DoesNotExist as error:
        raise Http404 from error
    except Forbidden as error:
        raise PermissionDenied from error
    except PortalError as error:
        return _step_2(request, patient, doctor, form, refusal=error)
    first = made.appointments.order_by("starts_at")[0]
    count = made.appointments.count()
    words = _("%(count)s appointments are booked for %(patient)s, who is told of them once.")
    messages.success(request, words % {"count": count, "patient": patient.name})
    return redirect(first)
