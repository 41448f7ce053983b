"""A patient's copy of everything that is held about them."""

from django.urls import path

from portal.own_data.views import own_data

urlpatterns = [
    path("profile/data/", own_data.own_data, name="own-data"),
    path("profile/data/<int:pk>/json/", own_data.own_data_json, name="own-data-json"),
    path("profile/data/<int:pk>/pdf/", own_data.own_data_pdf, name="own-data-pdf"),
]
