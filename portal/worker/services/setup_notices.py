"""Problems of the installation that the portal has noticed (requirement F02)."""

from django.utils import timezone

from portal.models import SetupNotice

FORWARDED = "forwarded header without proxies"


def notice(name: str, *, by: None) -> None:
    """Record that this was noticed now. One or two queries. Writes SetupNotice."""
    seen = {"seen_at": timezone.now()}
    if not SetupNotice.objects.filter(name=name).update(**seen):
        SetupNotice.objects.get_or_create(name=name, defaults=seen)
