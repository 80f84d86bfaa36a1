"""How far it is to the next level, as a small PNG: a bar, and words beside it where the machine has a Chinese font.

The same levels and percent are the same bytes on one machine, so that WeChat is given each picture once. Nothing of a
customer is in it but how far they are.
"""

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, MARGIN, BAR = 640, 200, 36, 36  # pixels
GROUND, EMPTY, FULL, INK = "#faf7f2", "#e4ddd2", "#5b8a72", "#3c3a36"
FONTS = (  # where distributions and systems put one
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "C:/Windows/Fonts/msyh.ttc",
)


@lru_cache(128)
def progress(level: str, following: str, percent: int, fonts: tuple[str, ...] = FONTS) -> bytes:
    """PNG. `percent` of the way from nothing to the level that follows."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    draw = ImageDraw.Draw(picture)
    top = (HEIGHT - BAR) // 2
    whole = WIDTH - 2 * MARGIN
    draw.rounded_rectangle((MARGIN, top, MARGIN + whole, top + BAR), BAR // 2, fill=EMPTY)
    done = whole * min(max(percent, 0), 100) // 100
    if done:
        draw.rounded_rectangle((MARGIN, top, MARGIN + max(done, BAR), top + BAR), BAR // 2, fill=FULL)
    if (font := next((one for one in fonts if Path(one).is_file()), None)) is not None:
        _words(draw, font, level, following, percent)
    written = BytesIO()
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()


def _words(draw: ImageDraw.ImageDraw, path: str, level: str, following: str, percent: int) -> None:
    font = ImageFont.truetype(path, 28)
    right, above, under = WIDTH - MARGIN, 30, HEIGHT - 62
    draw.text((MARGIN, above), level[:12], font=font, fill=INK)
    draw.text((right - draw.textlength(following[:12], font), above), following[:12], font=font, fill=INK)
    draw.text((MARGIN, under), f"{percent}%", font=font, fill=FULL)
