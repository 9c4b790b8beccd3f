"""A region's office filled with so many people, each with a month behind them: for gates that compare N with 10 N."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from kernel import clock
from kernel.accounts.models import Role, RoleGrant, User
from kernel.files.models import StoredFile
from kernel.ids import new_uid
from tenants.activities.models import Activity, Evidence, JobKind
from tenants.approvals.models import ApprovalRequest, Chain
from tenants.attendance.models import AttendanceDocument
from tenants.attendance.results import recompute_days
from tenants.employees.models import Employee, Placement, Standing
from tenants.punches.models import Punch
from tenants.skp.models import MonthlyRating
from tenants.tpp.models import SalaryBase
from tests.cast import Office

ZONE = "Asia/Makassar"
# A Friday evening; October is over and November runs.
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FINISHED = date(2026, 10, 1)
PUNCHES_OF_EACH = 30


class Crowd:
    """People under one approver. `grow(n)` makes it n people, with as many open activities of `owner` beside them."""

    def __init__(self, office: Office, approver: Employee, owner: Employee) -> None:
        self.office = office
        self.approver = approver
        self.owner = owner
        self.people: list[Employee] = []
        self.requests: list[ApprovalRequest] = []
        self.drafts: list[Activity] = []
        self.kind = JobKind.objects.create(
            code="K-1", name="Menyusun laporan", output_unit="dokumen", norm_minutes=20, valid_from=date(2024, 1, 1)
        )
        self.chain = Chain.objects.get(document_kind="activity")

    def grow(self, total: int) -> None:
        """Add people up to this number, each with a user, punches, an activity with evidence, a document, a rating."""
        numbers = range(len(self.people), total)
        users = User.objects.bulk_create(User(login=f"1988{n:014d}", display_name=f"Orang {n:03d}") for n in numbers)
        role = Role.objects.get(code="asn")
        RoleGrant.objects.bulk_create(RoleGrant(user=user, role=role) for user in users)
        people = Employee.objects.bulk_create(
            Employee(nip=f"1988{n:014d}", name=f"Orang {n:03d}", user=user)
            for n, user in zip(numbers, users, strict=True)
        )
        Standing.objects.bulk_create(
            Standing(employee=person, status="PNS", golongan="III/c", period=DateRange(None, None)) for person in people
        )
        Placement.objects.bulk_create(
            Placement(employee=person, position=self.office.staff, period=DateRange(date(2024, 1, 1), None))
            for person in people
        )
        self.people += people
        self._punches(people)
        self._months(people)
        self._activities(people)
        self._own_drafts(total)
        recompute_days(first=date(2026, 11, 1), end=date(2026, 11, 21), employee_ids=[person.pk for person in people])

    def _punches(self, people: list[Employee]) -> None:
        days = [date(2026, 10, 1) + timedelta(days=n) for n in range(PUNCHES_OF_EACH // 2)]
        Punch.objects.bulk_create(
            Punch(
                id=new_uid(),
                employee=person,
                kind=kind,
                source=Punch.Source.PHONE,
                captured_at=clock.at_local(day, time(hour, 30), ZONE),
                received_at=clock.at_local(day, time(hour, 30), ZONE),
            )
            for person in [*people, self.owner]
            for day in days
            for kind, hour in ((Punch.Kind.IN, 7), (Punch.Kind.OUT, 16))
        )

    def _months(self, people: list[Employee]) -> None:
        MonthlyRating.objects.bulk_create(
            MonthlyRating(
                employee=person,
                month=FINISHED,
                predikat="baik",
                skp_percent=Decimal(100),
                behaviour_sum=700,
                source="uji",
            )
            for person in people
        )
        SalaryBase.objects.bulk_create(
            SalaryBase(employee=person, month=FINISHED, amount=Decimal(4_000_000)) for person in people
        )
        AttendanceDocument.objects.bulk_create(
            AttendanceDocument(
                employee=person, kind="S", label="Sakit", period=DateRange(date(2026, 11, 2), date(2026, 11, 3))
            )
            for person in people
        )

    def _activities(self, people: list[Employee]) -> None:
        begin = clock.at_local(date(2026, 11, 19), time(9), ZONE)
        activities = Activity.objects.bulk_create(
            Activity(
                employee=person,
                job_kind=self.kind,
                date=date(2026, 11, 19),
                span=DateTimeTZRange(begin, begin + timedelta(minutes=20)),
                minutes=20,
                description="Laporan harian",
                state=Activity.State.SUBMITTED,
                submitted_at=begin,
            )
            for person in people
        )
        files = StoredFile.objects.bulk_create(
            StoredFile(
                owner=activity.employee.user,
                purpose="evidence",
                name="bukti.pdf",
                content_type="application/pdf",
                size=1000,
                sha256="0" * 64,
                path=f"uji/{activity.uid}",
                scan=StoredFile.Scan.CLEAN,
            )
            for activity in activities
        )
        Evidence.objects.bulk_create(
            Evidence(activity=activity, file=file) for activity, file in zip(activities, files, strict=True)
        )
        self.requests += ApprovalRequest.objects.bulk_create(
            ApprovalRequest(
                document_kind="activity",
                document_uid=activity.uid,
                title=activity.description,
                owner=activity.employee,
                chain=self.chain,
                approver=self.approver,
            )
            for activity in activities
        )

    def _own_drafts(self, total: int) -> None:
        """The owner's month: twenty minutes each, none at the same time."""
        rows = []
        for n in range(len(self.drafts), total):
            day = date(2026, 11, 2) + timedelta(days=n // 12)
            begin = clock.at_local(day, time(8), ZONE) + timedelta(minutes=20 * (n % 12))
            rows.append(
                Activity(
                    employee=self.owner,
                    job_kind=self.kind,
                    date=day,
                    span=DateTimeTZRange(begin, begin + timedelta(minutes=20)),
                    minutes=20,
                    description=f"Laporan {n}",
                )
            )
        self.drafts += Activity.objects.bulk_create(rows)
