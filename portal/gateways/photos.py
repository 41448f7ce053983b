"""Photos of people: checked, made square and stored without what the camera noted (A02).

The files are named by the digest of what was uploaded, so a name always means the same picture. Who
may see one is decided by the views.
"""

import warnings
from hashlib import sha256
from io import BytesIO
from typing import BinaryIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000  # compared before the picture is unpacked
SMALLEST_SIDE = 96
FORMATS = ("JPEG", "PNG", "WEBP")
SIZES = (400, 96)  # sides in pixels; the smaller one is for lists
QUALITY = 82
FOLDER = "photos"


class BadPhoto(ValueError):
    """The text says what is wrong with the file, for the person who chose it."""


class Photo:
    """A checked photo, which is not stored yet."""

    def __init__(self, digest: str, files: dict[int, bytes]):
        self.digest = digest
        self.files = files  # WebP by side

    def store(self) -> None:
        """Write what is not there yet. Storing the same photo twice writes nothing."""
        for side, content in self.files.items():
            name = _name(self.digest, side)
            if not default_storage.exists(name):
                default_storage.save(name, ContentFile(content))


def read(file: BinaryIO, *, size_bytes: int) -> Photo:
    """Check and convert an uploaded file. Raises BadPhoto."""
    if size_bytes > LARGEST_BYTES:
        raise BadPhoto(_("This file is larger than 10 MB. Choose a smaller one."))
    data = file.read(LARGEST_BYTES + 1)
    square = _square(data)
    files = {side: _webp(square, side) for side in SIZES}
    return Photo(sha256(files[SIZES[0]]).hexdigest()[:32], files)


def content(digest: str, side: int) -> bytes | None:
    """The stored WebP file, or None."""
    try:
        with default_storage.open(_name(digest, side)) as file:
            return file.read()
    except FileNotFoundError:
        return None


def _square(data: bytes) -> Image.Image:
    """The middle of the picture, upright."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(data), formats=FORMATS)  # reads the header only
            _check_size(*picture.size)
            upright = ImageOps.exif_transpose(picture)
            upright = upright.convert("RGBA")
    except BadPhoto:
        raise
    except UnidentifiedImageError:
        raise BadPhoto(_("Choose a photo as a JPEG, PNG or WebP file.")) from None
    except (Image.DecompressionBombError, OSError, ValueError, SyntaxError, EOFError):
        raise BadPhoto(_("This photo cannot be read: the file is damaged.")) from None
    white = Image.new("RGBA", upright.size, "white")
    flat = Image.alpha_composite(white, upright).convert("RGB")
    return ImageOps.fit(flat, (SIZES[0], SIZES[0]), Image.Resampling.LANCZOS)


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise BadPhoto(_("This photo has too many pixels. Choose a smaller one."))
    if min(width, height) < SMALLEST_SIDE:
        said = {"side": SMALLEST_SIDE}
        raise BadPhoto(_("This photo is too small: at least %(side)s pixels each way.") % said)


def _webp(square: Image.Image, side: int) -> bytes:
    """Without metadata: only the pixels are written."""
    small = square.resize((side, side), Image.Resampling.LANCZOS)
    plain = Image.new("RGB", small.size)
    plain.paste(small)
    written = BytesIO()
    plain.save(written, "WEBP", quality=QUALITY, method=4)
    return written.getvalue()


def _name(digest: str, side: int) -> str:
    return f"{FOLDER}/{digest[:2]}/{digest}-{side}.webp"
