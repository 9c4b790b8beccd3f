"""The installed app's shell and service worker: the same for everybody, on a region's host only."""

from tests.architecture.permission_table import EVERYBODY, region

ROWS = [
    region("punches-worker", "GET", EVERYBODY, nobody=200),
    region("punches-shell", "GET", EVERYBODY, nobody=200),
]
