"""A doctor's diary: days, single slots, weekly hours, time off, handing over."""

from django.urls import path

from portal.diary.views import (
    approval,
    bulk_changes,
    holidays,
    hours,
    schedule,
    schedule_copy,
    schedule_slot,
    schedule_slots,
    schedule_transfer,
    time_off,
    time_off_new,
    transfer,
)

urlpatterns = [
    path(
        "appointments/<int:pk>/transfer/",
        transfer.appointment_transfer,
        name="appointment-transfer",
    ),
    path("schedule/", schedule.schedule, name="schedule"),
    path("schedule/<isodate:day>/", schedule.schedule_day, name="schedule-day"),
    path("schedule/<isodate:day>/range/", schedule.schedule_range, name="schedule-range"),
    path("schedule/<isodate:day>/copy/", schedule_copy.schedule_copy, name="schedule-copy"),
    path("schedule/changes/<int:pk>/", bulk_changes.bulk_change, name="bulk-change"),
    path("schedule/changes/<int:pk>/undo/", bulk_changes.bulk_undo, name="bulk-undo"),
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
    path(
        "manage/doctors/<int:pk>/withdraw/",
        approval.manage_doctor_withdraw,
        name="manage-doctor-withdraw",
    ),
    path("manage/offices/<int:pk>/holidays/", holidays.office_holidays, name="office-holidays"),
]
