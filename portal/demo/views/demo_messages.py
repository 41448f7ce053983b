"""The mails and SMS of a demo, which go into folders (only when DEBUG is on)."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.enums import Channel
from portal.gateways import folders

SHOWN = 50


@login_not_required
@require_GET
def demo_messages(request):
    """Everybody's: whoever tries the demo out is patient, doctor and desk in turn."""
    to, asked = request.GET.get("to", ""), request.GET.get("channel", "")
    channel = asked if asked in (Channel.EMAIL, Channel.SMS) else ""
    messages = folders.newest(SHOWN, channel=channel, to=to)
    return render(
        request, "demo/messages.html", {"messages_sent": messages, "to": to, "channel": channel}
    )
