"""How much of a foreign bundle we are willing to look at."""

# A region's whole roster with results is a tenth of this; a bomb is a thousand times as much.
MAX_TOTAL_BYTES = 2 * 1024**3
MAX_MEMBERS = 200
# Rosters repeat themselves and deflate to a thirtieth; only padding goes beyond this.
MAX_COMPRESSION = 200
# Below this size a ratio says nothing: fifty equal short rows compress as well as a bomb.
RATIO_COUNTS_FROM_BYTES = 10 * 1024**2
MAX_LINE_CHARS = 1024**2
MAX_FIELD_CHARS = 128 * 1024
MAX_COLUMNS = 200
MAX_ID_CHARS = 120
