"""For whom a page books: the user, somebody whom they look after, or the patient whom staff have
chosen (requirements A14, B11)."""

from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import render

from portal.models import Patient, Slot
from portal.slots.patient_choice import people_of
from portal.web.fetch import get_visible
from portal.web.ids import id_of

KEPT = ("slot", "doctor", "specialty", "office", "from", "to", "part")


def patient_for(request, asked) -> Patient | None:
    """The patient that `asked`, the GET or POST of a form, names by `patient`. A patient who looks
    after nobody need not be named. None if one is still to be chosen; 404 for one out of reach. One
    query."""
    chosen = id_of(asked.get("patient"))
    if chosen:
        return get_visible(Patient, request.user, chosen)
    if request.user.is_staff:
        return None
    people = list(Patient.objects.of(request.user)[:2])
    if not people:
        raise Http404
    return people[0] if len(people) == 1 else None


def choose_whom(request, *, slot: Slot | None = None):
    """“For whom?”, for patients who look after others; choosing one adds `?patient=<id>` to the
    same URL. One query."""
    asked = request.POST if request.method == "POST" else request.GET
    kept = {name: asked[name] for name in KEPT if asked.get(name)}
    people = [
        (
            patient,
            f"?{urlencode({**kept, 'patient': patient.pk})}",
            patient.user_id == request.user.pk,
        )
        for patient in people_of(request.user)
    ]
    context = {"people": people, "slot": slot, "section": "slots"}
    return render(request, "appointments/booking/for_whom.html", context)
