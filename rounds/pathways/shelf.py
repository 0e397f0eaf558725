"""What a ward's shelf of pathways holds: what it offers, its versions, drafts, who is on which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from capacity.models import Ward
from patients.models import Admission, Pathway, PathwayDraft, PathwayVersion
from rounds.pathways.comparing import Difference, compare
from rounds.pathways.contents import Content

_RELATED = ("pathway", "published_by", "agreed_by", "based_on")


@dataclass(slots=True)
class Shelf:
    """Of one pathway: `version` is what a new admission would begin on, `default` the newest of no
    ward; `patients` counts who is on the ward now, by version."""

    pathway: Pathway
    version: PathwayVersion
    default: PathwayVersion
    offered: bool
    draft: PathwayDraft | None = None
    patients: dict[int, int] = field(default_factory=dict)

    @property
    def is_own(self) -> bool:
        return self.version.ward_id is not None

    @property
    def has_newer_default(self) -> bool:
        """One that came after what this version, by whatever steps, was made of."""
        origin: PathwayVersion | None = self.version
        while origin is not None and origin.ward_id is not None:
            origin = origin.based_on
        return origin is not None and origin.number < self.default.number

    @property
    def differences(self) -> list[Difference]:
        """From the default to what this ward does."""
        if self.version.pk == self.default.pk:
            return []
        return compare(Content.of(self.default), Content.of(self.version))

    @property
    def on_it(self) -> int:
        return self.patients.get(self.version.pk, 0)

    @property
    def on_others(self) -> int:
        return sum(self.patients.values()) - self.on_it


def shelves(ward: Ward) -> list[Shelf]:
    """Every pathway that exists, by name; a few statements however many there are."""
    in_force = _by_pathway(_of(ward).filter(retired_at__isnull=True))
    offered = {
        one.pathway_id: one.version
        for one in ward.pathways.select_related(*(f"version__{name}" for name in _RELATED))
    }
    drafts = {one.pathway_id: one for one in drafts_of(ward)}
    counted = _patients(ward)
    found = []
    for pathway in Pathway.objects.filter(pk__in=in_force):
        own = [one for one in in_force[pathway.pk] if one.ward_id is not None]
        default = next(one for one in in_force[pathway.pk] if one.ward_id is None)
        chosen = offered.get(pathway.pk)
        found.append(
            Shelf(
                pathway=pathway,
                version=chosen or (own[0] if own else default),
                default=default,
                offered=chosen is not None or not offered,
                draft=drafts.get(pathway.pk),
                patients=counted.get(pathway.pk, {}),
            )
        )
    return found


def _by_pathway(versions: Iterable[PathwayVersion]) -> dict[str, list[PathwayVersion]]:
    found: dict[str, list[PathwayVersion]] = {}
    for version in versions:
        found.setdefault(version.pathway_id, []).append(version)
    return {key: some for key, some in found.items() if any(one.ward_id is None for one in some)}


def _of(ward: Ward) -> QuerySet[PathwayVersion]:
    """Its own and the defaults."""
    found = PathwayVersion.objects.filter(Q(ward=None) | Q(ward=ward), published_at__isnull=False)
    return found.select_related(*_RELATED)


def drafts_of(ward: Ward) -> QuerySet[PathwayDraft]:
    related = ("pathway", "based_on", "saved_by", "ward__lead_provider", "ward__icb")
    return PathwayDraft.objects.filter(ward=ward).select_related(*related)


def offered_versions(ward: Ward) -> QuerySet[PathwayVersion]:
    """What new admissions begin on there; a ward that names none takes every default."""
    named = PathwayVersion.objects.filter(offered_by__ward=ward)
    found = named if ward.pathways.exists() else PathwayVersion.objects.in_force().default()
    return found.select_related(*_RELATED).order_by("pathway__name")


def versions_of(ward: Ward, pathway: Pathway) -> QuerySet[PathwayVersion]:
    """The ward's own and the defaults, the newest first."""
    return _of(ward).filter(pathway=pathway).order_by("-published_at", "-pk")


def _patients(ward: Ward) -> dict[str, dict[int, int]]:
    here = Admission.objects.current().filter(ward=ward)
    counted = here.values_list("pathway_version__pathway", "pathway_version").annotate(
        n=Count("pk")
    )
    found: dict[str, dict[int, int]] = {}
    for pathway, version, number in counted.order_by("pathway_version__pathway"):
        found.setdefault(pathway, {})[version] = number
    return found
