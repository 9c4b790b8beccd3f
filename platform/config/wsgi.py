"""The WSGI callable that granian (or any WSGI server) runs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

application = get_wsgi_application()

# Behind the set-up of Django, which puts its own handlers in place.
from django.conf import settings  # noqa: E402

from control.release.looking import look_from_now_on  # noqa: E402
from kernel.watching.processes import tell_of_this_process  # noqa: E402
from kernel.web.logs import configure, start_sentry  # noqa: E402

configure()
start_sentry()
kind = "lane" if settings.IS_PUNCH_LANE else "web"
tell_of_this_process(kind)
look_from_now_on(kind)
