"""The people of the clinic, for admins: the list, and one account (A03, A05, A07, A10, F02)."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.forms.people import (
    INVITED,
    ROLES,
    STATES,
    BlockPersonForm,
    CorrectEmailForm,
    OfficesForm,
    PeopleForm,
    PersonForm,
)
from portal.accounts.queries import people
from portal.accounts.queries.people import PeopleFilter, PersonRow
from portal.accounts.rows.people_lines import invitation_lines, lines
from portal.accounts.services import accounts, addresses, staff, standing
from portal.enums import UserState
from portal.models import Assistant, Doctor, Invitation, User
from portal.notifications.queries.ledger import clock
from portal.notifications.rows.manage_lines import moment
from portal.web.fetch import demand_permission
from portal.web.links import page_links
from portal.web.pages import Page, page_number
from portal.web.submitting import press, submit
from portal.web.templatetags.clinic import zone_name

NEW = "id_new_%s"  # ids of fields that another form of the page has, too


@require_GET
def manage_people(request):
    demand_permission(request.user, "portal.manage_people")
    wanted = PeopleForm(request.GET).wanted
    number, office = page_number(request.GET.get("page")), clock()
    is_invited = wanted["state"] == INVITED
    shown: Page[Invitation] | Page[PersonRow]
    if is_invited:
        shown = invited = people.page_of_invitations(_asked(wanted, state=""), number)
        made: list = invitation_lines(invited.rows, office)
    else:
        shown = found = people.page_of_people(_asked(wanted, state=wanted["state"]), number)
        made = lines(found.rows, office)
    context = {
        **wanted,
        "roles": [(value, label, value == wanted["role"]) for value, label in ROLES],
        "states": [_segment(wanted, value, label) for value, label in STATES],
        "is_invited": is_invited,
        "is_filtered": any(wanted.values()),
        "lines": made,
        "waiting": people.count_of_invitations(),
        "zone": zone_name(office) if office else "UTC",
        "page": shown.number,
        **page_links(request, shown),
    }
    return render(request, "accounts/people/list.html", context)


@require_http_methods(["GET", "POST"])
def manage_person(request, pk: int):
    """A POST changes name and username."""
    demand_permission(request.user, "portal.manage_people")
    person = get_object_or_404(User.objects.listed(), pk=pk)
    if request.method == "GET":
        return _page(request, person)
    form = PersonForm(request.POST)
    submission = submit(form, lambda: _save(person, by=request.user, **form.cleaned_data))
    if submission.is_done:
        messages.success(request, _("The account is saved."))
        return redirect("manage-person", pk)
    return _page(request, person, form=form, status=submission.status)


@require_POST
def person_offices(request, pk: int):
    demand_permission(request.user, "portal.manage_people")
    person = get_object_or_404(User.objects.listed(), pk=pk)
    form = OfficesForm(request.POST)
    submission = submit(
        form, lambda: staff.set_offices(person, by=request.user, **form.cleaned_data)
    )
    if submission.is_done:
        messages.success(request, _("The offices are saved."))
        return redirect("manage-person", pk)
    return _page(request, person, offices_form=form, status=submission.status)


@require_POST
def person_email(request, pk: int):
    demand_permission(request.user, "portal.manage_people")
    person = get_object_or_404(User.objects.listed(), pk=pk)
    form = CorrectEmailForm(request.POST, auto_id=NEW)
    submission = submit(
        form, lambda: addresses.correct(person, by=request.user, **form.cleaned_data)
    )
    if submission.is_done:
        said = _("A link is on its way to %(email)s.")
        messages.success(request, said % {"email": submission.made})
        return redirect("manage-person", pk)
    return _page(request, person, email_form=form, status=submission.status)


@require_POST
def person_block(request, pk: int):
    demand_permission(request.user, "portal.manage_people")
    person = get_object_or_404(User.objects.listed(), pk=pk)
    form = BlockPersonForm(request.POST)
    submission = submit(form, lambda: standing.block(person, by=request.user, **form.cleaned_data))
    if submission.is_done:
        messages.success(request, _("%(name)s is blocked.") % {"name": person.name})
        return redirect("manage-person", pk)
    return _page(request, person, block_form=form, status=submission.status)


@require_POST
def person_unblock(request, pk: int):
    return _back(request, pk, standing.unblock, _("%(name)s can sign in again."))


@require_POST
def person_reopen(request, pk: int):
    return _back(request, pk, standing.reopen, _("The account of %(name)s is open again."))


def _back(request, pk: int, change, said: str):
    demand_permission(request.user, "portal.manage_people")
    person = get_object_or_404(User.objects.listed(), pk=pk)
    press(request, lambda: change(person, by=request.user), said=said % {"name": person.name})
    return redirect("manage-person", pk)


def _asked(wanted: dict[str, str], *, state: str) -> PeopleFilter:
    return PeopleFilter(wanted["q"], wanted["role"], state)


def _save(person: User, *, by: User, name: str, username: str) -> None:
    accounts.update_profile(person, by=by, name=name, username=username)


def _page(request, person: User, *, status: int = 200, **forms):
    """`forms` are those that were refused."""
    office = clock()
    assistant = Assistant.objects.filter(user=person).prefetch_related("offices").first()
    doctor = Doctor.objects.filter(user=person).select_related("office", "specialty").first()
    context = {
        "person": person,
        "assistant": assistant,
        "doctor": doctor,
        "patient": getattr(person, "patient", None) if person.is_patient else None,
        "is_self": person == request.user,
        "coming": people.coming_appointments(person),
        "events": [(moment(one.at, office), one) for one in people.history(person)],
        "last": moment(person.last_login, office),
        "joined": moment(person.joined_at, office, "j F Y"),
        "zone": zone_name(office) if office else "UTC",
        "form": PersonForm(initial={"name": person.name}, username=person.username),
        "block_form": BlockPersonForm(),
        "email_form": CorrectEmailForm(auto_id=NEW) if _may_correct(request, person) else None,
        "waiting_address": people.waiting_address(person),
        "offices_form": assistant and OfficesForm(initial=_chosen(assistant)),
        "refused": next(iter(forms.values()), None),
        **forms,
    }
    return render(request, "accounts/people/detail.html", context, status=status)


def _may_correct(request, person: User) -> bool:
    return person.is_staff and person != request.user and person.state != UserState.CLOSED


def _chosen(assistant: Assistant) -> dict:
    return {"all_offices": assistant.all_offices, "offices": list(assistant.offices.all())}


def _segment(wanted: dict, value: str, label) -> tuple[str, str, bool]:
    """(URL, label, whether chosen)."""
    kept = {**wanted, "state": value}
    query = urlencode({name: text for name, text in kept.items() if text})
    return f"?{query}", label, value == wanted["state"]
