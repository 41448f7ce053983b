"""The user's own appointments: lists, the page of one, cancelling (requirements B13, B17)."""

from datetime import date, timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods
from django_stubs_ext import StrOrPromise

from portal.appointments.forms.appointments import CancelForm
from portal.appointments.queries import appointments as queries
from portal.appointments.queries.notes import notes_of
from portal.appointments.queries.series import of_series
from portal.appointments.rows.appointment_lines import TAB_LABELS, by_day, lines, ungrouped
from portal.appointments.rows.presence_buttons import OnPage, buttons, waiting
from portal.appointments.services import appointments as services
from portal.appointments.views.appointment_history import history
from portal.appointments.views.appointment_messages import told
from portal.appointments.views.moves_words import moves_said
from portal.appointments.views.request_status import status_of
from portal.audit.services import access
from portal.clock.today import today_at
from portal.enums import AppointmentState
from portal.errors import Forbidden, PortalError, StaleState
from portal.models import HOLDING, Appointment
from portal.people.queries.doctors import of_user
from portal.web import choices
from portal.web.context import for_request
from portal.web.days import day_in_url
from portal.web.fetch import get_visible
from portal.web.links import page_links
from portal.web.long_tables import render_long
from portal.web.pages import page_number
from portal.web.refusals import add_refusal
from portal.web.templatetags.clinic import when


@require_GET
def appointments(request):
    """The user's own appointments in tabs; for doctors also one day of the diary. The desk has its
    own page."""
    day = _day(request)
    if day and request.user.is_doctor:
        return _doctors_day(request, day)
    if day and request.user.is_desk:
        return redirect(f"{reverse('desk')}?day={day.isoformat()}")
    tab = request.GET.get("tab")
    tab = tab if tab in queries.TABS else queries.TABS[0]
    page = queries.of_user(request.user, tab, page_number(request.GET.get("page")))
    days = "l j F Y" if request.user.is_staff else "D j F Y"
    rows = lines(page.rows, user=request.user, settings=for_request(request), days=days)
    context = {
        "tab": tab,
        "tabs": TAB_LABELS,
        "groups": by_day(rows) if request.user.is_staff else ungrouped(rows),
        "shows_whom": request.user.is_patient and request.user.acts_for_others,
        "shows_doctor": not request.user.is_doctor,
        "shows_cancel": any(line.cancel for line in rows),
        "page": page.number,
        **page_links(request, page),
    }
    return render_long(request, "appointments/list.html", context)


@require_GET
def appointment(request, pk: int):
    appointment = _fetch(request, pk)
    access.opened(appointment, by=request.user, patient=appointment.patient)
    return _page(request, appointment)


@require_http_methods(["GET", "POST"])
def appointment_cancel(request, pk: int):
    appointment = _fetch(request, pk)
    if not request.user.has_perm("portal.cancel_appointment", appointment):
        raise PermissionDenied
    for_staff = request.user.is_staff
    if appointment.state == AppointmentState.REQUESTED or "take-back" in request.POST:
        return _take_back(request, appointment)
    if request.method == "POST":
        form = CancelForm(request.POST, for_staff=for_staff)
        if form.is_valid():
            return _cancel(request, appointment, form)
        return _cancel_page(request, appointment, form, status=422)
    if not appointment.can("cancel"):
        return redirect(appointment)
    return _cancel_page(request, appointment, CancelForm(for_staff=for_staff))


def _fetch(request, pk: int) -> Appointment:
    found = queries.with_people(
        Appointment.objects.select_related("booked_by", "cancelled_by", "slot")
    )
    return get_visible(found, request.user, pk)


def _doctors_day(request, day: date):
    offices = choices.every_office()
    doctor = of_user(request.user, offices)
    if doctor is None:
        raise PermissionDenied
    rows = queries.doctors_day(doctor, day, offices)
    shown = lines(rows, user=request.user, settings=for_request(request))
    today = _today(doctor)
    context = {
        "day_words": date_format(day, "l j F Y"),
        "is_today": day == today,
        "today": today.isoformat(),
        "previous_day": (day - timedelta(days=1)).isoformat(),
        "next_day": (day + timedelta(days=1)).isoformat(),
        "schedule_url": reverse("schedule-day", args=[day]),
        "lines": shown,
        "counts": _counted(rows),
        "shows_cancel": any(line.cancel for line in shown),
        "groups": ungrouped(shown),
    }
    return render_long(request, "appointments/day.html", context)


