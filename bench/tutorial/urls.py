"""One view set, one serializer, one router."""

from django.urls import include, path
from rest_framework import routers, serializers, viewsets

from bench.tutorial.models import Reading


class ReadingSerializer(serializers.ModelSerializer[Reading]):
    class Meta:
        model = Reading
        fields = ["id", "patient", "kind", "value", "unit", "measured_at"]


class ReadingViewSet(viewsets.ModelViewSet[Reading]):
    queryset = Reading.objects.all()
    serializer_class = ReadingSerializer


router = routers.DefaultRouter()
router.register("readings", ReadingViewSet)

urlpatterns = [path("api/", include(router.urls))]
