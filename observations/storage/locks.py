"""The numbers of advisory locks: two purposes under one number would wait for each other."""

from enum import IntEnum, unique


@unique
class Lock(IntEnum):
    """Each for one purpose. Those of tasks are held by a session, up to an hour; the others by a
    transaction. TRAY stands before a second number, a sender's."""

    PARTITIONS = 7_301_001
    DEADLINES = 7_301_011
    BELLS = 7_301_012
    KEEPING = 7_301_013
    RETRACTIONS = 7_301_014
    MERGING = 7_301_015
    TRAY = 7_301_016
    FLOORS = 7_301_017
    WATCHES = 7_301_018
