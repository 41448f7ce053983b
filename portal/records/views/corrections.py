"""Asking for a correction of a note, and answering (requirement C11)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.models import EncounterNote
from portal.records.forms.corrections import AnswerForm, AskForm
from portal.records.queries.notes import with_all
from portal.records.services import corrections as services
from portal.records.views.notes import note_page
from portal.web.fetch import get_visible
from portal.web.submitting import submit


@require_POST
def correction_ask(request, pk: int):
    note = _note(request, pk)
    if not request.user.is_patient:
        raise PermissionDenied
    form = AskForm(request.POST)
    submission = submit(
        form, lambda: services.ask(note, by=request.user, text=form.cleaned_data["text"])
    )
    if submission.is_done:
        messages.success(request, _("The doctor is told, and answers here."))
        return redirect(note)
    return note_page(request, note, ask=form, status=submission.status)


@require_POST
def correction_answer(request, pk: int):
    note = _note(request, pk)
    if not request.user.has_perm("portal.sign_note", note):
        raise PermissionDenied
    open_one = note.corrections.filter(answered_at=None).first()
    if open_one is None:
        messages.warning(request, _("This is answered already."))
        return redirect(note)
    open_one.note = note
    form = AnswerForm(request.POST)
    submission = submit(
        form, lambda: services.answer(open_one, by=request.user, text=form.cleaned_data["answer"])
    )
    if submission.is_done:
        messages.success(request, _("The patient is told."))
        return redirect(note)
    return note_page(request, note, answer=form, status=submission.status)


def _note(request, pk: int) -> EncounterNote:
    found = get_visible(with_all(EncounterNote.objects.all()), request.user, pk)
    if not found.is_signed:
        raise Http404
    return found
