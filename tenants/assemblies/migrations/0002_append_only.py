"""What an official said about who came stays; a later word is a row of its own."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("assemblies", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER assembly_mark_append_only BEFORE UPDATE OR DELETE ON assemblies_mark
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """,
            "DROP TRIGGER assembly_mark_append_only ON assemblies_mark;",
        ),
    ]
