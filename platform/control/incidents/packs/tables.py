"""The tables of a pack: JSON, JSON lines, and CSV whose cells no spreadsheet program takes for a formula."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from control.incidents.models import Severity
from control.incidents.packs.state import Snapshot
from control.pages.models import Capture
from kernel.sheets.delimited import written


def as_json(found: Snapshot) -> dict[str, Any]:
    """The whole incident in plain values."""
    incident = found.incident
    return {
        "number": incident.number,
        "uid": str(incident.uid),
        "kind": incident.kind,
        "severity": Severity(incident.severity).code,
        "state": incident.state,
        "outcome": incident.outcome,
        "title": incident.title,
        "summary": incident.summary,
        "regions": [region.code for region in found.regions],
        "owner": incident.owner.display_name if incident.owner else None,
        "times": {
            name: getattr(incident, name)
            for name in (
                "began_at",
                "detected_at",
                "opened_at",
                "acknowledged_at",
                "contained_at",
                "recovered_at",
                "closed_at",
                "breach_known_at",
            )
        },
        "report": {
            name: getattr(incident, name)
            for name in ("impact", "cause", "recovery", "revealed_data", "affected_people")
        },
        "timeline": [_entry(entry) for entry in found.entries],
        "containment": [
            {
                "region": row.region.code,
                "measure": row.measure,
                "reason": row.reason,
                "imposed_at": row.imposed_at,
                "imposed_by": row.imposed_by,
                "lifted_at": row.lifted_at,
                "lifted_by": row.lifted_by,
            }
            for row in found.impositions
        ],
        "tasks": [
            {
                "title": task.title,
                "state": task.state,
                "owner": task.owner.display_name if task.owner else None,
                "asked_of": task.asked_of or None,
                "due_at": task.due_at,
                "done_at": task.done_at,
                "outcome": task.outcome,
            }
            for task in found.tasks
        ],
        "notices": [
            {
                "duty": row.clock.name,
                "source": row.clock.source,
                "version": row.clock.version,
                "recipient": row.clock.recipient,
                "starts_at": row.starts_at,
                "due_at": row.due_at,
                "state": row.state,
                "settled_at": row.settled_at,
                "settled_by": row.settled_by,
                "note": row.note,
                "proof_sha256": row.proof.sha256 if row.proof else None,
            }
            for row in found.notices
        ],
        "observables": [{"kind": row.kind, "value": row.value, "first_at": row.first_at} for row in found.observables],
        "evidence": [
            {
                "name": piece.name,
                "what": piece.what,
                "sha256": piece.sha256,
                "size": piece.size,
                "collected_at": piece.collected_at,
                "collector": piece.collector,
            }
            for piece in found.evidence
        ],
        "linked": [link.incident.number for link in found.linked],
    }


def _entry(entry: Any) -> dict[str, Any]:
    return {
        "at": entry.at,
        "recorded_at": entry.recorded_at,
        "origin": entry.origin,
        "text": entry.text,
        "key": entry.key,
        "by": entry.actor_name,
        "incident": entry.incident.number,
        "source": entry.source,
    }


def capture(row: Capture) -> dict[str, Any]:
    """What one visitor got of a page: the way there, headers, words and names of hosts."""
    return {
        "visitor": row.visitor,
        "url": row.url,
        "fetched_at": row.fetched_at,
        "status": row.status,
        "failure": row.failure,
        "final_url": row.final_url,
        "hops": row.hops,
        "headers": row.headers,
        "title": row.title,
        "canonical": row.canonical,
        "amphtml": row.amphtml,
        "robots": row.robots,
        "outbound": row.outbound,
        "text": row.text,
        "hidden_text": row.hidden_text,
        "findings": row.findings,
        "verdict": row.verdict,
        "score": row.score,
        "likeness": row.likeness,
        "body_sha256": row.body_sha256,
    }


def json_bytes(value: Mapping[str, Any]) -> bytes:
    """Indented, with the keys in the order in which they are given."""
    return (json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2) + "\n").encode()


def lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """One JSON object for each line."""
    return "".join(
        json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True) + "\n" for row in rows
    ).encode()


def entry_lines(found: Snapshot) -> bytes:
    """The timeline's entries as JSON lines."""
    return lines(_entry(entry) for entry in found.entries)


def timeline_csv(found: Snapshot) -> bytes:
    """The timeline as CSV, in the region's own time."""
    return _csv(
        ("Waktu", "Peristiwa", "Penting", "Sumber", "Oleh", "Insiden"),
        [
            (
                row.at.astimezone(found.zone).strftime("%Y-%m-%d %H:%M:%S"),
                row.text,
                "ya" if row.is_key else "",
                row.source,
                row.by,
                row.number,
            )
            for row in found.happenings
        ],
    )


def custody_csv(found: Snapshot) -> bytes:
    """Who held which evidence, and when."""
    return _csv(
        ("Waktu", "Bukti", "Perbuatan", "Oleh", "SHA-256"),
        [
            (
                held.at.astimezone(found.zone).strftime("%Y-%m-%d %H:%M:%S"),
                held.evidence.name if held.evidence else "",
                held.get_deed_display(),
                held.actor_name,
                held.sha256,
            )
            for held in found.custody
        ],
    )


def digests_csv(found: Snapshot) -> bytes:
    """The digests of the evidence, and those that the incident's detections name."""
    return _csv(
        ("SHA-256", "Nama", "Ukuran (byte)", "Keterangan"),
        [
            *((piece.sha256, piece.name, str(piece.size), piece.what) for piece in found.evidence),
            *((row.value, "", "", "Berkas yang ditemukan") for row in found.observables if row.kind == "digest"),
        ],
    )


def _csv(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    return b"".join(written([heading, *rows]))
