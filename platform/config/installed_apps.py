"""Which app is in which schema.

`BOTH` are the same models in the operators' schema and in every region's. `contenttypes` and `auth` stand in the
operators' schema only: django-tenants clears one process-wide content-type cache for all (tenancy note, P9).
"""

BOTH = [
    "django.contrib.sessions",
    "allauth.account",
    "kernel.accounts",
    "allauth.mfa",
    "kernel.audit",
    "kernel.files",
    "kernel.delivery",
    "kernel.jobs",
    "kernel.texts",
]

CONTROL = [
    # Before django_tenants: of two commands with one name the earlier app's counts, and `migrate` is refused here.
    "control.operations",
    "django_tenants",
    "control.regions",
    "control.incidents",
    "control.pages",
    "control.signatures",
    "control.operators",
    "control.onboarding",
    "control.release",
    "control.watch",
    "control.containment",
    "control.breakglass",
    "control.console",
    "django.contrib.contenttypes",
    "django.contrib.auth",
]

REGION = [
    "kernel.guests",
    "tenants.organisation",
    "tenants.employees",
    "tenants.calendars",
    "tenants.rules",
    "tenants.approvals",
    "tenants.places",
    "tenants.punches",
    "tenants.machines",
    "tenants.punch_review",
    "tenants.kiosks",
    "tenants.assemblies",
    "tenants.disturbances",
    "tenants.attendance",
    "tenants.leave",
    "tenants.activities",
    "tenants.skp",
    "tenants.measures",
    "tenants.deductions",
    "tenants.holds",
    "tenants.tpp",
    "tenants.arrears",
    "tenants.appeals",
    "tenants.payout",
    "tenants.budget",
    "tenants.tryout",
    "tenants.preaudit",
    "tenants.oversight",
    "tenants.reports",
    "tenants.fallback",
    "tenants.continuity",
    "tenants.security",
]

# Apps without tables.
TABLELESS = [
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "csp",
    "allauth",
    "leaflet",
    "rest_framework",
    "drf_spectacular",
    "kernel.judol",
    "kernel.tenancy",
    "kernel.web",
]
