"""The map of the portal, grouped by noun."""

from django.conf import settings
from django.urls import path, register_converter

from portal.converters import IsoDateConverter
from portal.views import (
    appointments,
    booking,
    desk,
    doctors,
    home,
    offices,
    patients,
    profile,
    schedule,
    schedule_slots,
    search,
    slots,
    styleguide,
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
    # Appointments
    path("slots/<int:pk>/book/", booking.slot_book, name="slot-book"),
    path("appointments/", appointments.appointments, name="appointments"),
    path("appointments/<int:pk>/", appointments.appointment, name="appointment"),
    path("appointments/<int:pk>/booked/", booking.appointment_booked, name="appointment-booked"),
    path(
        "appointments/<int:pk>/cancel/", appointments.appointment_cancel, name="appointment-cancel"
    ),
    # A doctor's diary
    path("schedule/", schedule.schedule, name="schedule"),
    path("schedule/<isodate:day>/", schedule.schedule_day, name="schedule-day"),
    path("schedule/<isodate:day>/range/", schedule.schedule_range, name="schedule-range"),
    path("schedule/<isodate:day>/copy/", schedule.schedule_copy, name="schedule-copy"),
    path("schedule/slots/", schedule_slots.schedule_slots, name="schedule-slots"),
    path("schedule/slots/<int:pk>/remove/", schedule_slots.slot_remove, name="slot-remove"),
    # The front desk
    path("desk/", desk.desk, name="desk"),
    path("search/", search.search, name="search"),
    path("patients/", patients.patients, name="patients"),
    path("patients/<int:pk>/", patients.patient, name="patient"),
]

if settings.DEBUG:
    urlpatterns.append(path("styleguide/", styleguide.styleguide, name="styleguide"))
