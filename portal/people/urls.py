"""The directory of doctors, their sign-up and their approval."""

from django.urls import path

from portal.people.views import application, doctors, manage_doctors, photos, sign_up

urlpatterns = [
    path("doctors/", doctors.doctors, name="doctors"),
    path("doctors/<int:pk>/", doctors.doctor, name="doctor"),
    path(
        "doctors/<int:pk>/photo/<slug:digest>/<int:side>/",
        photos.doctor_photo,
        name="doctor-photo",
    ),
    path("doctors/sign-up/", sign_up.doctor_sign_up, name="doctor-sign-up"),
    path("doctors/application/", application.application, name="application"),
    path("profile/photo/", application.own_photo, name="own-photo"),
    path("profile/photo/remove/", application.own_photo_remove, name="own-photo-remove"),
    path("manage/doctors/", manage_doctors.manage_doctors, name="manage-doctors"),
    path("manage/doctors/<int:pk>/", manage_doctors.manage_doctor, name="manage-doctor"),
    path(
        "manage/doctors/<int:pk>/decide/",
        manage_doctors.manage_doctor_decide,
        name="manage-doctor-decide",
    ),
    path(
        "manage/doctors/<int:pk>/correct/",
        manage_doctors.manage_doctor_correct,
        name="manage-doctor-correct",
    ),
]
