"""Delivery reports from providers. A request without the provider's signature gets a bare 403."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal.enums import Channel
from portal.gateways import mail, sms
from portal.gateways.errors import Forged
from portal.gateways.reports import Report
from portal.notifications.services import reports


@csrf_exempt
@login_not_required
@require_POST
def sms_report(request):
    """Twilio's status callback; a report about an unknown message is answered with 204 too."""
    query = request.META.get("QUERY_STRING", "")
    signature = request.headers.get("X-Twilio-Signature", "")
    try:
        report = sms.report(request.POST, query=query, signature=signature)
    except Forged:
        return HttpResponse(status=403)
    return _taken([report] if report else [], Channel.SMS)


@csrf_exempt
@login_not_required
@require_POST
def mail_report(request):
    """The mail provider's events, several per request."""
    try:
        told = mail.reports(request)
    except Forged:
        return HttpResponse(status=403)
    return _taken(told, Channel.EMAIL)


def _taken(told: list[Report], channel: Channel) -> HttpResponse:
    for report in told:
        reports.take_report(
            report.provider_id,
            channel=channel,
            delivered=report.delivered,
            answer=report.answer,
            about=report.about,
        )
    return HttpResponse(status=204)
