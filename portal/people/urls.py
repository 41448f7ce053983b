"""The directory of doctors."""

from django.urls import path

from portal.people.views import doctors

urlpatterns = [
    path("doctors/", doctors.doctors, name="doctors"),
    path("doctors/<int:pk>/", doctors.doctor, name="doctor"),
]
