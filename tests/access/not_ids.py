"""What is read from addresses and forms and is no id, or none that could be foreign to anybody."""

# Words, numbers, dates and choices, on whatever page.
_NAMES = """
page tab q day from show view state channel channels weekday name step back reason do confirmed
audience every_weeks times token all what all_message note message-* country old answer
"""
NAMES = set(_NAMES.split())

# (module, where all that was sent goes) → why nothing else is read from it there.
HANDED_ON = {
    ("application", "_form"): "makes an ApplicationForm",
    ("invitations", "INVITE_FORMS[Role(role)]"): "a form",
    ("invitations", "kind"): "a form",
    ("booking", "named"): "reads in for_whom, by name",
    ("approval", "Sent"): "reads in time_off_choices, by names",
    ("approval", "pick_for_all"): "reads in time_off_choices, by names",
    ("holidays", ".lists"): "hidden fields that repeat it",
    ("hooks", "sms.report"): "signed by the provider",
    ("hours", ".lists"): "hidden fields that repeat it",
    ("imports", "given"): "of a ColumnsForm",
    ("links", ".dict"): "links that repeat it",
    ("links", ".items"): "links that repeat it",
    ("manage_broadcasts", ".dict"): "the same form again",
    ("manage_broadcasts", "_given"): "reads by names",
    ("manage_broadcasts", "_looks_for_somebody"): "reads by names",
    ("manage_doctors", "ClinicFields"): "a form",
    ("patient_edit", ".copy"): "the same form again",
    ("patient_merge", ".copy"): "the same form again",
    ("patient_new", ".dict"): "the same form again",
    ("refusals", "Tuple"): "a page that sends it again to the same address",
    ("schedule_copy", "sent"): "of a CopyForm",
    ("schedule_slots", ".urlencode"): "links that repeat it",
    ("series", "_row"): "reads `choice-*`, which is in the table",
    ("slots", ".copy"): "links that repeat it",
    ("submitting", "Return"): "the data of a form, for pages that are sent to themselves",
    ("time_off_new", "Sent"): "reads in time_off_choices, by names",
    ("time_off_new", "pick_for_all"): "reads in time_off_choices, by names",
    ("typed_text", "_cleaned"): "looks at characters",
    ("typed_text", "_texts"): "looks at characters",
    ("typed_text", "request.POST"): "has been cleaned",
    ("waits", "posted"): "of an EarlierForm",
}

# Parts of addresses → what they are.
IN_PATHS = {
    "day": "a date",
    "digest": "of a photo, which is public with its doctor",
    "key": "a secret of an emailed link",
    "side": "of a photo, in pixels",
    "slug": "a section of the settings",
    "token": "a secret",
    "uidb36": "whose link it is; worth nothing without its key",
    "verb": "what is done",
}

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
    ("listing", "appointment"): "ids that were shown; they are only compared",
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
    ("figures", "weeks"): "a number",
    ("requests", "usual"): "a word",
    ("requests", "words"): "words",
    ("waits", "*"): "what is prefilled: doctor, specialty, office, dates, parts of the day",
    ("walk_ins", "*"): "what a warning was about; it is only compared",
    ("series", "day"): "a date",
}

FIELDS = {
    ("AddPasskeyForm", "credential"): "made and signed by the passkey itself",
    ("ColumnsForm", "column-*"): "columns of the file",
    ("DayForm", "free"): "times",
    ("MergeForm", "seen"): "a fingerprint of the data that were shown; it is only compared",
    ("MergeForm", "take-*"): "which of the two",
    ("PatientEditForm", "seen"): "the data that was shown; it is only compared",
    ("TrailForm", "patient"): "parts of a name, for admins",
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
    ("DraftForm", "seen"): "a version; it is only compared",
    ("NoteForm", "seen"): "a version; it is only compared",
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
