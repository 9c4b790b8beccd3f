"""What the operators' console counts of a region's people."""

from django.utils.translation import gettext_lazy as _

from kernel.usage import counter
from tenants.employees.models import Employee


@counter("employees", _("Pegawai"), order=10)
def count_employees() -> int:
    """Employees who are in service."""
    return Employee.objects.active().count()
