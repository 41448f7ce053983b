"""Sign-out, the user's own profile and calendar address. allauth has the sign-in pages."""

from django.urls import path

from portal.accounts.views import calendar_feeds, linking, profile, signed_out

urlpatterns = [
    path("signed-out/", signed_out.signed_out, name="signed-out"),
    path("profile/", profile.profile, name="profile"),
    path("profile/link/", linking.link_chart, name="link-chart"),
    path("profile/link/code/", linking.link_chart_code, name="link-chart-code"),
    path("profile/calendar/renew/", calendar_feeds.calendar_feed_renew, name="calendar-feed-renew"),
    path("profile/calendar/end/", calendar_feeds.calendar_feed_end, name="calendar-feed-end"),
]
