"""The audit trail, for admins."""

from django.urls import path

from portal.audit.views import trail

urlpatterns = [
    path("manage/audit/", trail.manage_audit, name="manage-audit"),
    path("manage/audit/export/", trail.manage_audit_export, name="manage-audit-export"),
    path("manage/audit/<int:pk>/", trail.manage_audit_event, name="manage-audit-event"),
]
