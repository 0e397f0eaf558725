"""GET /api/v1/limits/: what a sender must keep to, open to everybody."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from observations import bells, kinds, limits, silence


@require_safe
def limits_show(_request: HttpRequest) -> HttpResponse:
    return JsonResponse(
        {
            "body_bytes": limits.MAX_BODY,
            "readings_per_upload": limits.MAX_READINGS,
            "id_characters": limits.MAX_ID,
            "comment_characters": limits.MAX_COMMENT,
            "accepted_for_days": limits.ACCEPT_WINDOW.days,
            "ahead_seconds": int(limits.AHEAD.total_seconds()),
            "late_after_seconds": int(bells.LATE_AFTER.total_seconds()),
            "receipts_kept_days": limits.RECEIPTS_KEPT.days,
            "vitals_days": limits.MOST_VITALS.days,
            "vitals_readings": limits.MOST_READINGS,
            "devices": {
                "per_upload": limits.MAX_DEVICES,
                "firmware_characters": limits.MAX_FIRMWARE,
                "percent": {"battery": [0, 100], "signal": [0, 100]},
                "bad_entries": "ignored",
            },
            # A gateway that sends heartbeats, uploads without readings, counts as down after this.
            "gateway_quiet_seconds": silence.QUIET_MINUTES * 60,
            "kinds": [_kind(kind) for kind in kinds.KINDS.values()],
        }
    )


def _kind(kind: kinds.Kind) -> dict[str, Any]:
    return {
        "kind": kind.name,
        "label": kind.label,
        "unit": kind.ucum,
        "units": sorted(unit for unit in kind.units if unit),
        "unit_optional": None in kind.units,
        "low": None if kind.only_codes else kind.low,
        "high": None if kind.only_codes else kind.high,
        "decimals": kind.decimals,
        "codes": list(kind.codes),
    }
