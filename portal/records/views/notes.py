"""Writing, signing and reading encounter notes (requirement C06)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.appointments.queries.appointments import with_people
from portal.audit.services import access
from portal.errors import Forbidden, NoteChanged, PortalError
from portal.models import Appointment, EncounterNote, NoteTemplate
from portal.models.record import TEXTS
from portal.records.forms.corrections import AnswerForm, AskForm
from portal.records.forms.notes import DraftForm, NoteForm
from portal.records.queries import notes as queries
from portal.records.services import notes as services
from portal.web.fetch import get_visible
from portal.web.ids import id_of
from portal.web.refusals import add_refusal
from portal.web.submitting import press

SAVED = "records/_saved.html"


@require_http_methods(["GET", "POST"])
def note_write(request, pk: int):
    """The doctor's own note about an appointment: a draft, or an amendment of what is signed."""
    appointment = _appointment(request, pk)
    if request.method == "POST":
        return _stored(request, appointment)
    note = queries.own_note(appointment, request.user)
    access.opened(appointment, by=request.user, patient=appointment.patient)
    form = NoteForm(
        initial=_typed(request, appointment, note),
        is_amendment=note is not None and note.is_signed,
    )
    return _page(request, appointment, note, form)


@require_POST
def note_draft(request, pk: int):
    """The page saves by itself while the doctor types: only a line about it comes back. Sent as a
    plain form, it is the page's own button."""
    appointment = _appointment(request, pk)
    if not request.htmx:
        return _stored(request, appointment)
    form = DraftForm(request.POST)
    shown = {"appointment": appointment, "seen": form["seen"].value()}
    if not form.is_valid():
        return render(request, SAVED, {**shown, "form": form}, status=422)
    typed = {"texts": form.texts, "seen": form.cleaned_data["seen"]}
    try:
        note = services.save_draft(appointment, by=request.user, **typed)
    except NoteChanged as error:
        return render(request, SAVED, {**shown, "refusal": error}, status=error.status)
    return render(request, SAVED, {**shown, "note": note, "seen": note.version})


@require_GET
def note(request, pk: int):
    """What was signed, the newest first."""
    found = get_visible(queries.with_all(EncounterNote.objects.all()), request.user, pk)
    access.opened(found, by=request.user, patient=found.patient)
    return note_page(request, found)


def note_page(request, found: EncounterNote, *, status: int = 200, **forms):
    """The page of a note; `forms`: `ask` or `answer`, as it was refused."""
    corrections = list(found.corrections.select_related("asked_by"))
    open_one = next((one for one in corrections if one.answered_at is None), None)
    is_own = request.user.has_perm("portal.sign_note", found)
    versions = list(found.signed.all())
    context = {
        "note": found,
        "versions": versions,
        "is_own": is_own,
        "has_draft": is_own and bool(versions) and found.differs_from(versions[0]),
        "corrections": corrections,
        "ask": None if open_one or not request.user.is_patient else AskForm(),
        "answer": AnswerForm() if open_one and is_own else None,
        **forms,
    }
    return render(request, "records/note.html", context, status=status)


@require_POST
def note_release(request, pk: int):
    found = get_visible(EncounterNote.objects.select_related("author"), request.user, pk)
    if not request.user.has_perm("portal.sign_note", found):
        raise PermissionDenied
    press(
        request,
        lambda: services.release(found, by=request.user),
        said=_("The patient reads it now, and is told."),
    )
    return redirect(found)


def _stored(request, appointment: Appointment):
    """Signs the note or keeps it as a draft, by the button that was pressed."""
    note = queries.own_note(appointment, request.user)
    form = NoteForm(request.POST, is_amendment=note is not None and note.is_signed)
    if not form.is_valid():
        return _page(request, appointment, note, form)
    typed = {"texts": form.texts, "seen": form.cleaned_data["seen"], "by": request.user}
    try:
        if "sign" in request.POST:
            signed = services.sign(appointment, **typed, **form.signing)
            messages.success(request, _("The note is signed."))
            return redirect(signed.note)
        services.save_draft(appointment, **typed)
    except NoteChanged as error:
        form = NoteForm(request.POST, is_amendment=error.note.is_signed)
        return _page(request, appointment, error.note, form, refusal=error)
    except Forbidden as error:
        raise PermissionDenied from error
    except PortalError as error:
        add_refusal(form, error)
        return _page(request, appointment, note, form)
    messages.success(request, _("The draft is saved."))
    return redirect("note-write", appointment.pk)


def _appointment(request, pk: int) -> Appointment:
    found = get_visible(with_people(Appointment.objects.all()), request.user, pk)
    if not request.user.has_perm("portal.write_note", found):
        raise PermissionDenied
    return found


def _typed(request, appointment: Appointment, note: EncounterNote | None) -> dict[str, Any]:
    """What the form begins with: with `?template=<id>` a template of the doctor's own, with
    `?as=last` what the doctor signed last about the patient."""
    if note is not None:
        return {**note.texts, "seen": note.version}
    if chosen := id_of(request.GET.get("template")):
        template = NoteTemplate.objects.filter(pk=chosen, doctor__user=request.user).first()
        if template is None:
            raise Http404
        return {**{name: getattr(template, name) for name in TEXTS}, "seen": 0}
    if request.GET.get("as") == "last":
        last = queries.last_signed(appointment.patient, author=request.user, before=appointment)
        if last:
            return {**{name: getattr(last, name) for name in TEXTS}, "seen": 0}
    return {"seen": 0}


def _page(
    request,
    appointment: Appointment,
    note: EncounterNote | None,
    form: NoteForm,
    *,
    refusal: NoteChanged | None = None,
):
    author = request.user
    last = queries.last_signed(appointment.patient, author=author, before=appointment)
    context = {
        "appointment": appointment,
        "note": note,
        "form": form,
        "fields": [form[name] for name in TEXTS],
        "last": None if note else last,
        "templates": [] if note else NoteTemplate.objects.filter(doctor__user=author),
        "refusal": refusal,
        "stored": _labelled(refusal.note) if refusal else [],
        "seen": refusal.note.version if refusal else form["seen"].value() or 0,
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "records/write.html", context, status=status)


def _labelled(note: EncounterNote) -> list[tuple[str, str]]:
    """The texts of the note as it is stored, each with its label."""
    labels = {name: str(field.label) for name, field in DraftForm.base_fields.items()}
    return [(labels[name], text) for name, text in note.texts.items() if text]
