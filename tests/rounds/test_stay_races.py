"""Coming, moving, being away and leaving at the same moment: one after the other, nothing half
done, and no state that cannot be."""

import datetime as dt
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from capacity.actions.beds import close_bed
from capacity.models import Bed, Leave, Stay
from capacity.refusals import BedRefused
from patients.actions.admissions import (
    admit,
    move_bed,
    return_from_leave,
    start_leave,
    transfer,
)
from patients.models import Admission
from rounds.actions.stays import Closing, Closings, discharge_with_open, take_back_discharge
from rounds.actions.tasks import assign_task, complete_task
from rounds.models import Task
from tests.capacity.factories import make_beds, make_ward
from tests.patients.factories import make_admission, make_clinician, make_referral
from tests.races import at_once
from tests.rounds.factories import make_task

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = dt.timedelta(hours=1)
REFUSED = (ValidationError, BedRefused)
TWICE = pytest.mark.parametrize("turn", range(2))


class House:
    """A ward with somebody in its first bed, two free ones, and somebody who is expected; and
    another ward with one bed. Each act fetches anew what it acts on, as a request does."""

    def __init__(self) -> None:
        self.ward, self.other = make_ward(), make_ward("RT5-elsewhere", name="Elsewhere")
        self.by = make_clinician(self.ward)
        self.at = timezone.now() - 2 * HOUR
        self.beds, [self.far] = make_beds(self.ward, 3), make_beds(self.other, 1)
        self.patient = make_admission(ward=self.ward, bed=self.beds[0], at=self.at)
        self.coming = make_referral(ward=self.ward, accepted=True, at=self.at)

    def here(self) -> Admission:
        related = Admission.objects.select_related("ward__lead_provider", "ward__icb", "spell")
        return related.get(pk=self.patient.pk)

    def admit(self, bed: Bed) -> object:
        return admit(referral=self.coming, bed=bed, by=self.by)

    def move(self, bed: Bed) -> object:
        return move_bed(admission=self.here(), bed=bed, by=self.by)

    def transfer(self) -> object:
        return transfer(
            admission=self.here(), ward=self.other, bed=self.far, agreed_with="S. Hill", by=self.by
        )

    def discharge(self, destination: str = "home") -> object:
        told = Closings(all_tasks=Closing(outcome="needed no more"))
        return discharge_with_open(
            admission=self.here(), destination=destination, closings=told, by=self.by
        )

    def leave(self, *, held: bool = True) -> object:
        return start_leave(
            admission=self.here(),
            kind="hospital",
            place="LRI",
            held_by="Acute medicine",
            expected_back=timezone.now() + 5 * HOUR,
            bed_held=held,
            by=self.by,
        )

    def close(self, bed: Bed) -> object:
        return close_bed(bed=Bed.objects.get(pk=bed.pk), reason="no_kit", by=None)


@pytest.fixture
def house() -> House:
    return House()


def of_two(*acts: object) -> list[Exception]:
    """Both acts at once; whatever was refused was refused in words."""
    answers = at_once(*acts)  # type: ignore[arg-type]  # callables
    raised = [one for one in answers if isinstance(one, Exception)]
    assert all(isinstance(error, REFUSED) for error in raised), raised
    return raised


def nothing_impossible() -> None:
    """Whoever is here has one stay, whoever left has none, nobody lies in a closed bed or shares
    one, and nobody is away who has left."""
    now = timezone.now()
    for admission in Admission.objects.select_related("spell"):
        stays = Stay.objects.current().filter(spell=admission.spell)
        assert stays.count() == (1 if admission.is_open else 0)
        if admission.is_open:
            assert stays.get().ward_id == admission.ward_id
        else:
            assert not Leave.objects.filter(spell=admission.spell, ends__isnull=True).exists()
            assert not Task.objects.open().filter(admission=admission).exists()
    taken = [stay.bed_id for stay in Stay.objects.current() if stay.bed_id]
    assert len(taken) == len(set(taken))
    for bed in Bed.objects.filter(pk__in=taken):
        assert not bed.closures.filter(starts__lte=now, ends__isnull=True).exists()


@TWICE
def test_admitting_to_a_bed_while_it_is_closed(house, turn):
    raised = of_two(partial(house.admit, house.beds[1]), partial(house.close, house.beds[1]))
    assert len(raised) == 1
    nothing_impossible()


