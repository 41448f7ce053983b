"""Invitations have a folded name, by which they are searched and sorted."""

from django.db import migrations

import portal.models.names


class Migration(migrations.Migration):
    dependencies = [("portal", "0050_waits_that_the_clinic_ends")]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="search_name",
            field=portal.models.names.FoldedField("name", default=""),
            preserve_default=False,
        )
    ]
