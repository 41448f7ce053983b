"""`python -m tests.reliability.unprotected_worker worker`: a worker without what UNPROTECTED names.

To prove that the tests of the outbox would notice.
"""

import os
import sys
from unittest.mock import patch

import django
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    django.setup()
    from portal.models import Notification  # deferred: Django must be set up
    from portal.notifications.services import delivery
    from portal.worker.services import recovery

    def claim_in_any_case(pk, claim, run):
        Notification.objects.filter(pk=pk).update(state="sending", claimed_by=f"{claim}/{run}")
        return Notification.objects.get(pk=pk)

    module, name, substitute = {
        "take over": (recovery, "_take_over", lambda _task: False),
        "resend": (recovery, "_queue_again", lambda _notification: False),
        "claim": (delivery, "_claimed", claim_in_any_case),
    }[os.environ["UNPROTECTED"]]
    with patch.object(module, name, substitute):
        execute_from_command_line(sys.argv)
