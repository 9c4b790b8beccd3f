"""Pictures: decoded, turned upright and made anew from their pixels. What was sent is never kept or served."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from PIL import Image, ImageOps

from kernel.files.inspection import markup
from kernel.files.inspection.findings import quarantine, reject
from kernel.files.inspection.kinds import Kind, picture_words
from kernel.files.inspection.limits import JPEG_QUALITY, MAX_PIXELS

STEP: Final = "picture"
_FORMATS: Final = {Kind.JPEG: "JPEG", Kind.PNG: "PNG", Kind.WEBP: "WEBP"}
# From so many pixels on a larger file is better than a longer wait.
_LARGE: Final = 3_000_000
_EXIF: Final = 0x8769
_TAKEN: Final = 0x9003


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a picture is to be made where the purpose says so: a JPEG within this edge, in pixels."""

    longest_edge: int
    quality: int = JPEG_QUALITY


def make_anew(content: bytes, kind: Kind, wanted: Wanted | None = None) -> tuple[bytes, dict[str, Any]]:
    """The picture's pixels in a new file, and what it said of itself that purposes ask for. Raises Stop."""
    # Nobody's camera writes code. The pixels would be taken, but whoever sends this is to be seen.
    if markup.has_tight_tag(picture_words(content, kind)):
        raise quarantine(STEP, "server_tag")
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        with Image.open(BytesIO(content), formats=(_FORMATS[kind],)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise reject(STEP, "pixels", f"{image.width} x {image.height}")
            facts: dict[str, Any] = {"width": image.width, "height": image.height}
            taken = image.getexif().get_ifd(_EXIF).get(_TAKEN)
            if taken:
                facts["taken"] = str(taken)[:40]
            if wanted is not None:
                image.draft("RGB", (wanted.longest_edge, wanted.longest_edge))
            image.load()
            made = _written(image, kind, wanted)
    except Image.DecompressionBombError as error:
        raise reject(STEP, "pixels") from error
    except (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, EOFError, OverflowError) as error:
        active = markup.sniff_active(content)
        if active:
            raise quarantine(STEP, active) from error
        raise reject("structure", "damaged", type(error).__name__) from error
    if markup.has_tight_tag(made):
        # Pixels chosen so that the packed picture spells code.
        raise quarantine(STEP, "server_tag", "pixels")
    return made, facts


def _written(image: Image.Image, kind: Kind, wanted: Wanted | None) -> bytes:
    ImageOps.exif_transpose(image, in_place=True)
    out = BytesIO()
    if wanted is not None:
        upright = image if image.mode in ("RGB", "L") else image.convert("RGB")
        upright.thumbnail((wanted.longest_edge, wanted.longest_edge))
        _bare(upright).save(out, "JPEG", quality=wanted.quality)
    elif kind is Kind.JPEG:
        _bare(image if image.mode in ("RGB", "L") else image.convert("RGB")).save(out, "JPEG", quality=JPEG_QUALITY)
    else:
        see_through = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
        mode = "RGBA" if see_through else "L" if image.mode in ("1", "L") else "RGB"
        plain = _bare(image if image.mode == mode else image.convert(mode))
        is_large = plain.width * plain.height >= _LARGE
        if kind is Kind.PNG:
            plain.save(out, "PNG", compress_level=1 if is_large else 6)
        else:
            plain.save(out, "WEBP", quality=JPEG_QUALITY, method=0 if is_large else 2)
    return out.getvalue()


def _bare(image: Image.Image) -> Image.Image:
    """The same picture with nothing beside its pixels that a writer would pass on."""
    image.info.clear()
    return image
