"""What /metrics asks the database for at the moment of asking, whichever process answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from django.db import DatabaseError
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from observations.storage import partitions


class Storage(Collector):
    """How far ahead readings find a partition, and how many there are."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            yield self._ahead()
            yield self._number()
        except DatabaseError:
            # An absent figure is one to be alarmed at; the process's own are told all the same.
            return

    def _ahead(self) -> GaugeMetricFamily:
        told = "Days after today that readings and scores have a partition for"
        days = partitions.days_ahead(datetime.now(UTC))
        return GaugeMetricFamily("vwards_partition_days_ahead", told, value=days)

    def _number(self) -> GaugeMetricFamily:
        told = "Partitions of a table; days are merged into months"
        number = GaugeMetricFamily("vwards_partitions", told, labels=["table"])
        for table in partitions.TABLES:
            number.add_metric([table], len(partitions.attached(table)))
        return number


FROM_DATABASE = CollectorRegistry(auto_describe=False)
FROM_DATABASE.register(Storage())
