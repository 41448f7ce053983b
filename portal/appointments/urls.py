"""Booking, appointments, requests, series and the waiting list."""

from django.urls import path

from portal.appointments.views import (
    account_closing,
    appointments,
    attendance,
    booking,
    calendar,
    offers,
    presence,
    requests,
    reschedule,
    series,
    waits,
)

urlpatterns = [
    path("profile/close/", account_closing.profile_close, name="profile-close"),
    path("manage/people/<int:pk>/close/", account_closing.person_close, name="person-close"),
    path("slots/<int:pk>/book/", booking.slot_book, name="slot-book"),
    path("appointments/", appointments.appointments, name="appointments"),
    path("appointments/<int:pk>/", appointments.appointment, name="appointment"),
    path("appointments/<int:pk>/booked/", booking.appointment_booked, name="appointment-booked"),
    path(
        "appointments/<int:pk>/cancel/", appointments.appointment_cancel, name="appointment-cancel"
    ),
    path(
        "appointments/<int:pk>/reschedule/",
        reschedule.appointment_reschedule,
        name="appointment-reschedule",
    ),
    path("waits/", waits.waits, name="waits"),
    path("waits/new/", waits.wait_new, name="wait-new"),
    path("waits/<int:pk>/leave/", waits.wait_leave, name="wait-leave"),
    path("offers/<int:pk>/", offers.offer, name="offer"),
    path("offers/<int:pk>/accept/", offers.offer_accept, name="offer-accept"),
    path("offers/<int:pk>/decline/", offers.offer_decline, name="offer-decline"),
    path(
        "appointments/<int:pk>/calendar/",
        calendar.appointment_calendar,
        name="appointment-calendar",
    ),
    path("calendar/<str:token>.ics", calendar.calendar_feed, name="calendar-feed"),
    path(
        "appointments/<int:pk>/mark/<slug:verb>/",
        presence.appointment_mark,
        name="appointment-mark",
    ),
    path("attendance/<str:token>/", attendance.attendance, name="attendance"),
    path("attendance/<str:token>/cancel/", attendance.attendance_cancel, name="attendance-cancel"),
    path("requests/", requests.requests, name="requests"),
    path("requests/seen/", requests.requests_seen, name="requests-seen"),
    path("requests/<int:pk>/accept/", requests.request_accept, name="request-accept"),
    path("requests/<int:pk>/decline/", requests.request_decline, name="request-decline"),
    path("patients/<int:pk>/series/new/", series.series_new, name="series-new"),
    path("appointments/<int:pk>/series/cancel/", series.series_cancel, name="series-cancel"),
]
