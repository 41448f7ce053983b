"""The emails and SMS of a demo, which are stored in folders (only with DEBUG)."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.enums import Channel
from portal.gateways import folders

SHOWN = 50


@login_not_required
@require_GET
def demo_messages(request):
    """Messages to everybody, because one person tries out all roles."""
    to, asked = request.GET.get("to", ""), request.GET.get("channel", "")
    channel = asked if asked in (Channel.EMAIL, Channel.SMS) else ""
    messages = folders.newest(SHOWN, channel=channel, to=to)
    return render(
        request, "demo/messages.html", {"messages_sent": messages, "to": to, "channel": channel}
    )
