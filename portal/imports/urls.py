"""Import and export of patients, for admins."""

from django.urls import path

from portal.imports.views import exports, imports

urlpatterns = [
    path("manage/imports/", imports.import_list, name="imports"),
    path("manage/imports/new/", imports.import_new, name="import-new"),
    path("manage/imports/<int:pk>/", imports.import_detail, name="import"),
    path("manage/imports/<int:pk>/columns/", imports.import_columns, name="import-columns"),
    path(
        "manage/imports/<int:pk>/duplicates/", imports.import_duplicates, name="import-duplicates"
    ),
    path("manage/imports/<int:pk>/run/", imports.import_run, name="import-run"),
    path("manage/imports/<int:pk>/dismiss/", imports.import_dismiss, name="import-dismiss"),
    path("manage/imports/<int:pk>/refused/", imports.import_refused, name="import-refused"),
    path("manage/export/", exports.export, name="export"),
]
