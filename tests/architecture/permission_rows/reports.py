"""Who gets which page of the reports app."""

from tests.architecture.permission_table import EVERYBODY, region

ROWS = [
    region("home", "GET", EVERYBODY),
]
