"""The first admin, sign-out, the user's own profile and calendar address. allauth has the sign-in
pages."""

from django.urls import path

from portal.accounts.views import calendar_feeds, first_admin, profile, signed_out

urlpatterns = [
    path("set-up/first/<str:token>/", first_admin.first_admin, name="first-admin"),
    path("signed-out/", signed_out.signed_out, name="signed-out"),
    path("profile/", profile.profile, name="profile"),
    path("profile/calendar/renew/", calendar_feeds.calendar_feed_renew, name="calendar-feed-renew"),
    path("profile/calendar/end/", calendar_feeds.calendar_feed_end, name="calendar-feed-end"),
]
