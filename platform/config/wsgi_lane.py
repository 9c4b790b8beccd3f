"""The WSGI callable of the punch lane: the process that takes punches while everything else may be busy."""

import os

os.environ["PROCESS"] = "lane"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

# Behind the lines above: the settings ask which process this is.
import django
from django.conf import settings

django.setup(set_prefix=False)
# Not in the settings: allauth looks for its own middleware there while the apps are set up.
settings.MIDDLEWARE = settings.LANE_MIDDLEWARE

from config.wsgi import application  # noqa: E402

__all__ = ["application"]
