"""Permission names of the watch over pages."""

from kernel.permissions import declare

WATCH_PAGES = declare("pages.watch", "Memantau situs wilayah dan melihat temuannya", roles=("operator",))
