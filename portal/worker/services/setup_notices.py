"""What the portal notices about how it is set up (requirement F02)."""

from django.utils import timezone

from portal.models import SetupNotice

FORWARDED = "forwarded header without proxies"


def notice(name: str, *, by: None) -> None:
    """Note that this was seen now. One query or two. Writes SetupNotice."""
    seen = {"seen_at": timezone.now()}
    if not SetupNotice.objects.filter(name=name).update(**seen):
        SetupNotice.objects.get_or_create(name=name, defaults=seen)
