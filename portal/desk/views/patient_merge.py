"""Likely duplicates, comparing two patients, merging them, taking it back (requirement A17)."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_stubs_ext import StrOrPromise

from portal.desk.forms.merges import MergeForm
from portal.errors import PortalError
from portal.models import Appointment, Patient, PatientMerge
from portal.people.queries import duplicate_pairs, merges, patients
from portal.people.services import distinct_patients, patient_merges
from portal.web.fetch import demand_permission, get_visible
from portal.web.ids import id_of
from portal.web.links import page_links
from portal.web.pages import page_number
from portal.web.refusals import add_refusal

LONGEST = 100  # characters of a question that are read


@require_GET
def patient_duplicates(request):
    demand_permission(request.user, "portal.merge_patients")
    page = duplicate_pairs.page_of_pairs(page_number(request.GET.get("page")))
    context = {"pairs": page.rows, "page": page.number, **page_links(request, page)}
    return render(request, "desk/patients/duplicates.html", context)


@require_GET
def patient_same(request, pk: int):
    """Find the other one: first those who are alike, then by the search of the list."""
    patient = _patient(request, pk)
    text = request.GET.get("q", "").strip()[:LONGEST]
    found = patients.first_patients(request.user, text) if text else None
    context = {
        "patient": patient,
        "q": text,
        "likely": duplicate_pairs.like(patient),
        "marked": duplicate_pairs.marked_with(patient),
        "found": [one for one in found or () if one.pk != patient.pk],
        "has_more": bool(found and found.has_next),
    }
    return render(request, "desk/patients/same.html", context)


@require_http_methods(["GET", "POST"])
def patient_merge(request, pk: int):
    """Compare, choose, look at what will happen, confirm: two forms at one address."""
    left = _patient(request, pk)
    if not request.GET.get("other"):
        return redirect("patient-same", pk)
    right = _other(request, pk)
    form = MergeForm(request.POST if request.method == "POST" else None, left=left, right=right)
    if not form.is_bound:
        return _compared(request, form)
    if not form.is_valid():
        return _compared(request, form, status=422)
    try:
        if "confirmed" not in request.POST:
            patient_merges.check_mergeable(form.kept(), form.gone())
            return _checked(request, form)
        patient_merges.merge(
            form.kept(),
            form.gone(),
            choices=form.choices(),
            seen=form.cleaned_data["seen"],
            reason=form.cleaned_data["reason"],
            by=request.user,
        )
    except PortalError as error:
        # What is shown now is what the next sending is compared with.
        data = request.POST.copy()
        left, right = _patient(request, pk), _other(request, pk)
        data["seen"] = MergeForm(left=left, right=right).initial["seen"]
        again = MergeForm(data, left=left, right=right)
        again.is_valid()
        add_refusal(again, error)
        return _compared(request, again, status=error.status)
    messages.success(request, _("The two are one patient now."))
    return redirect(form.kept())


@require_POST
def patient_distinct(request, pk: int):
    """Mark the two as not the same person, or take the mark back."""
    one, other = _patient(request, pk), _other(request, pk)
    is_back = request.POST.get("do") == "take-back"
    try:
        if is_back:
            distinct_patients.take_back(one, other, by=request.user)
        else:
            distinct_patients.mark(one, other, by=request.user)
    except PortalError as error:
        messages.error(request, str(error.message))
        return redirect("patient-duplicates")
    if is_back:
        messages.success(request, _("The mark is taken back."))
        return redirect(_comparing(one, other))
    messages.success(request, _("The two are not offered as likely duplicates any more."))
    return redirect("patient-duplicates")


@require_http_methods(["GET", "POST"])
def merge_take_back(request, pk: int):
    demand_permission(request.user, "portal.take_back_merge")
    rows = PatientMerge.objects.select_related("kept", "gone", "by", "taken_back_by")
    merge = get_visible(rows, request.user, pk)
    refusal: StrOrPromise = ""
    status = 200
    if request.method == "POST":
        try:
            patient_merges.take_back(merge, by=request.user)
        except PortalError as error:
            refusal, status = error.message, error.status
        else:
            messages.success(request, _("The two are separate patients again."))
            return redirect(merge.gone)
    context = {"merge": merge, "refusal": refusal, "is_possible": merges.can_be_taken_back(merge)}
    return render(request, "desk/patients/take_back.html", context, status=status)


def _patient(request, pk: int) -> Patient:
    demand_permission(request.user, "portal.merge_patients")
    return get_visible(Patient.objects.select_related("user"), request.user, pk)


def _other(request, pk: int) -> Patient:
    other = id_of(request.GET.get("other"))
    if other is None or other == pk:
        raise Http404
    return get_visible(Patient.objects.select_related("user"), request.user, other)


def _comparing(one: Patient, other: Patient) -> str:
    return f"{reverse('patient-merge', args=[one.pk])}?{urlencode({'other': other.pk})}"


def _compared(request, form: MergeForm, *, status: int = 200):
    both = form.left, form.right
    overlapping = merges.overlapping(*both)
    shown = {one.pk for pair in overlapping for one in pair}
    visible = Appointment.objects.visible_to(request.user).filter(pk__in=shown)
    context = {
        "form": form,
        "patient": form.left,
        "sides": [("left", merges.holdings(form.left)), ("right", merges.holdings(form.right))],
        "overlapping": overlapping,
        "visible": set(visible.values_list("pk", flat=True)),
        "same_waits": merges.waits_for_the_same(*both),
        "mark": duplicate_pairs.mark_on(*both),
        "both_have_accounts": form.left.user_id and form.right.user_id,
    }
    return render(request, "desk/patients/merge.html", context, status=status)


def _checked(request, form: MergeForm):
    context = {
        "form": form,
        "patient": form.left,
        "kept": form.kept(),
        "gone": form.gone(),
        "moving": merges.holdings(form.gone()),
    }
    return render(request, "desk/patients/merge_check.html", context)
