"""What people write freely is judged before it is stored: what advertises gambling waits for a reviewer.

A model says which of its columns people write freely, and what becomes of an advertisement there:

    free_text = {"description": How.HOLD, "note": How.REFUSE}

and, where its rows have a page, which: `text_page = Page("organisation-unit")`.

Why so, and what each way means: `docs/adr/held-texts.md`.
"""

from kernel.texts.modes import How, Page

__all__ = ["How", "Page"]
