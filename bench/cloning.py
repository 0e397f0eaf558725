"""Copies the rows of a model ward and of model patients, one into every bed."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from capacity.models import Ward
    from patients.models import Admission

# For each copy: whose, where to, and the names of what is its own.
_PLAN: Final = """
    CREATE TEMP TABLE copy_of (n int, was uuid, bed bigint, nhs_number text);
    COPY copy_of FROM STDIN;
"""
_COPIES: Final = """
    CREATE TEMP TABLE copies AS
    SELECT p.n, p.was, p.nhs_number, 'HUB-' || lpad(p.n::text, 6, '0') AS serial,
           b.id AS bed, b.ward_id AS ward, w.lead_provider_id AS provider,
           gen_random_uuid() AS patient, gen_random_uuid() AS referral,
           gen_random_uuid() AS spell, gen_random_uuid() AS admission,
           nextval(pg_get_serial_sequence('observations_device', 'id')) AS device
    FROM copy_of p JOIN capacity_bed b ON b.id = p.bed JOIN capacity_ward w ON w.id = b.ward_id
"""
# Each table of a patient: how its rows are found from the admission, and what differs in a copy.
_ADMISSION: Final = {"admission_id": "c.admission"}
_DEVICE: Final = {"device_id": "c.device"}
_HELD: Final = "t.id IN (SELECT device_id FROM observations_holding WHERE admission_id = o.id)"
_OF_A_PATIENT: Final[tuple[tuple[str, str, dict[str, str]], ...]] = (
    (
        "patients_patient",
        "t.id = o.patient_id",
        {"id": "c.patient", "family_name": "'Sample-' || c.n"},
    ),
    (
        "patients_identifier",
        "t.patient_id = o.patient_id AND t.system = 'nhs_number'",
        {"patient_id": "c.patient", "value": "c.nhs_number"},
    ),
    ("patients_safetyrecord", "t.patient_id = o.patient_id", {"patient_id": "c.patient"}),
    (
        "patients_referral",
        "t.id = o.referral_id",
        {"id": "c.referral", "patient_id": "c.patient", "ward_id": "c.ward"},
    ),
    (
        "capacity_spell",
        "t.id = o.spell_id",
        {"id": "c.spell", "person_key": "lpad(c.n::text, 64, 'c')"},
    ),
    (
        "capacity_stay",
        "t.spell_id = o.spell_id",
        {
            "id": "gen_random_uuid()",
            "spell_id": "c.spell",
            "ward_id": "c.ward",
            "bed_id": "c.bed",
            "no_bed": "''",
            "no_bed_reason": "''",
        },
    ),
    (
        "patients_admission",
        "t.id = o.id",
        {
            "id": "c.admission",
            "patient_id": "c.patient",
            "referral_id": "c.referral",
            "spell_id": "c.spell",
            "ward_id": "c.ward",
        },
    ),
    ("patients_expecteddischarge", "t.admission_id = o.id", _ADMISSION),
    ("patients_monitoringmode", "t.admission_id = o.id", _ADMISSION),
    ("patients_planline", "t.admission_id = o.id", _ADMISSION),
    (
        "observations_device",
        _HELD,
        {"id": "c.device", "serial": "c.serial", "provider_id": "c.provider"},
    ),
    ("observations_holding", "t.admission_id = o.id", _ADMISSION | _DEVICE),
    ("observations_standing", "t.admission_id = o.id", _ADMISSION),
    ("observations_duetime", "t.admission_id = o.id", _ADMISSION),
    ("observations_reading", "t.admission_id = o.id", _ADMISSION | _DEVICE),
    ("observations_score", "t.admission_id = o.id", _ADMISSION),
)


_WARDS: Final = """
    CREATE TEMP TABLE wards AS
    SELECT p.id AS provider, p.code || '-w' || n AS code, 'Ward ' || n AS name,
           nextval(pg_get_serial_sequence('capacity_ward', 'id')) AS ward
    FROM capacity_provider p, generate_series(1, %s) n WHERE p.code LIKE 'BENCH%%'
    ORDER BY p.code, n
"""
_BEDS: Final = """
    INSERT INTO capacity_bedallocation (bed_id, provider_id, icb_id, starts)
    SELECT b.id, c.provider, w.icb_id, w.opens
    FROM wards c JOIN capacity_ward w ON w.id = c.ward JOIN capacity_bed b ON b.ward_id = w.id
"""
_OF_A_WARD: Final[tuple[tuple[str, str, dict[str, str]], ...]] = (
    (
        "capacity_ward",
        "t.id = o.id",
        {"id": "c.ward", "code": "c.code", "name": "c.name", "lead_provider_id": "c.provider"},
    ),
    ("capacity_wardhours", "t.ward_id = o.id", {"ward_id": "c.ward"}),
    (
        "capacity_wardperiod",
        "t.hours_id IN (SELECT id FROM capacity_wardhours WHERE ward_id = o.id)",
        {"hours_id": "(SELECT h.id FROM capacity_wardhours h WHERE h.ward_id = c.ward)"},
    ),
    ("capacity_bed", "t.ward_id = o.id", {"ward_id": "c.ward"}),
)


def open_wards(model: Ward, *, a_provider: int) -> None:
    """As many wards like this one for each of the bench's providers."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_WARDS, [a_provider])
        copied = f"wards c JOIN capacity_ward o ON o.id = {model.pk}"
        for table, found, own in _OF_A_WARD:
            _clone(cursor, table, f"{copied} JOIN {table} t ON {found} ORDER BY c.ward", own)
        cursor.execute(_BEDS)


def fill_beds(models: Sequence[Admission]) -> None:
    """The free beds of the bench's wards."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        create, load = (part for part in _PLAN.split(";") if part.strip())
        cursor.execute(create)
        cursor.copy_expert(load, io.StringIO("".join(_lines(models, _free_beds(cursor)))))
        cursor.execute(_COPIES)
        copied = "copies c JOIN patients_admission o ON o.id = c.was"
        for table, found, own in _OF_A_PATIENT:
            _clone(cursor, table, f"{copied} JOIN {table} t ON {found} ORDER BY c.n", own)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE " + ", ".join(table for table, _, _ in _OF_A_PATIENT))


def _free_beds(cursor: Any) -> list[int]:
    cursor.execute(
        "SELECT b.id FROM capacity_bed b JOIN wards w ON w.ward = b.ward_id ORDER BY b.id"
    )
    return [row[0] for row in cursor.fetchall()]


def _lines(models: Sequence[Admission], beds: Sequence[int]) -> Iterator[str]:
    from tests.patients.factories import make_nhs_number

    for n, bed in enumerate(beds):
        yield f"{n}\t{models[n % len(models)].pk}\t{bed}\t{make_nhs_number()}\n"


def _clone(cursor: Any, table: str, source: str, own: dict[str, str]) -> None:
    """The rows `t` of `source`; a number that the database draws is drawn again."""
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s "
        "AND table_schema = current_schema() ORDER BY ordinal_position",
        [table],
    )
    columns = [name for (name,) in cursor.fetchall()]
    written = [name for name in columns if name != "id" or "id" in own]
    values = ", ".join(own.get(name, f't."{name}"') for name in written)
    names = ", ".join(f'"{name}"' for name in written)
    cursor.execute(f"INSERT INTO {table} ({names}) SELECT {values} FROM {source}")
