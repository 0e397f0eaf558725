"""Patients, stays, kit and wards as FHIR has them; presenters without a query.

A ward is a Location, because that is what an Encounter points to: it has no beds in one place, and
its `physicalType` says ward. The whole time of an admission is one Encounter of class HH.
"""

from __future__ import annotations

from typing import Any, Final

from capacity.hours import Week
from capacity.models import Ward
from capacity.models.stays import Destination
from capacity.presenters.hours import week_words
from observations.fhir.mapping import coding
from observations.fhir.mapping.outgoing import instant
from observations.fhir.mapping.versions import versioned
from observations.models import Device
from patients.models import Admission, Identifier, Patient

Resource = dict[str, Any]
_GENDERS: Final = {"female": "female", "male": "male", "indeterminate": "other"}
_ACT: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_PHYSICAL: Final = "http://terminology.hl7.org/CodeSystem/location-physical-type"
_IN_USE: Final = frozenset((Device.Status.ISSUED, Device.Status.WANTED_BACK))
_GONE: Final = frozenset((Device.Status.LOST, Device.Status.RETIRED, Device.Status.FAULTY))


def patient(one: Patient) -> Resource:
    told: Resource = {
        "resourceType": "Patient",
        "id": str(one.pk),
        "identifier": [_number(known) for known in one.identifiers.all() if known.is_current],
        "active": one.merged_into_id is None,
        "name": [_name(one)],
        "telecom": [{"system": "phone", "value": one.phone}] if one.phone else [],
        "gender": _GENDERS.get(one.sex, "unknown"),
        "birthDate": one.born.isoformat(),
        "address": [_address(one)] if one.address or one.postcode else [],
        "communication": _communication(one),
    }
    if one.died_at is not None:
        told["deceasedDateTime"] = instant(one.died_at)
    if one.merged_into_id is not None:
        other = {"reference": f"Patient/{one.merged_into_id}"}
        told["link"] = [{"other": other, "type": "replaced-by"}]
    return versioned(_without_empty(told))


def _communication(one: Patient) -> list[Resource]:
    """Nobody is said to speak English because nobody asked."""
    return [{"language": {"text": one.language}, "preferred": True}] if one.language else []


def encounter(one: Admission) -> Resource:
    period = {"start": instant(one.admitted_at)}
    if one.discharged_at is not None:
        period["end"] = instant(one.discharged_at)
    told: Resource = {
        "resourceType": "Encounter",
        "id": str(one.pk),
        "identifier": [{"system": coding.SPELL, "value": str(one.spell_id)}],
        "status": _stay_status(one),
        "class": {"system": _ACT, "code": "HH", "display": "home health"},
        "serviceType": {"text": one.pathway_version.pathway.name},
        "subject": {"reference": f"Patient/{one.patient_id}"},
        "period": period,
        "location": [{"location": _place(one.ward)}],
        "serviceProvider": _organisation(one.ward),
    }
    if one.destination:
        to = {"text": one.get_destination_display()}
        told["hospitalization"] = {"dischargeDisposition": to}
    return versioned(told)


def device(one: Device, holder: Admission | None) -> Resource:
    """`holder` only for who may know the patient."""
    told: Resource = {
        "resourceType": "Device",
        "id": str(one.pk),
        "identifier": [{"system": coding.SERIAL, "value": one.serial}],
        "status": _kit_status(one),
        "manufacturer": one.supplier.name,
        "serialNumber": one.serial,
        "deviceName": [{"name": one.model, "type": "model-name"}],
        "owner": _owner(one.provider.code, one.provider.name),
    }
    if holder is not None:
        told["patient"] = {"reference": f"Patient/{holder.patient_id}"}
    return versioned(told)


def location(one: Ward, week: Week | None, *, is_open: bool) -> Resource:
    told: Resource = {
        "resourceType": "Location",
        "id": one.code,
        "status": "active" if is_open else "inactive",
        "name": one.name,
        "description": "A virtual ward: its patients are at home.",
        "mode": "instance",
        "physicalType": {"coding": [{"system": _PHYSICAL, "code": "wa"}]},
        "managingOrganization": _organisation(one),
    }
    if week is not None:
        phones = dict.fromkeys([*(one.phone for one in week.periods), week.phone])
        told["telecom"] = [{"system": "phone", "value": phone} for phone in phones if phone]
        told["availabilityExceptions"] = f"{week_words(week)}. London time."
    return versioned(told)


def _number(known: Identifier) -> Resource:
    if known.system == Identifier.System.NHS_NUMBER:
        return {"system": coding.NHS_NUMBER, "value": known.value}
    return {"system": coding.LOCAL_NUMBER, "value": known.value}


def _name(one: Patient) -> Resource:
    told = {"use": "official", "family": one.family_name, "given": [one.given_name]}
    return told | ({"prefix": [one.title]} if one.title else {})


def _address(one: Patient) -> Resource:
    told = {"use": "home", "text": one.address, "postalCode": one.postcode}
    return _without_empty(told)


def _stay_status(one: Admission) -> str:
    if one.destination == Destination.ENTERED_IN_ERROR:
        return "entered-in-error"
    return "in-progress" if one.is_open else "finished"


def _kit_status(one: Device) -> str:
    if one.status in _IN_USE:
        return "active"
    return "unknown" if one.status in _GONE else "inactive"


def _place(ward: Ward) -> Resource:
    return {"reference": f"Location/{ward.code}", "display": ward.name}


def _organisation(ward: Ward) -> Resource:
    return _owner(ward.lead_provider.code, ward.lead_provider.name)


def _owner(code: str, name: str) -> Resource:
    return {"identifier": {"system": coding.ODS_CODE, "value": code}, "display": name}


def _without_empty(told: Resource) -> Resource:
    """FHIR has no empty lists and no empty texts."""
    return {name: value for name, value in told.items() if value not in ("", [], None)}
