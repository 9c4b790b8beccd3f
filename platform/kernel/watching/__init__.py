"""Security events: what happened that an operator must be able to see, from both sides, in one vocabulary.

`emit(names.UPLOAD_VALIDATION, subject=..., **facts)` is all that other code calls. Source: security note, 4.1.
"""

from kernel.watching import names
from kernel.watching.emitting import Gathering, emit, emit_on_commit, gathering, note_rows
from kernel.watching.names import Severity
from kernel.watching.prints import account_print, agent_print, password_bucket

__all__ = [
    "Gathering",
    "Severity",
    "account_print",
    "agent_print",
    "emit",
    "emit_on_commit",
    "gathering",
    "names",
    "note_rows",
    "password_bucket",
]
