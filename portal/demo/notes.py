"""Notes of the visits of patient@example.com (requirement C06)."""

from datetime import datetime, timedelta

from portal.audit.services import audit
from portal.enums import AppointmentState as State
from portal.enums import NoteState
from portal.models import Appointment, EncounterNote, Patient, SignedNote
from portal.models.record import TEXTS

SIGNED_AFTER = timedelta(minutes=12)  # the end of the visit
AMENDED_AFTER = timedelta(hours=5)

# The latest visit first: one version of the four texts, or several with the reason of each further.
NOTES = (
    (
        (
            "Tired since the summer, sleeps badly, no fever.",
            "Blood pressure 118/74. Heart and lungs normal.",
            "Iron deficiency suspected.",
            "Blood count and ferritin next week; come back with the results.",
            "",
        ),
        (
            "Tired since the summer, sleeps badly, no fever.",
            "Blood pressure 118/74. Heart and lungs normal. Haemoglobin 11.2 g/dl.",
            "Iron deficiency anaemia, mild.",
            "Iron tablets in the morning, three months. Check in six weeks.",
            "The blood count has come",
        ),
    ),
    (
        (
            "Small dark spot on the left shoulder, no change that she knows of.",
            "4 mm, even border, one colour.",
            "Benign mole.",
            "Nothing to do. Look at it once a year, earlier if it grows or bleeds.",
            "",
        ),
    ),
    (
        (
            "Sees road signs less sharply since spring, no pain.",
            "Right eye 1.0, left eye 0.7. Pressure and back of the eye normal.",
            "Short-sighted, left eye.",
            "Glasses for driving, left −0.75. Check in two years.",
            "",
        ),
    ),
)


def sign_notes(her: Patient, *, now: datetime) -> None:
    """Only if she has none yet: of her last visits, by their doctors."""
    if her.encounter_notes.exists():
        return
    visits = Appointment.objects.filter(patient=her, state=State.COMPLETED, ends_at__lt=now)
    visits = visits.select_related("doctor__user").order_by("-starts_at")
    for visit, versions in zip(visits, NOTES, strict=False):
        _sign(visit, versions)


def _sign(visit: Appointment, versions: tuple[tuple[str, ...], ...]) -> None:
    doctor = visit.doctor
    note = EncounterNote.objects.create(
        patient=visit.patient,
        appointment=visit,
        author=doctor,
        state=NoteState.SIGNED,
        version=len(versions),
        signed_at=visit.ends_at + SIGNED_AFTER,
        **dict(zip(TEXTS, versions[-1], strict=False)),
    )
    for number, version in enumerate(versions, start=1):
        after = AMENDED_AFTER if number > 1 else SIGNED_AFTER
        SignedNote.objects.create(
            note=note,
            number=number,
            reason=version[-1],
            signed_at=visit.ends_at + after,
            signed_by=doctor.user,
            **dict(zip(TEXTS, version, strict=False)),
        )
        verb = "amend_note" if number > 1 else "sign_note"
        audit.record(verb, note, by=doctor.user, patient=visit.patient, number=number)
