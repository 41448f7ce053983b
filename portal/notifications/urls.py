"""Notifications, preferences, what admins send, and what providers report."""

from django.urls import path

from portal.notifications.views import (
    hooks,
    manage_broadcasts,
    manage_messages,
    notifications,
    preferences,
)

urlpatterns = [
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/bell/", notifications.notifications_bell, name="notifications-bell"),
    path("notifications/read/", notifications.notifications_read, name="notifications-read"),
    path("notifications/<int:pk>/", notifications.notification, name="notification"),
    path("notifications/<int:pk>/read/", notifications.notification_read, name="notification-read"),
    path(
        "notifications/<int:pk>/unread/",
        notifications.notification_unread,
        name="notification-unread",
    ),
    path(
        "notifications/preferences/",
        preferences.notification_preferences,
        name="notification-preferences",
    ),
    path(
        "notifications/unsubscribe/<str:token>/",
        preferences.notification_unsubscribe,
        name="notification-unsubscribe",
    ),
    path("manage/messages/", manage_messages.manage_messages, name="manage-messages"),
    path("manage/messages/new/", manage_broadcasts.manage_message_new, name="manage-message-new"),
    path(
        "manage/messages/retry/",
        manage_messages.manage_messages_retry,
        name="manage-messages-retry",
    ),
    path("manage/messages/<int:pk>/", manage_messages.manage_message, name="manage-message"),
    path(
        "manage/messages/<int:pk>/retry/",
        manage_messages.manage_message_retry,
        name="manage-message-retry",
    ),
    path("manage/broadcasts/", manage_broadcasts.manage_broadcasts, name="manage-broadcasts"),
    path(
        "manage/broadcasts/<int:pk>/", manage_broadcasts.manage_broadcast, name="manage-broadcast"
    ),
    path(
        "manage/broadcasts/<int:pk>/spread/",
        manage_broadcasts.manage_broadcast_spread,
        name="manage-broadcast-spread",
    ),
    path("hooks/sms/", hooks.sms_report, name="sms-report"),
    path("hooks/mail/", hooks.mail_report, name="mail-report"),
]
