"""Every id that a form field or an address carries.

Method, page, the thing in its path, the name of the field (`?` before it: in the address of a
POST), of which kind it is, whose, and for which roles that one is foreign. What makes the rest of
the form valid is in filled_in.py.
"""

from typing import NamedTuple

_TABLE = """
GET  slots                  -           patient     patient        person,office visitor,doctor
GET  slots                  -           patient     patient        person  patient
GET  slots                  -           doctor      waiting-doctor own     visitor,patient,doctor
GET  slots                  -           move        appointment    person  visitor,patient,doctor
GET  slots                  -           move        appointment    office  assistant
GET  doctor                 doctor      patient     patient        person,office visitor,doctor
GET  doctor                 doctor      move        appointment    person  visitor,patient,doctor
GET  doctor                 doctor      move        appointment    office  assistant
GET  slot-book              slot        patient     patient        person,office patient,doctor
POST slot-book              slot        patient     patient        person,office patient,doctor
GET  slot-book              slot        office      office         office  assistant
GET  appointment-reschedule appointment slot        hidden-slot    own,person patient
POST appointment-reschedule appointment slot        hidden-slot    own,person patient
GET  appointment-reschedule appointment slot        slot           person  doctor
POST appointment-reschedule appointment slot        slot           person  doctor
GET  appointment-reschedule appointment slot        slot           office  assistant
POST appointment-reschedule appointment slot        slot           office  assistant
GET  waits                  -           patient     patient        person,office doctor
GET  waits                  -           doctor      doctor         person,office doctor
GET  waits                  -           doctor      doctor         office  assistant
GET  wait-new               -           appointment appointment    person  patient,doctor
POST wait-new               -           appointment appointment    person  patient,doctor
GET  wait-new               -           appointment appointment    office  assistant
POST wait-new               -           appointment appointment    office  assistant
GET  wait-new               -           slot        hidden-slot    own,person patient
POST wait-new               -           slot        hidden-slot    own,person patient
GET  wait-new               -           slot        taken-slot     person  doctor
POST wait-new               -           slot        taken-slot     person  doctor
GET  wait-new               -           slot        taken-slot     office  assistant
POST wait-new               -           slot        taken-slot     office  assistant
GET  wait-new               -           patient     patient        person,office patient,doctor
POST wait-new               -           patient     patient        person,office patient,doctor
GET  wait-new               -           doctor      waiting-doctor own     patient,doctor,assistant
POST wait-new               -           doctor      waiting-doctor own     patient,doctor,assistant
GET  wait-new               -           doctor      doctor         office  doctor,assistant
POST wait-new               -           doctor      doctor         office  doctor,assistant
GET  wait-new               -           office      office         office  assistant
POST wait-new               -           office      office         office  assistant
POST wait-new               -           seen        desk-slot      own,person patient
POST requests-seen          -           request     request        person  doctor
POST requests-seen          -           request     request        office  assistant
GET  series-new             patient     slot        slot           person  doctor
GET  series-new             patient     slot        slot           office  assistant
POST series-new             patient     doctor      doctor         person,office doctor
POST series-new             patient     doctor      doctor         office  assistant
POST series-new             patient     choice-0    slot           person  doctor
POST series-new             patient     choice-0    slot           office  assistant
GET  patient-merge          patient     other       merged-patient own     assistant,admin
POST patient-merge          patient     ?other      merged-patient own     assistant,admin
POST patient-distinct       patient     ?other      merged-patient own     assistant,admin
GET  slot-book              slot        patient     merged-patient own     assistant,admin
POST slot-book              slot        patient     merged-patient own     assistant,admin
GET  wait-new               -           patient     merged-patient own     assistant,admin
POST wait-new               -           patient     merged-patient own     assistant,admin
GET  patient-new            -           slot        slot           office  assistant
POST patient-new            -           ?slot       slot           office  assistant
GET  patient-new            -           office      office         office  assistant
GET  walk-in                -           office      office         office  assistant
POST walk-in                -           slot        slot           office  assistant
POST walk-in                -           office      office         office  assistant
GET  walk-in-extra          -           office      office         office  assistant
POST walk-in-extra          -           office      office         office  assistant
GET  walk-in-extra          -           doctor      doctor         office  assistant
POST walk-in-extra          -           doctor      doctor         office  assistant
GET  desk                   -           office      office         office  assistant
GET  desk                   -           doctor      doctor         office  assistant
GET  desk-paper             -           office      office         office  assistant
GET  desk-paper             -           doctor      doctor         office  assistant
GET  schedule-transfer      doctor      to          waiting-doctor own     doctor,assistant
POST schedule-transfer      doctor      to          waiting-doctor own     doctor,assistant
POST appointment-transfer   appointment to          waiting-doctor own     doctor,assistant
POST slot-transfer          slot        to          waiting-doctor own     doctor,assistant
POST slot-new               doctor      office      office         office  assistant
POST slot-edit              slot        office      office         office  assistant
POST hours-new              doctor      office      office         office  assistant
POST hours-change           hours       office      office         office  assistant
POST hours-exception        doctor      office      office         office  assistant
POST time-off-new           doctor      do-*        slot           office  assistant
POST time-off-new           doctor      do-*        slot           person  doctor
POST time-off-new           doctor      other-*     slot           office  assistant
POST time-off-new           doctor      other-*     slot           person  doctor
POST time-off-new           doctor      to-*        waiting-doctor own     doctor,assistant
POST time-off-new           doctor      all_to      waiting-doctor own     doctor,assistant
POST manage-doctor-withdraw doctor      to-*        waiting-doctor own     admin
POST manage-doctor-withdraw doctor      all_to      waiting-doctor own     admin
POST office-holidays        office      holiday     holiday        office  assistant
POST office-holidays        office      proposed    holiday        office  assistant
GET  records                -           patient     patient        person,office patient
GET  note-write             appointment template    note-template  person  doctor
GET  records-opened         -           patient     patient        person,office patient
POST attendance-cancel      appointment appointment appointment    person,office visitor
"""

