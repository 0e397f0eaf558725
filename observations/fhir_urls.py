"""Where FHIR R4 lives, below /fhir/R4; its addresses end without a slash, and are forgiven one."""

from django.urls import URLPattern, re_path

from observations.fhir.metadata import metadata, unknown
from observations.fhir.observations import observation_read
from observations.fhir.reading import device_read, encounter_read, location_read, patient_read
from observations.fhir.writing import bundle_process, observation_collection

app_name = "fhir"

_NAME = r"(?P<name>[A-Za-z0-9.\-]{1,64})"

urlpatterns: list[URLPattern] = [
    re_path(r"^/?$", bundle_process, name="bundle-process"),
    re_path(r"^/metadata/?$", metadata, name="metadata"),
    re_path(r"^/Observation/?$", observation_collection, name="observation-collection"),
    re_path(rf"^/Observation/{_NAME}/?$", observation_read, name="observation-read"),
    re_path(rf"^/Patient/{_NAME}/?$", patient_read, name="patient-read"),
    re_path(rf"^/Encounter/{_NAME}/?$", encounter_read, name="encounter-read"),
    re_path(rf"^/Device/{_NAME}/?$", device_read, name="device-read"),
    re_path(rf"^/Location/{_NAME}/?$", location_read, name="location-read"),
    re_path(r"^/", unknown, name="unknown"),
]
