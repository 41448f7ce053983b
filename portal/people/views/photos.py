"""Serves the photos of doctors (requirement A02)."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from portal.gateways import photos
from portal.models import Doctor
from portal.web.no_store import for_everyone

YEAR_S = 365 * 24 * 3600


@login_not_required
@require_safe
def doctor_photo(request, pk: int, digest: str, side: int):
    """Public for listed doctors; otherwise for the doctor and for admins.

    The name says which picture it is, so it never changes and may be kept for a year.
    """
    doctor = Doctor.objects.select_related("user").filter(pk=pk).first()
    if doctor is None or not digest or doctor.photo != digest or side not in photos.SIZES:
        raise Http404
    is_public = doctor.is_listed
    if not is_public and not _may_see(request.user, doctor):
        raise Http404
    content = photos.content(digest, side)
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type="image/webp")
    if is_public:
        response["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
        for_everyone(response)
    return response


def _may_see(user, doctor: Doctor) -> bool:
    return user.is_authenticated and (user.is_admin or doctor.user_id == user.pk)
