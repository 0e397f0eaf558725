"""The questions of every ward that has none of its own."""

from django.db import migrations
from django.utils import timezone

QUESTIONS = [
    ("Did you feel safe being cared for at home?", "choice"),
    ("Did you feel in control of your care?", "choice"),
    ("Did you know whom to call, day and night?", "choice"),
    ("What could we have done better?", "words"),
]


def ask(apps, schema_editor):
    questionnaire = apps.get_model("rounds", "Questionnaire")
    question = apps.get_model("rounds", "Question")
    first = questionnaire.objects.create(ward=None, number=1, published_at=timezone.now())
    for position, (text, answered) in enumerate(QUESTIONS):
        question.objects.create(
            questionnaire=first, position=position, text=text, answered=answered
        )


class Migration(migrations.Migration):
    dependencies = [("rounds", "0001_initial")]

    operations = [migrations.RunPython(ask, migrations.RunPython.noop)]
