"""Households: who looks after whom."""

from django.urls import path

from portal.household.views import desk, household, links

urlpatterns = [
    path("household/", household.household, name="household"),
    path("household/offer/", household.household_offer, name="household-offer"),
    path("household/ask/", household.household_ask, name="household-ask"),
    path("household/child/", household.household_child, name="household-child"),
    path("household/<int:pk>/", household.household_access, name="household-access"),
    path("household/<int:pk>/end/", household.household_end, name="household-end"),
    path("household/accept/<str:token>/", links.household_accept, name="household-accept"),
    path("household/answer/<str:token>/", links.household_answer, name="household-answer"),
    path("patients/<int:pk>/household/", desk.patient_household, name="patient-household"),
]
