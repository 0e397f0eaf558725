"""The beat schedule names tasks that exist, and late work is dropped instead of piled up."""

import pytest
from django.conf import settings

from vwards.celery import app
from vwards.schedule import BEAT_SCHEDULE

# Of this file alone, so that no worker takes its messages away.
QUEUE = f"{settings.CELERY_TASK_DEFAULT_QUEUE}-order"


@pytest.mark.parametrize("entry", BEAT_SCHEDULE.values(), ids=BEAT_SCHEDULE)
def test_each_scheduled_task_exists(entry):
    app.loader.import_default_modules()
    assert entry["task"] in app.tasks


@pytest.mark.parametrize("entry", BEAT_SCHEDULE.values(), ids=BEAT_SCHEDULE)
def test_each_message_dies_before_two_more_are_due(entry):
    assert 2 <= entry["options"]["expires"] <= max(2 * entry["schedule"], 2)


def test_celery_takes_its_schedule_and_its_queue_from_the_settings():
    assert app.conf.beat_schedule == BEAT_SCHEDULE
    assert app.conf.task_default_queue == settings.CELERY_TASK_DEFAULT_QUEUE


def test_work_is_acknowledged_when_done_and_never_pickled():
    assert app.conf.task_acks_late is True
    assert app.conf.accept_content == ["json"]
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.task_always_eager is False


def test_sweeps_and_bells_overtake_all_that_wakes_the_drain():
    """Under load a wake-up comes every moment, and a worker is never done with them."""
    sent = ["drain_inbox"] * 3 + ["sweep_deadlines", "send_bells"]
    for name in sent:
        app.send_task(f"observations.tasks.{name}", queue=QUEUE)
    with app.connection_for_read() as broker:
        queue = app.amqp.queues[QUEUE].bind(broker.default_channel)
        try:
            messages = [queue.get(no_ack=True) for _ in sent]
        finally:
            queue.purge()
    got = [one.headers["task"].rpartition(".")[2] for one in messages if one is not None]
    assert got == ["sweep_deadlines", "send_bells", *["drain_inbox"] * 3]
