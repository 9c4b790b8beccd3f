"""Behind TLS."""

import os

from config.settings.base import *  # noqa: F403
from config.settings.base import AUDIT_SEAL_KEY_FILE, FILES_LINK_KEYS, SECRET_KEY, WATCHING_KEY

if len(SECRET_KEY) < 50:
    raise RuntimeError("SECRET_KEY must be set to at least 50 random characters")

if not AUDIT_SEAL_KEY_FILE:
    raise RuntimeError("AUDIT_SEAL_KEY_FILE must name the file with the key that seals the audit log")

if not FILES_LINK_KEYS or any(len(key) < 32 or key == SECRET_KEY for _version, key in FILES_LINK_KEYS):
    raise RuntimeError("FILES_LINK_KEYS must name keys of their own as version:key, each of at least 32 characters")

if len(WATCHING_KEY) < 32 or WATCHING_KEY == SECRET_KEY:
    raise RuntimeError("WATCHING_KEY must be set to at least 32 random characters, other than SECRET_KEY")

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = os.environ.get("SSL_REDIRECT", "1") == "1"
# Attendance machines speak plain HTTP only (docs/algorithms/machines.md).
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^iclock/", r"^[a-z0-9]{12,40}/iclock/"]
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
# How many proxies of ours stand before the process: the address of whoever signs in is that many steps back.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXY_COUNT", "1"))
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
KNOWN_DEVICE_COOKIE_NAME = "__Host-device"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"

# Nothing on this machine is anybody's page.
PAGES_LOOPBACK = ""
