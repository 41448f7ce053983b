"""The components of the design system, for developers (only with DEBUG)."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_GET

# The symbols of img/icons.svg.
ICONS = """
archive arrived arrow-left arrow-right bell calendar calendar-check calendar-plus calendar-week
calendar-x card check check-circle check-circle-fill chevron-down chevron-left chevron-right
clinical clock close dash-circle dashboard desk download edit error eye file-medical filter help
home info invoice journal key language lock mail menu message more move no-show office paperclip
people people-fill person person-check phone place plus prescription print record search security
send sessions settings shield-check sign-in sign-out star star-fill trash undo upload video
waiting warning x-circle
"""


@login_not_required
@require_GET
def styleguide(request):
    return render(request, "styleguide/styleguide.html", {"icons": ICONS.split()})
