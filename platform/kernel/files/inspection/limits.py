"""How much of a file is too much. Sources: security note 3.1 and 3.2."""

from __future__ import annotations

from typing import Final

MAX_NAME: Final = 150
MAX_FILE_BYTES: Final = 64 * 1024 * 1024

# Packed files
MAX_ENTRIES: Final = 2_000
MAX_UNPACKED: Final = 100 * 1024 * 1024
MAX_RATIO: Final = 100
# Below this a high ratio is no attack: a nearly empty sheet packs very well.
RATIO_COUNTS_FROM: Final = 1024 * 1024
MAX_DEPTH: Final = 2
# What may stand in a packed file outside of its entries (alignment, a producer's note).
MAX_UNCLAIMED: Final = 1024

# Pictures
MAX_PIXELS: Final = 40_000_000
JPEG_QUALITY: Final = 85

# Words read from a document for the judgement of its text
MAX_PAGES: Final = 200
MAX_TEXT: Final = 200_000
# A PDF may carry a few bytes after its end mark: line ends, a stamp of a scanner.
MAX_AFTER_PDF_END: Final = 1024

# One file in the child process, all steps together. What the structure leaves is the words'.
FILE_CPU_SECONDS: Final = 2.0
STRUCTURE_CPU_SECONDS: Final = 1.7
# Reading the cells of a sheet that was taken, or opening one that is locked with a password of ours.
SHEET_CPU_SECONDS: Final = 2.0
# More rows than that are refused; a reader of cells makes room for all columns up to the last one.
MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 500
ADDRESS_SPACE: Final = 1200 * 1024 * 1024
DATA_BYTES: Final = 400 * 1024 * 1024
OPEN_FILES: Final = 32
RULES_SECONDS: Final = 2
