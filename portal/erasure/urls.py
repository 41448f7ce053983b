"""Asking that one's data are erased, withdrawing it, and the requests of all for admins."""

from django.urls import path

from portal.erasure.views import manage, own, patients

urlpatterns = [
    path("profile/erase/", own.own_erasure, name="own-erasure"),
    path("profile/erase/withdraw/", own.own_erasure_withdraw, name="own-erasure-withdraw"),
    path("patients/<int:pk>/erase/", patients.patient_erase, name="patient-erase"),
    path("manage/erasures/", manage.manage_erasures, name="manage-erasures"),
    path(
        "manage/erasures/<int:pk>/withdraw/",
        manage.manage_erasure_withdraw,
        name="manage-erasure-withdraw",
    ),
]
