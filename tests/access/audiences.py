"""For whom a thing is there, by role: one letter for one's own, one of another person, one of
another office, and one that does not exist.

`+` is allowed, `-` does not exist for them (404), `x` is refused (403), `i` is sent to sign in,
`b` reads that the account is blocked (403), `f` is sent to set up a second factor.
Rows that are not about a thing have the same letter four times.
"""

from tests.access.world import ROLES, WITHOUT_FACTOR

_TABLE = """
                 patient other doctor waiting other assist  else  all  admin
everyone            ++++  ++++  ++++  ++++  ++++  ++++  ++++  ++++  ++++
signed-in           ++++  ++++  ++++  ++++  ++++  ++++  ++++  ++++  ++++
patients            ++++  ++++  xxxx  xxxx  xxxx  xxxx  xxxx  xxxx  xxxx
not-desk            ++++  ++++  ++++  ++++  ++++  xxxx  xxxx  xxxx  xxxx
doctors             xxxx  xxxx  ++++  ++++  ++++  xxxx  xxxx  xxxx  xxxx
staff               xxxx  xxxx  ++++  ++++  ++++  ++++  ++++  ++++  ++++
the-desk            xxxx  xxxx  xxxx  xxxx  xxxx  ++++  ++++  ++++  ++++
admins              xxxx  xxxx  xxxx  xxxx  xxxx  xxxx  xxxx  xxxx  ++++
things-of-admins    xxxx  xxxx  xxxx  xxxx  xxxx  xxxx  xxxx  xxxx  +++-
directory           +++-  +++-  +++-  +++-  +++-  +++-  +++-  +++-  +++-
its-people          +-+-  -+--  +-+-  ----  -+--  ++--  --+-  +++-  +++-
its-staff           x-x-  -x--  +-+-  ----  -+--  ++--  --+-  +++-  +++-
its-reader          +-+-  -+--  ----  ----  ----  ----  ----  ----  ----
who-books-it        +++-  +++-  +-+-  ----  -+--  ++--  --+-  +++-  +++-
who-knows-it        ----  ----  +-+-  -+--  ----  +---  --+-  +-+-  +++-
previews            ----  ----  ----  +++-  ----  ----  ----  ----  +++-
nobody              ----  ----  ----  ----  ----  ----  ----  ----  ----
who-waits           +-+-  -+--  +---  ----  -+--  ++--  --+-  +++-  +++-
its-diary           xxxx  xxxx  +-+-  ----  -+--  ++--  ----  +++-  +++-
its-keeper          xxxx  xxxx  +---  ----  -+--  ++--  --+-  +++-  +++-
diaries             xxxx  xxxx  ++++  ++++  ++++  ++--  --+-  +++-  +++-
own-office          xxxx  xxxx  ++x-  xxx-  ++x-  xxxx  xxxx  xxxx  xxxx
chart-of-desk       xxxx  xxxx  xxxx  xxxx  xxxx  +++-  +++-  +++-  +++-
its-office          xxxx  xxxx  xxxx  xxxx  xxxx  ++--  --+-  +++-  +++-
itself              +---  -+--  +---  ----  -+--  +++-  +++-  +++-  +++-
who-has-link        +++-  +++-  +++-  +++-  +++-  +++-  +++-  +++-  +++-
its-offered         +x+-  x+x-  xxx-  xxx-  xxx-  xxx-  xxx-  xxx-  xxx-
its-giver           +-+-  -+--  ----  ----  ----  +++-  +++-  +++-  +++-
who-treats          x---  -x--  +---  ----  -+--  +++-  +++-  +++-  +++-
its-doctors         xxxx  xxxx  +---  ----  -+--  xxxx  xxxx  xxxx  xxxx
writes-notes        x-x-  -x--  +-+-  ----  -+--  xx--  --x-  xxx-  xxx-
reads-notes         +-+-  -+--  +-+-  ----  -+--  ----  ----  ----  ----
its-author          ----  ----  +-+-  ----  -+--  ----  ----  ----  ----
asks-about          +-+-  -+--  x-x-  ----  -x--  ----  ----  ----  ----
its-template        xxxx  xxxx  +-+-  ----  -+--  xxxx  xxxx  xxxx  xxxx
frees-notes         x-x-  -x--  +-+-  ----  -+--  ----  ----  ----  ----
"""
OPEN_TO_VISITORS = {"everyone", "directory", "previews", "nobody"}


def _read() -> dict[str, dict[str, str]]:
    found = {}
    for line in _TABLE.strip().splitlines()[1:]:
        name, *cells = line.split()
        outside = cells[0] if name in OPEN_TO_VISITORS else "iiii"
        letters = [outside, *cells, "bbbb", *(["ffff"] * len(WITHOUT_FACTOR))]
        found[name] = dict(zip(ROLES, letters, strict=True))
    return found


AUDIENCES = _read()
GROUPS = {
    "patients": {"patient", "other-patient"},
    "doctors": {"doctor", "waiting-doctor", "other-doctor"},
    "assistants": {"assistant", "assistant-elsewhere", "assistant-of-all"},
    "outside": {"visitor", "blocked"},
}
GROUPS["desk"] = GROUPS["assistants"] | {"admin"}
GROUPS["staff"] = GROUPS["doctors"] | GROUPS["desk"]
GROUPS["inside"] = GROUPS["patients"] | GROUPS["staff"]
# Answered by a middleware before it is known what is asked for: one thing is as good as four.
REFUSED_BEFORE = {"blocked", *WITHOUT_FACTOR}

# What staff reach without a second factor: setting one up, their password, signing out. Written out
# here, not taken from the portal: a page that opens is to be noticed.
_SET_UP_PAGES = """
mfa_index mfa_authenticate mfa_reauthenticate mfa_activate_totp mfa_deactivate_totp
mfa_view_recovery_codes mfa_download_recovery_codes mfa_generate_recovery_codes
mfa_list_webauthn mfa_add_webauthn mfa_edit_webauthn mfa_remove_webauthn
mfa_reauthenticate_webauthn mfa_login_webauthn
account_reauthenticate account_change_password account_set_password
account_logout account_inactive signed-out session-state session-stay
"""
SET_UP_PAGES = set(_SET_UP_PAGES.split())
