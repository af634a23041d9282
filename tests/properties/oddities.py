"""Values that real data has now and then and the demo region has not."""

from typing import Any

# What JSON must escape and what it need not, and what is not the same in every library.
_TEXT = r"""E'«\\"/\b\f\n\r\t\x01\x1f\x7f\u0085\u2028\ufeff\U0001f600é</script>&amp;'"""
# Moments with and without a fraction of a second, words instead of numbers, what may be absent.
_ODD = f"""
UPDATE mark SET recorded_at = recorded_at + interval '0.5 s' WHERE id % 5 = 0;
UPDATE mark SET recorded_at = recorded_at + interval '0.000007 s' WHERE id % 5 = 1;
UPDATE mark SET recorded_at = date_trunc('day', recorded_at) WHERE id % 5 = 2;
UPDATE school_event SET ends_at = NULL WHERE id % 4 = 0;
UPDATE lesson SET topic = {_TEXT} WHERE id % 9 = 0;
UPDATE lesson SET topic = '' WHERE id % 9 = 1;
UPDATE lesson SET room_id = NULL WHERE id % 9 = 2;
UPDATE homework SET text = {_TEXT} WHERE id % 7 = 0;
UPDATE attendance SET note = {_TEXT} WHERE id % 3 = 0;
UPDATE mark SET comment = {_TEXT} WHERE id % 4 = 0;
UPDATE mark SET value = NULL, sign = 'PASSED' WHERE id % 11 = 0;
UPDATE mark SET weight = 1 + id % 7 WHERE id % 3 = 0;
UPDATE person SET middle_name = {_TEXT} WHERE id % 13 = 0;
UPDATE school_event SET place = {_TEXT} WHERE id % 3 = 0;
"""  # noqa: S608  # our own text


async def add_oddities(database: Any) -> None:
    """Change some rows of every kind."""
    await database.execute(_ODD)