# Pages of a diary: the desk says whose it is, and at which office.
DIARY_PAGES = """
GET hours                GET hours-new            POST hours-new
GET hours-change         POST hours-change        GET hours-end             POST hours-end
GET hours-exception      POST hours-exception     POST hours-exception-drop
GET schedule-slots       POST slot-remove         GET slot-new              POST slot-new
GET slot-edit            POST slot-edit           GET slot-transfer         POST slot-transfer
GET schedule-transfer    POST schedule-transfer
GET times-off            GET time-off-new         POST time-off-new
GET time-off-end         POST time-off-end
"""


class Carried(NamedTuple):
    method: str
    page: str
    path_kind: str
    field: str
    is_in_address: bool
    kind: str
    whose: tuple[str, ...]
    roles: tuple[str, ...]


def _carried(line: str) -> Carried:
    method, page, path_kind, field, kind, whose, roles = line.split()
    in_address = method == "GET" or field.startswith("?")
    places = tuple(whose.split(",")), tuple(roles.split(","))
    return Carried(method, page, path_kind, field.lstrip("?"), in_address, kind, *places)


def _of_diaries():
    words = DIARY_PAGES.split()
    for method, page in zip(words[::2], words[1::2], strict=True):
        kind = "slot" if page.startswith("slot-") and page != "slot-new" else "doctor"
        kind = "hours" if page in ("hours-change", "hours-end") else kind
        kind = "time-off" if page == "time-off-end" else kind
        for field in ("doctor", "office"):
            yield Carried(method, page, kind, field, True, field, ("office",), ("assistant",))


# What stands before the id in the value of a field.
BEFORE_ID = {"do-*": "slot-"}
CARRIED = [*map(_carried, _TABLE.strip().splitlines()), *_of_diaries()]
