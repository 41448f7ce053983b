"""The invitations that are there get their folded names."""

from django.db import migrations


def fold_names(apps, schema_editor):
    invitations = apps.get_model("portal", "Invitation").objects.order_by("pk")
    for invitation in invitations.iterator(1000):
        invitation.save(update_fields=["search_name"])  # the field folds


class Migration(migrations.Migration):
    dependencies = [("portal", "0051_folded_names_of_invitations")]

    operations = [migrations.RunPython(fold_names, migrations.RunPython.noop)]
