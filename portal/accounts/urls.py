"""The first admin, sign-out, the user's own profile and calendar address, invitations, and
everybody's accounts for admins. allauth has the sign-in pages."""

from django.urls import path

from portal.accounts.views import (
    calendar_feeds,
    factor_reset,
    first_admin,
    invitations,
    linking,
    manage_people,
    profile,
    sessions,
    signed_out,
)

urlpatterns = [
    path("set-up/first/<str:token>/", first_admin.first_admin, name="first-admin"),
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
    path("profile/link/", linking.link_chart, name="link-chart"),
    path("profile/link/code/", linking.link_chart_code, name="link-chart-code"),
    path("profile/calendar/renew/", calendar_feeds.calendar_feed_renew, name="calendar-feed-renew"),
    path("profile/calendar/end/", calendar_feeds.calendar_feed_end, name="calendar-feed-end"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("manage/people/", manage_people.manage_people, name="manage-people"),
    path("manage/people/invite/", invitations.invitation_new, name="invitation-new"),
    path(
        "manage/people/invited/<int:pk>/resend/",
        invitations.invitation_resend,
        name="invitation-resend",
    ),
    path(
        "manage/people/invited/<int:pk>/revoke/",
        invitations.invitation_revoke,
        name="invitation-revoke",
    ),
    path("manage/people/<int:pk>/", manage_people.manage_person, name="manage-person"),
    path("manage/people/<int:pk>/offices/", manage_people.person_offices, name="person-offices"),
    path("manage/people/<int:pk>/email/", manage_people.person_email, name="person-email"),
    path("manage/people/<int:pk>/block/", manage_people.person_block, name="person-block"),
    path("manage/people/<int:pk>/unblock/", manage_people.person_unblock, name="person-unblock"),
    path("manage/people/<int:pk>/reopen/", manage_people.person_reopen, name="person-reopen"),
]
