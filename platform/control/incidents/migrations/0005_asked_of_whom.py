"""A task says which role of the region it is asked of, not only that it is the region's."""

from django.db import migrations, models

# Telling people how to record attendance is the personnel office's; all else so far was the information office's.
ROLES = [
    ("outage", "Umumkan cara absen selama gangguan", "bkpsdm"),
]


def to_roles(apps, schema_editor):
    template, task = apps.get_model("incidents", "TaskTemplate"), apps.get_model("incidents", "Task")
    for model in (template, task):
        model.objects.filter(is_for_region=True).update(asked_of="diskominfo")
    for kind, title, role in ROLES:
        template.objects.filter(kind=kind, title=title, is_for_region=True).update(asked_of=role)


def to_flags(apps, schema_editor):
    for name in ("TaskTemplate", "Task"):
        apps.get_model("incidents", name).objects.exclude(asked_of="").update(is_for_region=True)


class Migration(migrations.Migration):
    dependencies = [("incidents", "0004_words_of_origins")]

    operations = [
        migrations.AddField("tasktemplate", "asked_of", models.CharField(blank=True, default="", max_length=40), False),
        migrations.AddField("task", "asked_of", models.CharField(blank=True, default="", max_length=40), False),
        migrations.RunPython(to_roles, to_flags),
        migrations.RemoveField("tasktemplate", "is_for_region"),
        migrations.RemoveField("task", "is_for_region"),
    ]
