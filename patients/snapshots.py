"""What a day's minimum data set is made of, written by one statement inside the database.

A line for each spell open at 08:00 London, and for each that ended in the four weeks before: what
was put right since an earlier snapshot is so sent again. A spell belongs to the provider whose bed
it lies in, or lay in last; who is counted at 08:00 is who the SitRep counts. Stays that were
taken over from another system as figures have no record here, and no line.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.db import connection
from django.db.models import Count, Q

from capacity import counting
from capacity.models import Provider
from lib import london
from patients.models import MinimumDataSet, MinimumDataSetRow

SENT_AGAIN_FOR: Final = dt.timedelta(days=28)
# Items of the data set that this service does not hold; their columns are sent empty.
NOT_HELD: Final = frozenset({"lsoa", "icd10_group"})

_WRITE: Final = """
INSERT INTO patients_minimumdatasetrow (
    data_set_id, record, spell_id, person_key, admission_source, admitted_on, discharged_on,
    length_of_stay, birth_month, age_on_admission, sex, ethnicity_group, lsoa, provider_code,
    referral_group, referred_on, accepted_on, icd10_group, ward_code, ward_name, ward_capacity,
    discharge_method, destination, pathway, route, technology_enabled)
WITH spells AS (
    SELECT p.*, p.discharged_at <= %(at)s AS ended,
           p.destination = 'entered_in_error' AS mistaken
    FROM capacity_spell p
    WHERE p.admitted_at <= %(at)s AND (p.discharged_at IS NULL OR p.discharged_at > %(since)s)
),
placed AS (
    SELECT DISTINCT ON (s.spell_id) s.spell_id, s.ward_id, s.bed_id, s.pathway, s.route,
           (least(coalesce(s.ends, %(at)s), %(at)s) AT TIME ZONE 'Europe/London')::date AS day
    FROM capacity_stay s JOIN spells p ON p.id = s.spell_id
    WHERE s.starts <= %(at)s
    ORDER BY s.spell_id, s.starts DESC, s.id DESC
),
capacities AS (
    SELECT * FROM unnest(%(wards)s::bigint[], %(beds)s::bigint[]) AS c(ward_id, beds)
)
SELECT %(data_set)s,
       CASE WHEN p.mistaken THEN 'withdrawn' ELSE 'current' END,
       p.id, p.person_key,
       CASE WHEN s.route = 'step_down' THEN 'hospital_ward' ELSE p.residence END,
       (p.admitted_at AT TIME ZONE 'Europe/London')::date,
       CASE WHEN p.ended THEN (p.discharged_at AT TIME ZONE 'Europe/London')::date END,
       (least(coalesce(p.discharged_at, %(at)s), %(at)s) AT TIME ZONE 'Europe/London')::date
           - (p.admitted_at AT TIME ZONE 'Europe/London')::date,
       to_char(t.born, 'YYYY-MM'), p.age_on_admission, p.sex, p.ethnicity_group, '',
       %(provider_code)s, p.source,
       (p.referred_at AT TIME ZONE 'Europe/London')::date,
       (p.accepted_at AT TIME ZONE 'Europe/London')::date,
       '', w.code, w.name, coalesce(c.beds, 0),
       CASE WHEN NOT coalesce(p.ended, false) THEN ''
            WHEN p.destination IN ('died', 'self_discharged', 'entered_in_error')
                THEN p.destination
            ELSE 'clinical_advice' END,
       CASE WHEN p.ended THEN p.destination ELSE '' END,
       s.pathway, s.route, p.technology_enabled
FROM placed s
JOIN spells p ON p.id = s.spell_id
JOIN capacity_ward w ON w.id = s.ward_id
JOIN patients_admission m ON m.spell_id = p.id
JOIN patients_patient t ON t.id = m.patient_id
LEFT JOIN capacity_bedallocation a ON a.bed_id = s.bed_id
     AND a.starts <= s.day AND (a.ends IS NULL OR a.ends > s.day)
LEFT JOIN capacities c ON c.ward_id = s.ward_id
WHERE coalesce(a.provider_id, w.lead_provider_id) = %(provider)s
  AND NOT EXISTS (
      SELECT 1 FROM capacity_wardexclusion x
      WHERE x.ward_id = w.id AND x.starts <= s.day AND (x.ends IS NULL OR x.ends > s.day))
  AND (NOT p.mistaken OR EXISTS (
      SELECT 1 FROM patients_minimumdatasetrow r
      JOIN patients_minimumdataset d ON d.id = r.data_set_id
      WHERE r.spell_id = p.id AND d.provider_id = %(provider)s AND d.signed_at IS NOT NULL))
ORDER BY p.admitted_at, p.id
"""


def write(data_set: MinimumDataSet) -> None:
    """The lines of a draft, in place of those that it had."""
    data_set.rows.all().delete()
    at = london.count_instant(data_set.day)
    beds = _capacities(data_set.provider, data_set.day)
    given: dict[str, Any] = {
        "data_set": data_set.pk,
        "provider": data_set.provider_id,
        "provider_code": data_set.provider.code,
        "at": at,
        "since": at - SENT_AGAIN_FOR,
        "wards": [*beds],
        "beds": [*beds.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, given)


def completeness(data_set: MinimumDataSet) -> dict[str, int]:
    """By item, in how many lines it is filled; `spell_id` is in all."""
    filled = {
        field.name: Count("pk", filter=_filled(field.name, text=field.get_internal_type()))
        for field in MinimumDataSetRow._meta.concrete_fields
        if field.name not in {"id", "data_set"}
    }
    return data_set.rows.aggregate(**filled)


def on_the_ward(data_set: MinimumDataSet) -> int:
    """Who was there at 08:00: as many as the count says."""
    return data_set.rows.filter(record="current", discharged_on__isnull=True).count()


def _filled(name: str, *, text: str) -> Q:
    return ~Q(**{name: ""}) if text == "CharField" else Q(**{f"{name}__isnull": False})


def _capacities(provider: Provider, day: dt.date) -> dict[int, int]:
    """Beds that this provider reports, by ward, from the one count."""
    sums: dict[int, int] = {}
    for line in counting.beds(counting.mornings([day])):
        if line.provider == provider.pk:
            sums[line.ward] = sums.get(line.ward, 0) + line.commissioned
    return sums
