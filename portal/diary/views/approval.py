"""Withdrawing a doctor's approval, with a choice for each coming appointment (A02)."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_stubs_ext import StrOrPromise

from portal.appointments.queries import waits
from portal.diary.forms.time_off_choices import ChoiceRow, Sent, colleagues_for_all, pick_for_all
from portal.diary.queries import time_off as queries
from portal.diary.services import approvals, time_off
from portal.diary.views.schedule_fetch import Diary
from portal.diary.views.time_off_new import by_day
from portal.errors import PortalError, Unsettled
from portal.models import Doctor
from portal.web.context import for_request
from portal.web.fetch import demand_permission

FIELD = "choice-"


@require_http_methods(["GET", "HEAD", "POST"])
def manage_doctor_withdraw(request, pk: int):
    demand_permission(request.user, "portal.approve_doctors")
    found = Doctor.objects.select_related("user", "office", "specialty")
    doctor = get_object_or_404(found, pk=pk)
    if not doctor.can("withdraw_approval"):
        messages.info(request, _("Only an approval that is there can be withdrawn."))
        return redirect("manage-doctor", pk=doctor.pk)
    return _Withdrawing(request, doctor).answer()


class _Withdrawing:
    """One request of the page."""

    def __init__(self, request, doctor: Doctor):
        self.request, self.doctor = request, doctor
        self.stretch = queries.all_ahead()
        self.sent = Sent(request.POST if request.method == "POST" else {})
        self.reason = request.POST.get("reason", "")
        self.text = _("%(doctor)s no longer sees patients here. We are sorry.") % {
            "doctor": doctor.name
        }

    def answer(self):
        rows = self._rows()
        if self.request.method != "POST":
            return self._page(rows)
        if "all" in self.request.POST:
            refusal = pick_for_all(rows, self.request.POST)
            return self._page(rows, refusal=refusal, status=422 if refusal else 200)
        if any(row.error for row in rows):
            text = _("Some choices cannot be as they are: look at what is marked.")
            return self._page(rows, refusal=text, status=422)
        choices = {row.pk: row.choice() for row in rows if not row.is_new}
        try:
            approvals.withdraw(
                self.doctor, choices=choices, reason=self.reason, by=self.request.user
            )
        except PortalError as error:
            return self._refused(error)
        text = _("The approval of %(name)s is withdrawn.") % {"name": self.doctor.name}
        messages.success(self.request, text)
        return redirect("manage-doctor", pk=self.doctor.pk)

    def _rows(self) -> list[ChoiceRow]:
        found = queries.to_settle(self.doctor, *self.stretch)
        appointments = list(found[: time_off.MOST])
        items = queries.plan(
            self.doctor,
            appointments,
            *self.stretch,
            offices=None,
            by=self.request.user,
            settings=for_request(self.request),
        )
        return self.sent.rows(items, default_message=self.text)

    def _refused(self, error: PortalError):
        """The page with everything as it is now, and what was chosen."""
        rows = self._rows()
        for row in rows:
            if error.field == f"{FIELD}{row.pk}":
                row.error = row.error or str(error.message)
            elif isinstance(error, Unsettled) and row.pk in error.missing:
                row.error = row.item.obstacle or _("Say what is to become of it.")
        return self._page(rows, refusal=error.message, field=error.field, status=error.status)

    def _page(
        self,
        rows: list[ChoiceRow],
        *,
        refusal: StrOrPromise = "",
        field: str | None = None,
        status: int = 200,
    ):
        office = self.doctor.office
        context = {
            "diary": Diary(self.doctor, office, [office], [office], is_own=False),
            "doctor": self.doctor,
            "rows": rows,
            "days": by_day(rows),
            "for_all": colleagues_for_all(rows),
            "all_to": self.request.POST.get("all_to", ""),
            "all_message": self.request.POST.get("all_message", self.text),
            "seen": " ".join(f"{row.pk}:{row.item.appointment.version}" for row in rows),
            "reason": self.reason,
            "reason_error": refusal if field == "note" else "",
            "waiting": waits.count_for(self.doctor),
            "slots": queries.counted(self.doctor, *self.stretch),
            "refusal": refusal,
            "no_moving": True,
            "section": "manage-doctors",
        }
        return render(self.request, "diary/approval/withdraw.html", context, status=status)
