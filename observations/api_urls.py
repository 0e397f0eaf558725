"""Where the API of observations lives, below /api/v1/."""

from django.urls import URLPattern, path

from observations.api.limits import limits_show
from observations.api.readings import reading_create
from observations.api.receipts import receipt_show
from observations.api.retractions import retraction_create
from observations.api.vitals import AdmissionVitals

app_name = "observations_api"

urlpatterns: list[URLPattern] = [
    path("readings/", reading_create, name="reading-create"),
    path("receipts/<uuid:receipt>/", receipt_show, name="receipt-show"),
    path("retractions/", retraction_create, name="retraction-create"),
    path("limits/", limits_show, name="limits-show"),
    path("admissions/<uuid:admission>/vitals/", AdmissionVitals.as_view(), name="admission-vitals"),
]
