"""Small files that people might hand in: they open, and each word or colour makes another one."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pikepdf
from django.http.response import HttpResponseBase
from django.test import Client
from PIL import Image


@cache
def pdf(words: str = "Surat tugas") -> bytes:
    """One page that says so in its title."""
    with pikepdf.new() as document:
        document.add_blank_page()
        document.docinfo["/Title"] = words
        out = BytesIO()
        document.save(out, deterministic_id=True)
    return out.getvalue()


@cache
def jpeg(colour: int = 120, *, size: tuple[int, int] = (16, 12)) -> bytes:
    """A plain picture of this grey."""
    return _saved(Image.new("RGB", size, (colour, colour, colour)), "JPEG")


@cache
def png(colour: int = 120, *, size: tuple[int, int] = (16, 12)) -> bytes:
    """A plain picture of this grey."""
    return _saved(Image.new("RGB", size, (colour, colour, colour)), "PNG")


def _saved(image: Image.Image, form: str) -> bytes:
    out = BytesIO()
    image.save(out, form)
    return out.getvalue()


def handed_out(led: HttpResponseBase) -> Any:
    """What the files' host answers to the link that a page led to, with its `body`. No cookie goes along."""
    parts = urlsplit(led["Location"])
    response: Any = Client().get(parts.path, headers={"host": parts.netloc})
    response.body = b"".join(response.streaming_content) if response.streaming else response.content
    return response
