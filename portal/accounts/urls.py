"""Sign-out, the user's own profile and calendar address. allauth has the sign-in pages."""

from django.urls import path

from portal.accounts.views import calendar_feeds, factor_reset, profile, sessions, signed_out

urlpatterns = [
    path("signed-out/", signed_out.signed_out, name="signed-out"),
    path("session/", sessions.session_state, name="session-state"),
    path("session/stay/", sessions.session_stay, name="session-stay"),
    path("session/late-form/", sessions.late_form, name="late-form"),
    path("session/late-form/drop/", sessions.late_form_drop, name="late-form-drop"),
    path(
        "manage/people/<int:pk>/second-factor/",
        factor_reset.factor_reset,
        name="manage-person-factor",
    ),
    path("profile/", profile.profile, name="profile"),
    path("profile/calendar/renew/", calendar_feeds.calendar_feed_renew, name="calendar-feed-renew"),
    path("profile/calendar/end/", calendar_feeds.calendar_feed_end, name="calendar-feed-end"),
]