def _counted(rows: list[queries.AppointmentRow]) -> str:
    """“3 appointments, 1 request, 2 cancelled”: who holds a time is told from who does not."""
    held = sum(row.state in HOLDING for row in rows)
    asked = sum(row.state == AppointmentState.REQUESTED for row in rows)
    gone = len(rows) - held - asked
    told = [ngettext("%(n)s appointment", "%(n)s appointments", held) % {"n": held}]
    if asked:
        told.append(ngettext("%(n)s request", "%(n)s requests", asked) % {"n": asked})
    if gone:
        told.append(_("%(n)s cancelled") % {"n": gone})
    return ", ".join(told)


def _page(request, appointment: Appointment, *, notice: StrOrPromise = "", status: int = 200):
    """The page of one appointment; `notice` says why it is shown instead of what was asked for."""
    user = request.user
    settings = for_request(request)
    until = services.cancel_until(appointment.starts_at, settings=settings)
    is_open = appointment.can("cancel") and not appointment.has_started
    now, shown = timezone.now(), OnPage.of(appointment)
    may_change = user.has_perm("portal.cancel_appointment", appointment) and services.can_change(
        appointment, by=user, settings=settings
    )
    may_move = may_change and services.can_move(appointment, by=user, settings=settings)
    by_request = user.is_patient and appointment.doctor.on_request
    context = {
        "appointment": appointment,
        "marks": buttons(now)(shown) if user.is_staff else "",
        "waiting": waiting(shown, now) if user.is_staff else "",
        "notice": notice,
        "cancel_until": until if timezone.now() <= until else None,
        "is_open": is_open,
        "may_change": may_change,
        "may_move": may_move and not by_request,
        "moves_by_request": may_move and by_request,
        "moves_said": moves_said(appointment, user=user, settings=settings) if may_change else "",
        "series": of_series(appointment, user),
        "asked": status_of(appointment, user=user, settings=settings),
        "notes": notes_of(appointment, reader=user) if user.is_patient else [],
        "history": history(appointment),
        **told(appointment, to=user),
    }
    return render(request, "appointments/detail.html", context, status=status)


def _cancel(request, appointment: Appointment, form: CancelForm):
    try:
        cancelled = services.cancel(appointment, by=request.user, **form.cleaned_data)
    except Forbidden as error:
        raise PermissionDenied from error
    except StaleState as error:
        fresh = _fetch(request, appointment.pk)
        return _page(request, fresh, notice=error.message, status=error.status)
    except PortalError as error:
        add_refusal(form, error)
        return _cancel_page(request, appointment, form, status=error.status)
    messages.success(
        request,
        _("The appointment with %(doctor)s on %(when)s is cancelled.")
        % {"doctor": appointment.doctor.name, "when": when(appointment)},
    )
    return redirect(cancelled)


def _take_back(request, appointment: Appointment):
    """Withdraws a request, without a reason or a cut-off. If it was answered meanwhile, its page
    says so."""
    if request.method != "POST":
        return render(request, "appointments/requests/take_back.html", {"appointment": appointment})
    try:
        if appointment.state != AppointmentState.REQUESTED:
            raise StaleState
        services.cancel(appointment, by=request.user)
    except Forbidden as error:
        raise PermissionDenied from error
    except PortalError as error:
        fresh = _fetch(request, appointment.pk)
        return _page(request, fresh, notice=error.message, status=error.status)
    messages.success(
        request,
        _("The request for %(when)s with %(doctor)s is taken back.")
        % {"doctor": appointment.doctor.name, "when": when(appointment)},
    )
    return redirect(appointment)


def _cancel_page(request, appointment: Appointment, form: CancelForm, *, status: int = 200):
    """After the cut-off it says so and whom to call, instead of asking for a reason."""
    until = services.cancel_until(appointment.starts_at, settings=for_request(request))
    is_too_late = appointment.has_started or (request.user.is_patient and timezone.now() > until)
    context = {"appointment": appointment, "form": form, "is_too_late": is_too_late}
    return render(request, "appointments/cancel.html", context, status=status)


def _day(request) -> date | None:
    """A date; `today` means the date at the doctor's own office."""
    if request.GET.get("day") == "today" and request.user.is_doctor:
        return _today(request.user.doctor)
    return day_in_url(request)


def _today(doctor) -> date:
    return today_at(doctor.office)
