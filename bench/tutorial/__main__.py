"""Makes its tables, patients and a token, and writes their ids as one line of JSON."""

import json
import sys

import django
from django.core.management import call_command


def main(patients: int) -> None:
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)
    from django.contrib.auth.models import User
    from rest_framework.authtoken.models import Token

    from bench.tutorial.models import Patient

    made = Patient.objects.bulk_create(Patient(name=f"Patient {n}") for n in range(patients))
    token = Token.objects.create(user=User.objects.create_user("gateway"))
    print(json.dumps({"token": token.key, "patients": [patient.pk for patient in made]}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
