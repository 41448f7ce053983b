"""What is done to, in the audit trail: the plain name of each kind of thing. A new model that is
audited gets its line here; the tests fail until it has one."""

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

# By the name that the trail stores: that of a model in small letters, or `page`.
THINGS: dict[str, StrOrPromise] = {
    "appointment": _("Appointment"),
    "auditevent": _("Audit trail"),
    "authenticator": _("Second factor"),
    "broadcast": _("Message to many"),
    "bulkchange": _("Change of many days"),
    "clinicsettings": _("Clinic settings"),
    "distinctpatients": _("Mark on two patients"),
    "doctor": _("Doctor"),
    "encounternote": _("Note of a visit"),
    "erasurerequest": _("Request for erasure"),
    "holiday": _("Holiday"),
    "hoursexception": _("Exception to weekly hours"),
    "invitation": _("Invitation"),
    "notetemplate": _("Template of notes"),
    "notification": _("Message"),
    "office": _("Office"),
    "offer": _("Offer of a freed time"),
    "owndataexport": _("Copy of somebody’s data"),
    "page": _("Page"),
    "patient": _("Patient"),
    "patientimport": _("Import of patients"),
    "patientmerge": _("Merge of two patients"),
    "proxyaccess": _("Access to another’s chart"),
    "series": _("Series of appointments"),
    "slot": _("Time of a doctor"),
    "specialty": _("Specialty"),
    "timeoff": _("Time off"),
    "user": _("Account"),
    "wait": _("Entry of the waiting list"),
    "weeklyhours": _("Weekly hours"),
}
# There is one of each, or none that could be counted: no number is told.
WITHOUT_NUMBER = frozenset({"clinicsettings"})
