"""Whatever carries an id is in the table: what views read, fields that choose, pages of a diary."""

from tests.access import not_ids
from tests.access.ids import CARRIED
from tests.access.reads import choosing_fields, modules_by_page, pages_that_open_a_diary, reads
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
    return {(one.page, one.field.replace("-0", "-*")) for one in CARRIED}


def test_every_id_that_is_read_is_in_the_table():
    modules = modules_by_page()
    known = {(modules[page], field) for page, field in _carried()}
    shared = {field for _page, field in _carried()}
    found = {one for one in reads() if one[1] not in not_ids.NAMES and one not in not_ids.READS}

    missing = {one for one in found if one not in known}
    assert {one for one in missing if one[0] not in SHARED or one[1] not in shared} == set()


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
    read, fields = reads(), choosing_fields()

    assert {one for one in not_ids.READS if one not in read} == set()
    assert {one for one in not_ids.FIELDS if one not in fields} == set()
