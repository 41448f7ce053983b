"""Notes that doctors have signed about an appointment (requirement C06)."""

from portal.models import Appointment, EncounterNote, User


def notes_of(appointment: Appointment, *, reader: User) -> list[EncounterNote]:
    """Those that `reader` may read, with their authors; more than one after a handing over. One
    query."""
    found = EncounterNote.objects.visible_to(reader).filter(appointment=appointment)
    return list(found.select_related("author").order_by("pk"))
