"""The clinic's figures, as a page and as a file."""

from django.urls import path

from portal.figures.views import figures

urlpatterns = [
    path("manage/figures/", figures.manage_figures, name="manage-figures"),
    path("manage/figures/csv/", figures.manage_figures_csv, name="manage-figures-csv"),
]
