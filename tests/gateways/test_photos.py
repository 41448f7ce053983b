"""Photos are checked, made square, and stored without metadata (requirement A02)."""

from io import BytesIO

import pytest
from PIL import Image

from portal.gateways import photos
from portal.gateways.photos import BadPhoto


def file_of(picture: Image.Image, kind: str = "JPEG", **options) -> BytesIO:
    written = BytesIO()
    picture.save(written, kind, **options)
    written.seek(0)
    return written


def read(file: BytesIO):
    return photos.read(file, size_bytes=len(file.getvalue()))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_A02_a_photo_is_square_in_two_sizes(kind):
    photo = read(file_of(Image.new("RGB", (900, 300), "teal"), kind))

    sizes = {side: Image.open(BytesIO(data)).size for side, data in photo.files.items()}
    assert sizes == {400: (400, 400), 96: (96, 96)}


def test_A02_a_photo_is_upright_and_without_metadata():
    picture = Image.new("RGB", (400, 200), "red")
    picture.paste("blue", (0, 0, 200, 200))  # the left half; upright it is the upper half
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "A camera"

    photo = read(file_of(picture, exif=exif.tobytes()))

    stored = Image.open(BytesIO(photo.files[400]))
    assert not stored.getexif()
    assert b"A camera" not in photo.files[400]
    top, bottom = stored.getpixel((200, 60)), stored.getpixel((200, 340))
    assert top[2] > 200 > top[0]
    assert bottom[0] > 200 > bottom[2]


def test_A02_too_many_pixels_are_refused_before_they_are_unpacked(monkeypatch):
    huge = file_of(Image.new("1", (8000, 6000)), "PNG")
    monkeypatch.setattr(Image.Image, "load", lambda *_args: pytest.fail("unpacked"))

    with pytest.raises(BadPhoto, match="too many pixels"):
        read(huge)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "JPEG, PNG or WebP"),
        (b"GIF89a" + bytes(50), "JPEG, PNG or WebP"),
        (file_of(Image.new("RGB", (300, 300), "red")).getvalue()[:600], "damaged"),
        (file_of(Image.new("RGB", (50, 300), "red")).getvalue(), "too small"),
    ],
)
def test_A02_what_is_no_photo_is_refused(data, text):
    with pytest.raises(BadPhoto, match=text):
        read(BytesIO(data))


def test_A02_a_file_above_ten_megabytes_is_refused():
    with pytest.raises(BadPhoto, match="10 MB"):
        photos.read(BytesIO(b""), size_bytes=photos.LARGEST_BYTES + 1)


def test_A02_the_same_photo_has_the_same_name(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    first = read(file_of(Image.new("RGB", (300, 300), "red")))
    again = read(file_of(Image.new("RGB", (300, 300), "red")))

    first.store()
    again.store()

    assert first.digest == again.digest
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 2
    assert photos.content(first.digest, 96) == first.files[96]
    assert photos.content("0" * 32, 96) is None
