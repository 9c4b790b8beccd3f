"""Jobs: the one who started it, and those who may see all."""

from kernel.jobs.models import Job
from tests.architecture.permission_table import Cast, operators, region


def job_of_ani(cast: Cast) -> dict[str, object]:
    return {"uid": Job.objects.create(kind="tests.none", title="Uji", started_by=cast.ani.user).uid}


SEEN = "ani bkpsdm diskominfo"


def job_of_nobody(cast: Cast) -> dict[str, object]:
    return {"uid": Job.objects.create(kind="tests.none", title="Uji").uid}


ROWS = [
    region("jobs-job", "GET", SEEN, refused=404, dedi=403, args=job_of_ani),
    region("jobs-rows", "GET", SEEN, refused=404, dedi=403, args=job_of_ani),
    region("jobs-cancel", "POST", SEEN, ok=302, refused=404, dedi=403, args=job_of_ani),
    operators("jobs-job", "GET", "operator", billing=404, args=job_of_nobody),
    operators("jobs-rows", "GET", "operator", billing=404, args=job_of_nobody),
    operators("jobs-cancel", "POST", "operator", ok=302, billing=404, args=job_of_nobody),
]
