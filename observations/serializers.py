"""The shapes of what the API of observations answers."""

from __future__ import annotations

from rest_framework import serializers


class VitalLine(serializers.Serializer[object]):
    """One reading of an admission."""

    public_id = serializers.CharField()
    id = serializers.CharField(help_text="the sender's")
    device = serializers.CharField(allow_null=True)
    kind = serializers.CharField()
    value = serializers.JSONField(help_text="a number, or a code such as A or air")
    unit = serializers.CharField(allow_blank=True, help_text="UCUM")
    measured_at = serializers.CharField()
    sent_at = serializers.CharField(allow_null=True)
    received_at = serializers.CharField()
    stored_at = serializers.CharField()


class VitalLines(serializers.Serializer[object]):
    readings = VitalLine(many=True)
