"""Which rows of a file are patients who are here already (requirement A18)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from portal.database.phones import plain_phone
from portal.enums import RowOutcome
from portal.imports.fields import NAME, NUMBER
from portal.imports.reading import Read
from portal.models import Patient, PatientOrigin
from portal.models.names import joined
from portal.people.queries.duplicates import orders_of

Known = tuple[int, str, str, str]  # id, joined name, date of birth (ISO or ""), phone (E.164 or "")


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: RowOutcome
    like: int | None = None  # the patient who is, or may be, the same
    reason: str = ""


@dataclass(slots=True)
class Index:
    """The patients whom any row of a batch could be."""

    by_number: dict[str, Known] = field(default_factory=dict)
    by_digest: dict[str, int] = field(default_factory=dict)
    by_name: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))
    by_phone: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))

    def judge(self, row: Read) -> Verdict:
        """Imported before, exactly the same, or possibly the same, as at the desk
        (people/queries/duplicates.py); else new."""
        number, (name, born, phone) = row.values.get(NUMBER, ""), row.key
        if known := self.by_number.get(number) if number else None:
            if known[1] not in orders_of(row.values[NAME]) and known[2] != born:
                text = _("This number is already another patient’s here.")
                return Verdict(RowOutcome.REFUSED, known[0], text)
            return Verdict(RowOutcome.SAME, known[0])
        if row.digest in self.by_digest:
            return Verdict(RowOutcome.SAME, self.by_digest[row.digest])
        named = [one for order in orders_of(row.values[NAME]) for one in self.by_name[order]]
        for one in named:
            if one[1:] == (name, born, phone) and (born or phone):
                return Verdict(RowOutcome.SAME, one[0])
        possible = [one for one in named if not (born and one[2]) or one[2] == born]
        possible += self.by_phone[phone] if phone else []
        return Verdict(RowOutcome.POSSIBLE, possible[0][0]) if possible else Verdict(RowOutcome.NEW)


def index_of(rows: Sequence[Read], *, source: str) -> Index:
    """For these rows: four queries, whatever their number."""
    index = Index()
    numbers = [row.values[NUMBER] for row in rows if row.values.get(NUMBER)]
    origins = PatientOrigin.objects.filter(source=source, number__in=numbers)
    found = origins.values_list("number", *_columns("patient__"))
    index.by_number = {number: _known(rest) for number, *rest in found}
    digests = PatientOrigin.objects.filter(digest__in=[row.digest for row in rows])
    index.by_digest = dict(digests.values_list("digest", "patient"))
    names = {order for row in rows for order in orders_of(row.values[NAME])}
    for one in _patients(search_name__joined__in=sorted(names)):
        index.by_name[one[1]].append(one)
    phones = {row.values["phone"] for row in rows if row.values.get("phone")}
    for one in _patients(number__in=sorted(phones)):
        index.by_phone[one[3]].append(one)
    return index


def _patients(**condition: object) -> list[Known]:
    # Annotated, or each would be parsed.
    patients = Patient.objects.listed().annotate(number=plain_phone("phone"))
    found = patients.filter(**condition).order_by("pk").values_list(*_columns())
    return [_known(row) for row in found]


def _columns(path: str = "") -> list:
    return [f"{path}pk", f"{path}name", f"{path}date_of_birth", plain_phone(f"{path}phone")]


def _known(row: Sequence) -> Known:
    pk, name, born, phone = row
    return pk, joined(name), born.isoformat() if born else "", phone or ""
