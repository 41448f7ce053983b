"""The list of imports, and what the pages of one show (requirement A18)."""

from dataclasses import dataclass

from django.db.models import QuerySet

from portal.database.phones import plain_phone
from portal.enums import ImportState, RowOutcome
from portal.models import ImportRow, PatientImport, User
from portal.web.pages import Page, paged


def without_content(user: User) -> QuerySet[PatientImport]:
    """Those whom the user may see, with who made them; the file itself is not read."""
    return PatientImport.objects.visible_to(user).select_related("made_by").defer("content")


def page_of_imports(user: User, page: int) -> Page[PatientImport]:
    """Newest first: one query."""
    return paged(without_content(user).order_by("-pk"), page)


def earlier_of(upload: PatientImport) -> PatientImport | None:
    """The last import of the very same file that was carried out: one query."""
    same = PatientImport.objects.filter(digest=upload.digest, state=ImportState.DONE)
    return same.exclude(pk=upload.pk).defer("content").order_by("-pk").first()


def chosen(upload: PatientImport) -> dict[str, int]:
    """Possible duplicates by what was chosen for them: one query."""
    rows = ImportRow.objects.filter(upload=upload, outcome=RowOutcome.POSSIBLE).order_by()
    found: dict[str, int] = {}
    for choice in rows.values_list("choice", flat=True):
        found[choice] = found.get(choice, 0) + 1
    return found


@dataclass(frozen=True, slots=True)
class PossibleRow:
    """A row of the file beside the patient who may be the same."""

    pk: int
    number: int
    values: dict[str, str]
    choice: str
    patient: int | None
    name: str | None
    born: object
    phone: str | None


def possible(upload: PatientImport, page: int) -> Page[PossibleRow]:
    """The possible duplicates in the order of the file: one query."""
    rows = ImportRow.objects.filter(upload=upload, outcome=RowOutcome.POSSIBLE)
    found = rows.order_by("number").values_list(
        *("pk", "number", "values", "choice", "like_id", "like__name", "like__date_of_birth"),
        plain_phone("like__phone"),
    )
    read = paged(found, page)
    return Page([PossibleRow(*row) for row in read.rows], read.number, read.has_next)


def first_refused(upload: PatientImport) -> list[tuple[int, list[str]]]:
    """(number, reasons) of the first ten refused rows: one query."""
    rows = ImportRow.objects.filter(upload=upload, outcome=RowOutcome.REFUSED).order_by("number")
    return list(rows.values_list("number", "reasons")[:10])
