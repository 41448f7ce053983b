"""The admins' page of figures, and the same as a CSV file (requirement F02)."""

import csv
from dataclasses import dataclass
from datetime import UTC
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from portal.figures.queries.weekly import Figures, figures
from portal.figures.rows.plots import HEIGHT, WIDTH, plots
from portal.models import Office
from portal.web import choices
from portal.web.fetch import demand_permission
from portal.web.ids import id_of

SPANS = ((12, _("12 weeks")), (26, _("Half a year")), (52, _("A year")))
COLUMNS = (
    "offered_minutes",
    "booked_minutes",
    "utilisation",
    "held",
    "missed",
    "no_show_rate",
    "cancelled_by_patients",
    "cancelled_by_clinic",
    "cancellation_rate",
    "days_ahead",
    "by_patients",
    "by_desk",
    "by_doctors",
)


@dataclass(frozen=True)
class Asked:
    """The filters in the URL. What does not exist is as if it were not there."""

    offices: list[Office]
    doctors: list[tuple[int, str]]
    office: Office | None
    doctor: int | None
    weeks: int

    @classmethod
    def of(cls, request) -> "Asked":
        offices, doctors = choices.offices(), choices.doctors_and_specialties()[0]
        office, doctor = (id_of(request.GET.get(name)) for name in ("office", "doctor"))
        weeks = id_of(request.GET.get("weeks"))
        return cls(
            offices=offices,
            doctors=doctors,
            office=next((one for one in offices if one.pk == office), None),
            doctor=doctor if doctor in dict(doctors) else None,
            weeks=weeks if weeks in dict(SPANS) else SPANS[0][0],
        )

    @property
    def zone(self) -> ZoneInfo:
        """Of the chosen office, otherwise of the clinic's first."""
        first = self.office or min(self.offices, key=lambda one: one.pk, default=None)
        return first.zone if first else ZoneInfo("UTC")

    @property
    def query(self) -> str:
        values = {"office": self.office and self.office.pk, "doctor": self.doctor}
        chosen = {name: value for name, value in values.items() if value}
        return urlencode(chosen | {"weeks": self.weeks})

    def figures(self) -> Figures:
        office = self.office.pk if self.office else None
        return figures(weeks=self.weeks, zone=self.zone, office=office, doctor=self.doctor)


@require_GET
def manage_figures(request):
    demand_permission(request.user, "portal.see_figures")
    asked = Asked.of(request)
    found = asked.figures()
    office = asked.office.pk if asked.office else None
    context = {
        "plots": plots(found.weeks),
        "width": WIDTH,
        "height": HEIGHT,
        "counted_at": found.counted_at.astimezone(asked.zone).strftime("%H:%M"),
        "zone": asked.zone.key,
        "csv_url": f"{reverse('manage-figures-csv')}?{asked.query}",
        "office_options": [(one.pk, one.name, one.pk == office) for one in asked.offices],
        "doctor_options": [(pk, name, pk == asked.doctor) for pk, name in asked.doctors],
        "week_options": [(value, text, value == asked.weeks) for value, text in SPANS],
    }
    return render(request, "figures/figures.html", context)


@require_GET
def manage_figures_csv(request):
    """Rates between 0 and 1 with a decimal point; an empty cell is where nothing can be said."""
    demand_permission(request.user, "portal.see_figures")
    found = Asked.of(request).figures()
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"figures-{found.counted_at.astimezone(UTC).date()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response)
    writer.writerow(["week_from", *COLUMNS])
    for week in found.weeks:
        writer.writerow([week.starts, *(_cell(getattr(week, name)) for name in COLUMNS)])
    return response


def _cell(value):
    return round(value, 4) if isinstance(value, float) else value
