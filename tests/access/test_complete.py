"""Whatever carries an id is in the table: what views read, fields that choose, pages of a diary."""

import pytest

from tests.access import not_ids
from tests.access.ids import CARRIED, Carried
from tests.access.reads import (
    Read,
    choosing_fields,
    handed_on,
    importers,
    modules_by_page,
    pages_that_open_a_diary,
    parts_of_addresses,
    read_as_numbers,
    reads,
)
from tests.access.table import ROWS

# What several pages read through one module.
SHARED = {
    "at_desk",
    "schedule_fetch",
    "patient_choice",
    "time_off_choices",
    "free_first",
    "choose_patient",
    "for_whom",
}
# Modules that import a shared one for something that reads nothing.
READ_NOTHING = {"schedule_fetch": {"approval", "schedule", "schedule_copy"}}
# Forms whose fields are in the table → the page on which they are.
FORMS = {
    "BlockForm": "hours-new",
    "ChangeBlockForm": "hours-change",
    "ExceptionForm": "hours-exception",
    "ExtraTimeForm": "walk-in-extra",
    "NewBlockForm": "hours-new",
    "OfficeChoice": "hours-new",
    "SeriesForm": "series-new",
    "SlotFilterForm": "slots",
    "SlotForm": "slot-new",
    "WaitForm": "wait-new",
}


def _carried() -> set[tuple[str, str]]:
    """(page, field), with `choice-*` for `choice-0`."""
    return {(one.page, _named(one)) for one in CARRIED}


def _named(one: Carried) -> str:
    return one.field.replace("-0", "-*")


def _known() -> set[Read]:
    """What the table says that each module reads, and whence; also through a shared one."""
    modules, readers = modules_by_page(), {shared: _readers(shared) for shared in SHARED}
    known = set()
    for one in CARRIED:
        module, source = modules[one.page], "GET" if one.is_in_address else "POST"
        via = [shared for shared, theirs in readers.items() if module in theirs]
        for reader in (module, *via):
            # `asked` and `data` may be either.
            known |= {Read(reader, _named(one), said) for said in (source, "asked", "data")}
    return known


def _readers(shared: str) -> set[str]:
    """Modules that read through it, also through another one."""
    found = importers(shared)
    return found.union(*(importers(one) for one in found & SHARED)) - SHARED


def test_every_id_that_is_read_is_in_the_table():
    """In the table for an address if it is read from one, for a form if it is read from one."""
    excused = {
        one
        for one in reads()
        if one.name in not_ids.NAMES or (one.module, one.name) in not_ids.READS
    }

    assert reads() - excused - _known() == set()


def test_no_name_that_is_always_excused_is_read_as_a_number():
    assert {one for one in read_as_numbers() if one[1] in not_ids.NAMES} == set()


@pytest.mark.parametrize("shared", sorted(SHARED))
def test_whoever_reads_through_a_shared_module_is_in_the_table(shared):
    modules = modules_by_page()
    fields = {one.name for one in reads() if one.module == shared}
    asked = {modules[one.page] for one in CARRIED if _named(one) in fields}

    assert fields
    assert _readers(shared)
    assert _readers(shared) - asked - READ_NOTHING.get(shared, set()) == set()


def test_whatever_is_sent_is_read_by_name_or_by_a_form():
    assert handed_on() - set(not_ids.HANDED_ON) == set()


def test_every_part_of_an_address_is_known():
    """An id there is called `pk`: test_urls.py asks for four of them."""
    found = {name for _page, name in parts_of_addresses()}

    assert found - {"pk"} == set(not_ids.IN_PATHS)


def test_every_field_that_chooses_is_in_the_table():
    found, known = choosing_fields() - set(not_ids.FIELDS), _carried()

    assert {(form, name) for form, name in found if (FORMS.get(form), name) not in known} == set()


def test_every_page_of_a_diary_is_asked_for_a_foreign_one():
    pages = pages_that_open_a_diary() - {"appointment-transfer"}
    wanted = {(row.method, row.name) for row in ROWS if row.name in pages}

    assert len(wanted) > 20
    for field in ("doctor", "office"):
        assert wanted - {(one.method, one.page) for one in CARRIED if one.field == field} == set()


def test_nothing_is_excused_that_is_not_there():
    read = {(one.module, one.name) for one in reads()}

    assert not_ids.NAMES - {name for _module, name in read} == set()
    assert set(not_ids.READS) - read == set()
    assert set(not_ids.FIELDS) - choosing_fields() == set()
    assert set(not_ids.HANDED_ON) - handed_on() == set()
