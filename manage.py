#!/usr/bin/env python3
"""Django's command line for this project."""

import os
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
LOCAL_SETTINGS = "config.settings.local"


def main() -> None:
    # Before any other import: with that file even Django's own imports fail, with messages about something else.
    if os.path.exists(os.path.join(ROOT, "platform", "__init__.py")):
        sys.exit("platform/__init__.py hides Python's own `platform` module from every program: delete that file.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", LOCAL_SETTINGS)
    if os.environ["DJANGO_SETTINGS_MODULE"] == LOCAL_SETTINGS:
        use_running_demo(os.path.join(ROOT, ".local", "services.env"))
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed here: run `make environment`, then use .venv/bin/python manage.py.")
    from kernel.web.logs import configure

    # Some commands answer on standard output: what is said in the log must not stand between their lines.
    configure()
    execute_from_command_line(sys.argv)


def use_running_demo(path: str) -> None:
    """Take the addresses of the servers that `make demo` runs, unless the environment has others."""
    if not os.path.exists(path):
        return
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            name, _, value = line.strip().partition("=")
            os.environ.setdefault(name, value)


if __name__ == "__main__":
    main()