@TWICE
def test_admitting_to_a_bed_that_somebody_moves_to(house, turn):
    raised = of_two(partial(house.admit, house.beds[1]), partial(house.move, house.beds[1]))
    assert len(raised) == 1
    nothing_impossible()


@TWICE
def test_admitting_to_the_bed_that_somebody_is_transferred_from(house, turn):
    """Both may go well, or the admission came first and was told that the bed is taken."""
    assert len(of_two(partial(house.admit, house.beds[0]), house.transfer)) <= 1
    assert house.here().ward == house.other
    nothing_impossible()


@TWICE
def test_admitting_to_the_bed_that_somebody_is_discharged_from(house, turn):
    assert len(of_two(partial(house.admit, house.beds[0]), house.discharge)) <= 1
    assert not house.here().is_open
    nothing_impossible()


@TWICE
def test_a_transfer_to_a_bed_while_it_is_closed(house, turn):
    assert len(of_two(house.transfer, partial(house.close, house.far))) == 1
    nothing_impossible()


@TWICE
def test_two_transfers_of_one_patient(house, turn):
    """The second finds the patient there already."""
    assert len(of_two(house.transfer, house.transfer)) == 1
    assert Stay.objects.filter(ward=house.other).count() == 1
    nothing_impossible()


@TWICE
def test_a_transfer_and_a_move_of_one_patient(house, turn):
    of_two(house.transfer, partial(house.move, house.beds[1]))
    nothing_impossible()


@TWICE
def test_a_transfer_and_a_discharge(house, turn):
    assert len(of_two(house.transfer, house.discharge)) == 1
    nothing_impossible()


@TWICE
def test_a_transfer_and_a_leave(house, turn):
    of_two(house.transfer, house.leave)
    nothing_impossible()


@TWICE
def test_two_discharges(house, turn):
    assert len(of_two(house.discharge, partial(house.discharge, "hospital"))) == 1
    nothing_impossible()


@TWICE
def test_a_discharge_while_the_bed_is_closed(house, turn):
    """The bed closes once it is free, and never under somebody."""
    of_two(house.discharge, partial(house.close, house.beds[0]))
    assert not house.here().is_open
    nothing_impossible()


@TWICE
@pytest.mark.parametrize("held", [True, False])
def test_a_leave_and_a_discharge(house, turn, held):
    of_two(partial(house.leave, held=held), house.discharge)
    assert not house.here().is_open
    nothing_impossible()


@TWICE
def test_two_leaves_of_one_patient(house, turn):
    assert len(of_two(house.leave, house.leave)) == 1
    assert Leave.objects.count() == 1
    nothing_impossible()


@TWICE
def test_a_leave_that_frees_a_bed_while_somebody_is_admitted_to_it(house, turn):
    of_two(partial(house.leave, held=False), partial(house.admit, house.beds[0]))
    nothing_impossible()


@TWICE
def test_coming_back_to_a_bed_while_it_is_closed_or_given_away(house, turn):
    detail = house.leave(held=False)
    back = partial(return_from_leave, detail=detail, bed=house.beds[1], by=house.by)
    assert len(of_two(back, partial(house.close, house.beds[1]))) == 1
    nothing_impossible()


@TWICE
def test_coming_back_and_a_discharge(house, turn):
    detail = house.leave()
    of_two(partial(return_from_leave, detail=detail, by=house.by), house.discharge)
    assert not house.here().is_open
    nothing_impossible()


@TWICE
def test_a_departure_taken_back_while_somebody_is_admitted_to_the_bed(house, turn):
    house.discharge()
    back = partial(take_back_discharge, admission=house.here(), reason="In error", by=house.by)
    assert len(of_two(back, partial(house.admit, house.beds[0]))) == 1
    nothing_impossible()


@TWICE
def test_closing_a_bed_twice(house, turn):
    of_two(*[partial(house.close, house.beds[1])] * 2)
    assert house.beds[1].closures.filter(ends__isnull=True).count() == 1


@pytest.mark.parametrize("turn", range(3))
@pytest.mark.parametrize("act", [complete_task, partial(assign_task, to=None)])
def test_a_discharge_and_work_on_a_task_never_wait_for_each_other(house, turn, act):
    task = make_task(house.patient, by=house.by, due_at=timezone.now())
    of_two(partial(act, task=task, by=house.by), house.discharge)
    assert not house.here().is_open
    nothing_impossible()
