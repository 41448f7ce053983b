from django.db import migrations


class Migration(migrations.Migration):
    """Which tasks are running is asked every few seconds, of a table that keeps a week of them."""

    dependencies = [
        ("portal", "0005_notifications_by_event_and_time"),
        ("django_tasks_database", "0021_conditional_partial_index_ordering"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX portal_running_tasks ON django_tasks_database_dbtaskresult (started_at)"
            " WHERE status = 'RUNNING'",
            "DROP INDEX IF EXISTS portal_running_tasks",
        ),
    ]
