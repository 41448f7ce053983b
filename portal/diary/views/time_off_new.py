"""Entering a time off in two steps: the period, then a choice for each appointment (B19)."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from django_stubs_ext import StrOrPromise

from portal.diary.forms.time_off import StretchForm
from portal.diary.forms.time_off_choices import ChoiceRow, Sent, colleagues_for_all, pick_for_all
from portal.diary.queries import time_off as queries
from portal.diary.services import time_off
from portal.diary.views.bulk_changes import keep_undo
from portal.diary.views.schedule_fetch import Diary, any_diary
from portal.enums import Role
from portal.errors import Forbidden, PortalError, Unsettled
from portal.models import TimeOff, offices_of
from portal.web.context import for_request
from portal.web.templatetags.clinic import stretch

DATES = ("first", "first_at", "last", "last_at")


@require_http_methods(["GET", "HEAD", "POST"])
def time_off_new(request):
    """Without dates in the URL it asks for them; with dates it lists the appointments in the
    period."""
    diary = any_diary(request)
    is_asked = any(name in request.GET for name in DATES) or request.method == "POST"
    options: dict[str, Any] = {"zone": diary.doctor.office.zone, "today": diary.today}
    form = StretchForm(request.GET if is_asked else None, **options)
    if not is_asked:
        return _dates_page(request, diary, form)
    if not form.is_valid():
        return _dates_page(request, diary, form, status=422)
    page = _Settling(request, diary, form)
    if page.is_too_much():
        return _dates_page(request, diary, form, status=422)
    return page.answer()


class _Settling:
    """One request of the second step."""

    def __init__(self, request, diary: Diary, form: StretchForm):
        self.request, self.diary, self.form = request, diary, form
        self.stretch = form.cleaned_data["starts_at"], form.cleaned_data["ends_at"]
        self.sent = Sent(request.POST if request.method == "POST" else {})
        self.text = _("%(doctor)s is away then. We are sorry. Please book another time.") % {
            "doctor": diary.doctor.name
        }
        self._look()

    @property
    def _when(self) -> dict:
        return {"starts_at": self.stretch[0], "ends_at": self.stretch[1]}

    def is_too_much(self) -> bool:
        """Too many appointments for one time off; adds the error to the form."""
        if len(self.appointments) <= time_off.MOST:
            return False
        count = len(self.appointments)
        self.form.add_error("last", queries.too_many(count, time_off.MOST))
        return True

    def answer(self):
        if self.request.method != "POST":
            return self._page(self._rows())
        if "all" in self.request.POST:
            return self._same_for_all(self.request.POST["all"])
        rows = self._rows()
        if refusal := self._refusal(rows):
            return self._page(rows, refusal=refusal, status=422)
        try:
            made = time_off.take_time_off(
                self.diary.doctor,
                note=self.sent.note,
                choices={row.pk: row.choice() for row in rows if not row.is_new},
                by=self.request.user,
                **self._when,
            )
        except Forbidden as error:
            raise PermissionDenied from error
        except PortalError as error:
            return self._refused(error)
        said = {"when": stretch(made, self.diary.doctor.office), "count": len(rows)}
        text = _("Saved: away %(when)s.")
        if rows:
            text = ngettext(
                "Saved: away %(when)s. %(count)s appointment is settled.",
                "Saved: away %(when)s. All %(count)s appointments are settled.",
                len(rows),
            )
        messages.success(self.request, text % said, **keep_undo(made.bulk))
        return redirect(f"{reverse('times-off')}{self.diary.query}")

    def _same_for_all(self, verb: str):
        rows = self._rows(anew=verb == "move")
        refusal = pick_for_all(rows, self.request.POST)
        return self._page(rows, refusal=refusal, status=422 if refusal else 200)

    def _refusal(self, rows: list[ChoiceRow]) -> str:
        if any(row.error for row in rows):
            return _("Some choices cannot be as they are: look at what is marked.")
        return self.sent.note_error()

    def _look(self) -> None:
        found = queries.to_settle(self.diary.doctor, *self.stretch)
        self.appointments = list(found[: time_off.MOST + 1])

    def _rows(self, *, anew: bool = False) -> list[ChoiceRow]:
        """`anew`: propose times as if nothing were chosen."""
        items = queries.plan(
            self.diary.doctor,
            self.appointments,
            *self.stretch,
            offices=_offices(self.request.user),
            by=self.request.user,
            settings=for_request(self.request),
            chosen={} if anew else self.sent.slots(self.appointments),
        )
        return self.sent.rows(items, default_message=self.text)

    def _refused(self, error: PortalError):
        """The page with everything as it is now, and the user's choices."""
        self._look()
        rows = self._rows()
        for row in rows:
            if error.field == f"choice-{row.pk}":
                row.error = row.error or str(error.message)
            elif isinstance(error, Unsettled) and row.pk in error.missing:
                row.error = row.item.obstacle or _("Say what is to become of it.")
        return self._page(rows, refusal=error.message, status=error.status)

    def _page(self, rows: list[ChoiceRow], *, refusal: StrOrPromise = "", status: int = 200):
        query = {name: self.request.GET.get(name, "") for name in DATES}
        joint = "&" if self.diary.query else "?"
        context = {
            "diary": self.diary,
            "stretch": stretch(TimeOff(**self._when), self.diary.doctor.office),
            "rows": rows,
            "days": by_day(rows),
            "for_all": colleagues_for_all(rows),
            "all_to": self.request.POST.get("all_to", ""),
            "all_message": self.request.POST.get("all_message", self.text),
            "seen": " ".join(f"{row.pk}:{row.item.appointment.version}" for row in rows),
            "note": self.sent.note,
            "slots": queries.counted(self.diary.doctor, *self.stretch),
            "refusal": refusal,
            "dates_query": f"{self.diary.query}{joint}{urlencode(query)}",
            "section": "schedule",
        }
        return render(self.request, "diary/time_off/settle.html", context, status=status)


def by_day(rows: list[ChoiceRow]) -> list[tuple]:
    """(date, rows) by the dates of each one's office."""
    days: dict = {}
    for row in rows:
        own = row.item.appointment
        days.setdefault(own.starts_at.astimezone(own.office.zone).date(), []).append(row)
    return sorted(days.items(), key=lambda day: day[0])


def _offices(user) -> set[int] | None:
    if user.role != Role.ASSISTANT:
        return None
    return set(offices_of(user).values_list("pk", flat=True))


def _dates_page(request, diary: Diary, form: StretchForm, *, status: int = 200):
    context = {"diary": diary, "form": form, "section": "schedule"}
    return render(request, "diary/time_off/new.html", context, status=status)
