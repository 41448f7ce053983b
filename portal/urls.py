"""The map of the portal, grouped by noun."""

from django.conf import settings
from django.urls import path, register_converter

from portal.converters import IsoDateConverter
from portal.views import (
    appointments,
    attendance,
    booking,
    calendar,
    calendar_feeds,
    clinic_settings,
    demo_messages,
    desk,
    desk_paper,
    doctors,
    holidays,
    home,
    hooks,
    hours,
    manage,
    manage_broadcasts,
    manage_messages,
    notifications,
    offers,
    offices,
    patient_new,
    patients,
    preferences,
    presence,
    profile,
    requests,
    reschedule,
    schedule,
    schedule_slot,
    schedule_slots,
    schedule_transfer,
    search,
    series,
    slots,
    styleguide,
    time_off,
    time_off_new,
    transfer,
    waits,
    walk_in,
    walk_in_extra,
)

register_converter(IsoDateConverter, "isodate")

urlpatterns = [
    # Everyone
    path("", home.home, name="home"),
    path("dashboard/", home.dashboard, name="dashboard"),
    path("doctors/", doctors.doctors, name="doctors"),
    path("doctors/<int:pk>/", doctors.doctor, name="doctor"),
    path("offices/", offices.offices, name="offices"),
    path("slots/", slots.slots, name="slots"),
    path("profile/", profile.profile, name="profile"),
    path("profile/calendar/renew/", calendar_feeds.calendar_feed_renew, name="calendar-feed-renew"),
    path("profile/calendar/end/", calendar_feeds.calendar_feed_end, name="calendar-feed-end"),
    path("calendar/<str:token>.ics", calendar_feeds.calendar_feed, name="calendar-feed"),
    # Appointments
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
    # Waiting for a time
    path("waits/", waits.waits, name="waits"),
    path("waits/new/", waits.wait_new, name="wait-new"),
    path("waits/<int:pk>/leave/", waits.wait_leave, name="wait-leave"),
    path("offers/<int:pk>/", offers.offer, name="offer"),
    path("offers/<int:pk>/accept/", offers.offer_accept, name="offer-accept"),
    path("offers/<int:pk>/decline/", offers.offer_decline, name="offer-decline"),
    path(
        "appointments/<int:pk>/transfer/",
        transfer.appointment_transfer,
        name="appointment-transfer",
    ),
    # Notifications
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/bell/", notifications.notifications_bell, name="notifications-bell"),
    path("notifications/read/", notifications.notifications_read, name="notifications-read"),
    path("notifications/<int:pk>/", notifications.notification, name="notification"),
    path("notifications/<int:pk>/read/", notifications.notification_read, name="notification-read"),
    path(
        "notifications/<int:pk>/unread/",
        notifications.notification_unread,
        name="notification-unread",
    ),
    path(
        "notifications/preferences/",
        preferences.notification_preferences,
        name="notification-preferences",
    ),
    path(
        "notifications/unsubscribe/<str:token>/",
        preferences.notification_unsubscribe,
        name="notification-unsubscribe",
    ),
    path(
        "appointments/<int:pk>/calendar/",
        calendar.appointment_calendar,
        name="appointment-calendar",
    ),
    path(
        "appointments/<int:pk>/mark/<slug:verb>/",
        presence.appointment_mark,
        name="appointment-mark",
    ),
    path("attendance/<str:token>/", attendance.attendance, name="attendance"),
    # Requests for a time
    path("requests/", requests.requests, name="requests"),
    path("requests/seen/", requests.requests_seen, name="requests-seen"),
    path("requests/<int:pk>/accept/", requests.request_accept, name="request-accept"),
    path("requests/<int:pk>/decline/", requests.request_decline, name="request-decline"),
    # A doctor's diary
    path("schedule/", schedule.schedule, name="schedule"),
    path("schedule/<isodate:day>/", schedule.schedule_day, name="schedule-day"),
    path("schedule/<isodate:day>/range/", schedule.schedule_range, name="schedule-range"),
    path("schedule/<isodate:day>/copy/", schedule.schedule_copy, name="schedule-copy"),
    path(
        "schedule/<isodate:day>/transfer/",
        schedule_transfer.schedule_transfer,
        name="schedule-transfer",
    ),
    path("schedule/slots/new/", schedule_slot.slot_new, name="slot-new"),
    path("schedule/slots/<int:pk>/edit/", schedule_slot.slot_edit, name="slot-edit"),
    path("schedule/slots/<int:pk>/transfer/", transfer.slot_transfer, name="slot-transfer"),
    path("schedule/slots/", schedule_slots.schedule_slots, name="schedule-slots"),
    path("schedule/hours/", hours.hours_week, name="hours"),
    path("schedule/hours/new/", hours.hours_new, name="hours-new"),
    path("schedule/hours/<int:pk>/", hours.hours_change, name="hours-change"),
    path("schedule/hours/<int:pk>/end/", hours.hours_end, name="hours-end"),
    path("schedule/hours/exceptions/", hours.hours_exception, name="hours-exception"),
    path(
        "schedule/hours/exceptions/<isodate:day>/drop/",
        hours.hours_exception_drop,
        name="hours-exception-drop",
    ),
    path("schedule/slots/<int:pk>/remove/", schedule_slots.slot_remove, name="slot-remove"),
    path("schedule/time-off/", time_off.times_off, name="times-off"),
    path("schedule/time-off/new/", time_off_new.time_off_new, name="time-off-new"),
    path("schedule/time-off/<int:pk>/end/", time_off.time_off_end, name="time-off-end"),
    # The front desk
    path("desk/", desk.desk, name="desk"),
    path("desk/paper/", desk_paper.desk_paper, name="desk-paper"),
    path("desk/walk-in/", walk_in.walk_in, name="walk-in"),
    path("desk/walk-in/extra/", walk_in_extra.walk_in_extra, name="walk-in-extra"),
    path("desk/walk-in/<int:pk>/undo/", walk_in.walk_in_undo, name="walk-in-undo"),
    path("manage/", manage.manage, name="manage"),
    path("manage/worker/", manage.manage_worker, name="manage-worker"),
    path("manage/messages/", manage_messages.manage_messages, name="manage-messages"),
    path("manage/messages/new/", manage_broadcasts.manage_message_new, name="manage-message-new"),
    path(
        "manage/messages/retry/",
        manage_messages.manage_messages_retry,
        name="manage-messages-retry",
    ),
    path("manage/messages/<int:pk>/", manage_messages.manage_message, name="manage-message"),
    path(
        "manage/messages/<int:pk>/retry/",
        manage_messages.manage_message_retry,
        name="manage-message-retry",
    ),
    path("manage/broadcasts/", manage_broadcasts.manage_broadcasts, name="manage-broadcasts"),
    path(
        "manage/broadcasts/<int:pk>/", manage_broadcasts.manage_broadcast, name="manage-broadcast"
    ),
    path(
        "manage/broadcasts/<int:pk>/spread/",
        manage_broadcasts.manage_broadcast_spread,
        name="manage-broadcast-spread",
    ),
    path("manage/offices/<int:pk>/holidays/", holidays.office_holidays, name="office-holidays"),
    path("manage/settings/", clinic_settings.clinic_settings, name="clinic-settings"),
    path("search/", search.search, name="search"),
    path("patients/", patients.patients, name="patients"),
    path("patients/new/", patient_new.patient_new, name="patient-new"),
    path("patients/<int:pk>/", patients.patient, name="patient"),
    path("patients/<int:pk>/series/new/", series.series_new, name="series-new"),
    path("appointments/<int:pk>/series/cancel/", series.series_cancel, name="series-cancel"),
    # What providers report
    path("hooks/sms/", hooks.sms_report, name="sms-report"),
    path("hooks/mail/", hooks.mail_report, name="mail-report"),
]

if settings.DEBUG:
    urlpatterns.append(path("demo/messages/", demo_messages.demo_messages, name="demo-messages"))
    urlpatterns.append(path("styleguide/", styleguide.styleguide, name="styleguide"))
