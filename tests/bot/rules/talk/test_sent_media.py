"""What points to what a customer sent."""

import pytest

from bot.rules.talk.sent_media import LONGEST, reference_of
from bot.values.incoming import Image, Incoming, Location, Video, Voice
from tests.support.incoming import an, said


@pytest.mark.parametrize(
    ("incoming", "expected"),
    [
        pytest.param(
            an(Image, pic_url="http://p/1", media_id="m"),
            {"media_id": "m", "url": "http://p/1"},
            id="picture",
        ),
        pytest.param(an(Voice, media_id="v", format="amr"), {"media_id": "v", "format": "amr"}, id="voice"),
        pytest.param(an(Video, media_id="v"), {"media_id": "v"}, id="video"),
        pytest.param(
            an(Location, latitude=30.25, longitude=120.5), {"place": "30.250000,120.500000"}, id="place"
        ),
        pytest.param(
            an(Image, pic_url="javascript:alert(1)", media_id="m"), {"media_id": "m"}, id="no address"
        ),
        pytest.param(an(Image, pic_url="http://[", media_id="m"), {"media_id": "m"}, id="a broken address"),
        pytest.param(an(Image, pic_url="data:x", media_id=""), None, id="nothing"),
        pytest.param(said("茶"), None, id="words"),
    ],
)
def test_the_reference(incoming: Incoming, expected: dict[str, str] | None) -> None:
    assert reference_of(incoming) == expected


def test_a_reference_is_short() -> None:
    found = reference_of(an(Voice, media_id="v" * 9000))
    assert found == {"media_id": "v" * LONGEST}
