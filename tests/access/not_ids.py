"""What is read from addresses and forms and is no id, or none that could be foreign to anybody."""

# Words, numbers, dates and choices.
_NAMES = """
page tab q day from show view state part sort channel event done weekday walk_in name on take-back
reason review do edit confirmed audience channels step title back usual words ticks another old
partly book every_weeks times token what all all_message note message-* do-* date_of_birth phone
here minutes country first last specialty targets quick weeks language languages answer
"""
NAMES = set(_NAMES.split())

# (module, name) → why it is none.
READS = {
    ("search", "doctor"): "parts of a name",
    ("search", "patient"): "parts of a name",
    ("demo_messages", "to"): "an address, in the demo only",
    ("own_data", "seen"): "the run that was shown; it is only compared with one's own",
    ("time_off_choices", "seen"): "ids and versions that were shown; they are only compared",
    ("notes", "as"): "a word",
    ("notes", "hold_days"): "a number",
    ("notes", "hold_reason"): "a text",
    ("notifications", "until"): "marks one's own up to that one",
    ("patient_edit", "*"): "fields of PatientEditForm; phone numbers and their labels",
    ("patient_edit", "label_*"): "of a phone number",
    ("patient_edit", "number_*"): "a phone number",
    ("patient_edit", "seen"): "the data that was shown; it is only compared",
    ("patient_merge", "seen"): "a fingerprint of the data that were shown; it is only compared",
    ("patient_new", "not"): "patients, of whom the desk sees all",
    ("at_desk", "patient"): "patients, of whom the desk sees all",
    ("imports", "choice-*"): "rows of the page; admins see all",
    ("context", "next"): "an address; a time in it is named if visitors see it",
    ("manage_broadcasts", "user"): "admins see all",
    ("invitations", "role"): "a role",
    ("account_closing", "appointment"): "ids that were shown; they are only compared",
    ("trail", "below"): "where a page goes on, for admins, who see all",
    ("trail", "*"): "the filters, for admins, who see all",
    # What a variable names.
    ("days", "*"): "a date",
    ("for_whom", "*"): "what links keep; each is read by its own name as well",
    ("desk", "*"): "the filters that links keep; each is read by its own name as well",
    ("manage_broadcasts", "*"): "admins see all",
    ("manage_messages", "*"): "admins see all",
    ("search", "*"): "parts of names",
    ("series", "*"): "fields of SeriesForm, and `choice-*`",
    ("time_off_new", "*"): "dates",
    ("figures", "*"): "admins see all",
    ("waits", "*"): "what is prefilled: doctor, specialty, office, dates, parts of the day",
    ("walk_ins", "*"): "what a warning was about; it is only compared",
    ("series", "day"): "a date",
}

FIELDS = {
    ("BroadcastForm", "user"): "admins see all",
    ("BroadcastForm", "office"): "admins see all",
    ("BroadcastForm", "doctor"): "admins see all",
    ("BroadcastForm", "channels"): "ways of sending",
    ("InviteAssistantForm", "offices"): "admins see all",
    ("InviteDoctorForm", "office"): "admins see all",
    ("InviteDoctorForm", "specialty"): "specialties are public",
    ("OfficesForm", "offices"): "admins see all",
    ("CloseOfficeForm", "doctors_to"): "admins see all",
    ("DoctorForm", "specialty"): "admins see all",
    ("DoctorForm", "office"): "admins see all",
    ("HoursForm", "office"): "the one office of that page",
    ("CopyForm", "targets"): "dates",
    ("CopyForm", "quick"): "stretches of dates",
    ("LedgerForm", "broadcast"): "admins see all",
    ("TrailForm", "object"): "admins see all",
    ("LedgerForm", "event"): "kinds of messages",
    ("ExportForm", "office"): "admins see all",
    ("ExportForm", "doctor"): "admins see all",
    ("PlaceForm", "country"): "countries",
    ("PreferencesForm", "on"): "kinds of messages",
    ("PlaceForm", "region"): "regions",
    **{
        (form, name): "offices and specialties are public"
        for form in ("ApplicationForm", "ClinicFields", "DoctorSignupForm")
        for name in ("office", "specialty")
    },
    ("DirectoryForm", "specialty"): "specialties are public",
    ("DirectoryForm", "office"): "offices are public",
    ("SlotFilterForm", "specialty"): "specialties are public",
    ("SlotFilterForm", "office"): "offices are public",
    ("WaitForm", "specialty"): "specialties are public",
}
