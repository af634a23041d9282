"""What only one does at a time, in all processes: PostgreSQL's advisory locks and their numbers."""

from enum import IntEnum


class Alone(IntEnum):
    """The number of each such work; any will do, as long as no two are the same."""

    MIGRATING = 4_218_033
    PRUNING = 4_218_034
    DIGESTS = 4_218_035
    LOGINS = 4_218_036
    PAPERS = 4_218_037
    RESEALING = 4_218_038
    IMPORTING = 4_218_039
    MAIL_RETENTION = 4_218_040
    DEBTS = 4_218_041
