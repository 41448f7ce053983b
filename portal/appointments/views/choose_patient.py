"""Staff choose the patient by name, phone or date of birth, or enter a new one (B11, A09)."""

from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse

from portal.appointments.queries.no_shows import no_shows
from portal.models import Slot
from portal.people.queries import patients
from portal.web.ids import id_of

LONGEST = 100  # characters of a question that are read


def choose_patient(request, *, slot: Slot | None = None):
    """The page on which a patient is chosen. Choosing one adds `?patient=<id>` to the same URL.

    `slot` is the time to be booked; without it the patient is a walk-in. Two queries.
    """
    text = request.GET.get("q", "").strip()[:LONGEST]
    page = patients.first_patients(request.user, text)
    missed = no_shows(patient.pk for patient in page.rows)
    kept = {"slot": slot.pk} if slot else {"walk_in": 1}
    if office := id_of(request.GET.get("office")):  # of the desk where a walk-in stands
        kept["office"] = office
    may_add = request.user.has_perm("portal.add_patient")
    context = {
        "slot": slot,
        "section": "slots" if slot else "desk",
        "q": text,
        "office": office,
        "page": page,
        "found": [(patient, missed.get(patient.pk, 0)) for patient in page.rows],
        "own_url": request.path,
        "new_url": may_add and f"{reverse('patient-new')}?{urlencode({**kept, 'q': text})}",
    }
    template = "appointments/booking/choose_patient.html" + ("#found" if request.htmx else "")
    return render(request, template, context)
