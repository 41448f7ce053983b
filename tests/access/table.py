"""Every URL: method, name, whose it is (audiences.py), of which kind, and the status for those who
may. A POST carries no data, so 422 and 409 are those who may. `group=status` is for some of them.
"""

from collections.abc import Iterator
from typing import NamedTuple

from tests.access.audiences import AUDIENCES, GROUPS, REFUSED_BEFORE, SET_UP_PAGES
from tests.access.world import WHOSE

_TABLE = """
GET   home                    everyone     -            200
GET   dashboard               signed-in    -            200  assistants=302
GET   signed-out              everyone     -            302
GET   doctors                 everyone     -            200
GET   doctor                  directory    doctor       200
GET   doctor                  previews     waiting-doctor 200
GET   doctor-photo            nobody       doctor       404
GET   doctor-sign-up          everyone     -            200  inside=302
POST  doctor-sign-up          everyone     -            422  inside=302
GET   application             doctors      -            200
POST  application             doctors      -            302
GET   own-photo               doctors      -            200
POST  own-photo               doctors      -            422
POST  own-photo-remove        doctors      -            302
GET   manage-doctors          admins       -            200
GET   manage-doctor           things-of-admins doctor   200
POST  manage-doctor-decide    things-of-admins doctor   422
GET   manage-doctor-correct   things-of-admins doctor   200
POST  manage-doctor-correct   things-of-admins doctor   422
GET   manage-doctor-withdraw  things-of-admins doctor   200
POST  manage-doctor-withdraw  things-of-admins doctor   422
GET   offices                 everyone     -            200
GET   office-edit             own-office   office       200
POST  office-edit             own-office   office       422
GET   manage-offices          admins       -            200
GET   manage-office-new       admins       -            200
POST  manage-office-new       admins       -            422
GET   manage-office           things-of-admins office   200
POST  manage-office           things-of-admins office   422
GET   manage-office-close     things-of-admins office   200
POST  manage-office-close     things-of-admins office   422
POST  manage-office-reopen    things-of-admins office   302
GET   manage-specialties      admins       -            200
GET   manage-specialty-new    admins       -            200
POST  manage-specialty-new    admins       -            422
GET   manage-specialty        things-of-admins specialty 200
POST  manage-specialty        things-of-admins specialty 422
GET   manage-specialty-close  things-of-admins specialty 200
POST  manage-specialty-close  things-of-admins specialty 422
POST  manage-specialty-reopen things-of-admins specialty 302
GET   first-admin             everyone     -            404
POST  first-admin             everyone     -            404
GET   setup                   admins       -            200
GET   setup-clinic            admins       -            200
POST  setup-clinic            admins       -            422
GET   setup-office            admins       -            200
POST  setup-office            admins       -            422
GET   setup-specialty         admins       -            200
POST  setup-specialty         admins       -            422
GET   setup-doctor            admins       -            200
POST  setup-doctor            admins       -            422
GET   setup-hours             admins       -            200
POST  setup-hours             admins       -            422
POST  setup-finish            admins       -            302
GET   slots                   everyone     -            200
GET   profile                 signed-in    -            200
POST  profile                 signed-in    -            422
GET   own-data                patients     -            200
POST  own-data                patients     -            302
GET   own-erasure             signed-in    -            200  patients=302
POST  own-erasure             patients     -            302
POST  own-erasure-withdraw    patients     -            302
GET   patient-erase           things-of-admins patient  302
POST  patient-erase           things-of-admins patient  302
GET   manage-erasures         admins       -            200
POST  manage-erasure-withdraw things-of-admins erasure  302
POST  own-data-json           its-reader   own-data     200
POST  own-data-pdf            its-reader   own-data     200
POST  calendar-feed-renew     not-desk     -            302
POST  calendar-feed-end       not-desk     -            302
GET   calendar-feed           everyone     -            404
GET   attendance              everyone     appointment  200
POST  attendance              everyone     appointment  302
GET   attendance-cancel       everyone     appointment  200
POST  attendance-cancel       everyone     appointment  302
GET   slot-book               who-books-it slot         200
POST  slot-book               who-books-it slot         422  staff=403
GET   slot-book               who-knows-it hidden-slot  200
POST  slot-book               who-knows-it hidden-slot  403
GET   appointments            signed-in    -            200
GET   appointment             its-people   appointment  200
GET   appointment-booked      its-people   appointment  200
GET   appointment-cancel      its-people   appointment  200
POST  appointment-cancel      its-people   appointment  422  patients=302
GET   appointment-reschedule  its-people   appointment  302
POST  appointment-reschedule  its-people   appointment  302
GET   appointment-calendar    its-people   appointment  200
POST  appointment-mark        its-staff    appointment  302
GET   appointment-transfer    its-staff    appointment  200
POST  appointment-transfer    its-staff    appointment  422
GET   series-cancel           its-staff    appointment  302
POST  series-cancel           its-staff    appointment  302
GET   series-new              who-treats   patient      200
POST  series-new              who-treats   patient      422
GET   waits                   signed-in    -            200
GET   wait-new                signed-in    -            200
POST  wait-new                signed-in    -            422  staff=403
POST  wait-leave              who-waits    wait         302
GET   offer                   who-waits    offer        200
POST  offer-accept            who-waits    offer        302
POST  offer-decline           who-waits    offer        302
GET   notifications           signed-in    -            200
GET   notifications-bell      everyone     -            200
POST  notifications-read      signed-in    -            302
GET   notification            its-reader   message      200
POST  notification-read       its-reader   message      302
POST  notification-unread     its-reader   message      302
GET   notification-preferences signed-in   -            200
POST  notification-preferences signed-in   -            302
GET   notification-unsubscribe everyone    -            404
POST  notification-unsubscribe everyone    -            404
GET   requests                staff        -            200
POST  requests-seen           staff        -            302
POST  request-accept          its-staff    request      302
GET   request-decline         its-staff    request      200
POST  request-decline         its-staff    request      422
GET   schedule                doctors      -            200
GET   schedule-day            doctors      -            200
POST  schedule-day            doctors      -            302
POST  schedule-range          doctors      -            422
GET   schedule-copy           doctors      -            200
POST  schedule-copy           doctors      -            422
GET   bulk-change             its-diary    bulk-change  200
POST  bulk-undo               its-diary    bulk-change  302
GET   schedule-transfer       diaries      doctor       200
POST  schedule-transfer       diaries      doctor       422
GET   schedule-slots          diaries      doctor       200
POST  slot-remove             its-diary    slot         302
GET   slot-new                diaries      doctor       200
POST  slot-new                diaries      doctor       422
GET   slot-edit               its-diary    slot         200
POST  slot-edit               its-diary    slot         422
GET   slot-transfer           its-diary    slot         200
POST  slot-transfer           its-diary    slot         422
GET   times-off               diaries      doctor       200
GET   time-off-new            diaries      doctor       200
POST  time-off-new            diaries      doctor       422
GET   time-off-end            its-keeper   time-off     200
POST  time-off-end            its-keeper   time-off     422
GET   hours                   diaries      doctor       200
GET   hours-new               diaries      doctor       200
POST  hours-new               diaries      doctor       422
GET   hours-change            its-diary    hours        200
POST  hours-change            its-diary    hours        422
GET   hours-end               its-diary    hours        200
POST  hours-end               its-diary    hours        422
GET   hours-exception         diaries      doctor       200
POST  hours-exception         diaries      doctor       422
POST  hours-exception-drop    diaries      doctor       302
GET   office-holidays         its-office   office       200
POST  office-holidays         its-office   office       422
GET   clinic-settings         admins       -            200
GET   clinic-settings-section admins       -            200
POST  clinic-settings-section admins       -            422
GET   manage                  admins       -            200
GET   manage-figures          admins       -            200
GET   manage-figures-csv      admins       -            200
GET   manage-people           admins       -            200
GET   manage-person           things-of-admins user     200
POST  manage-person           things-of-admins user     422
POST  person-offices          things-of-admins user     422
POST  person-email            things-of-admins user     422
POST  person-block            things-of-admins user     422
POST  person-unblock          things-of-admins user     302
POST  person-reopen           things-of-admins user     302
GET   person-close            things-of-admins user     200
POST  person-close            things-of-admins user     409
GET   profile-close           signed-in    -            302
POST  profile-close           signed-in    -            302
GET   invitation-new          admins       -            200
POST  invitation-new          admins       -            422
POST  invitation-resend       things-of-admins invitation 302
POST  invitation-revoke       things-of-admins invitation 302
GET   invitation              everyone     -            404
POST  invitation              everyone     -            404
GET   manage-worker           admins       -            200
GET   manage-audit            admins       -            200
POST  manage-audit-export     admins       -            200
GET   manage-audit-event      things-of-admins audit-event 200
GET   manage-messages         admins       -            200
POST  manage-messages-retry   admins       -            302
GET   manage-message-new      admins       -            200
POST  manage-message-new      admins       -            422
GET   manage-message          things-of-admins message   200
POST  manage-message-retry    things-of-admins message   409
GET   manage-broadcasts       admins       -            200
GET   manage-broadcast        things-of-admins broadcast 200
POST  manage-broadcast-spread things-of-admins broadcast 302
GET   imports                 admins       -            200
GET   import-new              admins       -            200
POST  import-new              admins       -            422
GET   import                  things-of-admins import   200
GET   import-columns          things-of-admins import   200
POST  import-columns          things-of-admins import   422
GET   import-duplicates       things-of-admins import   200
POST  import-duplicates       things-of-admins import   302
POST  import-run              things-of-admins import   302
POST  import-dismiss          things-of-admins import   302
POST  import-refused          things-of-admins import   200
GET   export                  admins       -            302
POST  export                  admins       -            302
GET   desk                    the-desk     -            200
GET   desk-paper              the-desk     -            200
GET   walk-in                 the-desk     -            200
POST  walk-in                 the-desk     -            302
GET   walk-in-extra           the-desk     -            302
POST  walk-in-extra           the-desk     -            302
POST  walk-in-undo            its-staff    appointment  302
GET   search                  signed-in    -            200
GET   patients                staff        -            200
GET   patient                 itself       patient      200
GET   patient-edit            chart-of-desk patient     200
POST  patient-edit            chart-of-desk patient     422
GET   patient-deceased        chart-of-desk patient     200
POST  patient-deceased        chart-of-desk patient     422
POST  patient-deceased-cancel chart-of-desk patient     302
POST  patient-deceased-undo   chart-of-desk patient     302
GET   patient-link            chart-of-desk patient     302
POST  patient-link            chart-of-desk patient     302
GET   patient-duplicates      the-desk     -            200
GET   patient-same            chart-of-desk patient     200
GET   patient-merge           chart-of-desk patient     200
POST  patient-merge           chart-of-desk patient     422
POST  patient-distinct        chart-of-desk patient     302
GET   merge-take-back         things-of-admins merge    200
POST  merge-take-back         things-of-admins merge    302
GET   patient-unlink          chart-of-desk patient     200
POST  patient-unlink          chart-of-desk patient     422
GET   household               patients     -            200
GET   household-offer         patients     -            200
POST  household-offer         patients     -            422
GET   household-child         patients     -            200
POST  household-child         patients     -            422
GET   household-ask           patients     -            200
POST  household-ask           patients     -            422
GET   household-access        its-giver    access       200
POST  household-access        its-giver    access       422
GET   household-end           its-giver    access       200
POST  household-end           its-giver    access       302
GET   household-accept        who-has-link offered      200
POST  household-accept        its-offered  offered      302
GET   household-answer        directory    asked        200
POST  household-answer        directory    asked        200
GET   patient-household       chart-of-desk patient     200
POST  patient-household       chart-of-desk patient     422
GET   records                 patients     -            200
GET   records-opened          patients     -            200
GET   patient-records         its-doctors  patient      200
GET   note-write              writes-notes appointment  200
POST  note-write              writes-notes appointment  422
GET   note-write              writes-notes request      403
POST  note-draft              writes-notes appointment  422
GET   note                    reads-notes  note         200
GET   note                    its-author   held-note    200
GET   note                    its-author   draft-note   200
POST  note-release            frees-notes  note         302
POST  correction-ask          asks-about   note         422
POST  correction-answer       frees-notes  note         422
GET   note-templates          doctors      -            200
GET   note-template-new       doctors      -            200
POST  note-template-new       doctors      -            422
GET   note-template           its-template note-template 200
POST  note-template           its-template note-template 422
POST  note-template-delete    its-template note-template 302
POST  note-release            its-author   held-note    302
GET   link-chart              patients     -            200
POST  link-chart              patients     -            422
GET   link-chart-code         patients     -            200
POST  link-chart-code         patients     -            422
GET   patient-new             the-desk     -            200
POST  patient-new             the-desk     -            422
POST  sms-report              everyone     -            403
POST  mail-report             everyone     -            403
GET   account_login           everyone     -            200  inside=302
POST  account_login           everyone     -            200  inside=302
GET   account_signup          everyone     -            200  inside=302
POST  account_signup          everyone     -            200  inside=302
GET   account_logout          everyone     -            200  outside=302
POST  account_logout          everyone     -            302
GET   account_inactive        everyone     -            200
GET   account_reauthenticate  signed-in    -            200
POST  account_reauthenticate  signed-in    -            200
GET   account_email           signed-in    -            200
POST  account_email           signed-in    -            302
GET   account_email_verification_sent everyone -        200
GET   account_change_password signed-in    -            200
POST  account_change_password signed-in    -            200
GET   account_set_password    signed-in    -            302
POST  account_set_password    signed-in    -            302
GET   account_reset_password  everyone     -            200
POST  account_reset_password  everyone     -            200
GET   account_reset_password_done everyone -            200
GET   account_reset_password_from_key everyone -        200
POST  account_reset_password_from_key everyone -        200
GET   account_reset_password_from_key_done everyone -   200
GET   account_confirm_email   everyone     -            200
POST  account_confirm_email   everyone     -            404
GET   account_confirm_login_code everyone  -            302
POST  account_confirm_login_code everyone  -            302
GET   session-state           everyone     -            200
POST  session-stay            signed-in    -            200
GET   late-form               signed-in    -            302
POST  late-form-drop          signed-in    -            302
GET   manage-person-factor    things-of-admins user     302
POST  manage-person-factor    things-of-admins user     302
GET   mfa_index               signed-in    -            200
GET   mfa_authenticate        everyone     -            302
POST  mfa_authenticate        everyone     -            302
GET   mfa_reauthenticate      signed-in    -            302
POST  mfa_reauthenticate      signed-in    -            302
GET   mfa_activate_totp       signed-in    -            302
POST  mfa_activate_totp       signed-in    -            302
GET   mfa_deactivate_totp     signed-in    -            404
POST  mfa_deactivate_totp     signed-in    -            404
GET   mfa_view_recovery_codes signed-in    -            404
GET   mfa_download_recovery_codes signed-in -           404
POST  mfa_download_recovery_codes signed-in -           404
GET   mfa_generate_recovery_codes signed-in -           302
POST  mfa_generate_recovery_codes signed-in -           302
GET   mfa_list_webauthn       signed-in    -            200
GET   mfa_add_webauthn        signed-in    -            302
POST  mfa_add_webauthn        signed-in    -            302
GET   mfa_reauthenticate_webauthn signed-in -           302
POST  mfa_reauthenticate_webauthn signed-in -           302
GET   mfa_login_webauthn      everyone     -            302
POST  mfa_login_webauthn      everyone     -            302
GET   mfa_edit_webauthn       signed-in    passkey      302
POST  mfa_edit_webauthn       signed-in    passkey      302
GET   mfa_remove_webauthn     signed-in    passkey      302
POST  mfa_remove_webauthn     signed-in    passkey      302
GET   usersessions_list       signed-in    -            200
POST  usersessions_list       signed-in    -            302
"""
ONLY_WHEN_DEBUGGING = {"styleguide", "demo-messages"}


class Row(NamedTuple):
    method: str
    name: str
    audience: str
    kind: str  # "-": it is not about a thing
    status: int
    exceptions: dict[str, int]  # by role

    def expected(self, role: str, letter: str) -> int:
        refusals = {"-": 404, "x": 403, "i": 302, "b": 403, "f": 302}
        return refusals.get(letter) or self.exceptions.get(role, self.status)

    def may_write(self, letter: str) -> bool:
        return self.method == "POST" and letter == "+"

    def cells(self) -> Iterator[tuple[str, str, str]]:
        """(role, whose, letter). What is not about a thing is asked for once; a link that is for
        whoever has it, for two things; whoever is refused before that, for one."""
        asked = WHOSE[:1] if self.kind == "-" else WHOSE
        asked = asked[::2] if self.audience == "everyone" else asked
        for role, letters in AUDIENCES[self.audience].items():
            if letters == "ffff" and self.name in SET_UP_PAGES:
                letters = "++++"
            by_whose = dict(zip(WHOSE, letters, strict=True))
            places = asked[:1] if role in REFUSED_BEFORE else asked
            yield from ((role, whose, by_whose[whose]) for whose in places)


def _row(line: str) -> Row:
    method, name, audience, kind, status, *exceptions = line.split()
    by_role = {}
    for exception in exceptions:
        group, _is, other = exception.partition("=")
        by_role |= dict.fromkeys(GROUPS.get(group, {group}), int(other))
    return Row(method, name, audience, kind, int(status), by_role)


ROWS = [_row(line) for line in _TABLE.strip().splitlines()]
