"""What the law asks of marketing: it says that it is advertising, and how to refuse it. In one place."""

MARK = "【广告】"
WAY_OUT = "回复 TD 退订"


def labelled(text: str, purpose: str) -> str:
    """Marketing texts with the mark and the way out, each once; others as they are."""
    if purpose != "marketing":
        return text
    if not text.startswith((MARK, "广告")):
        text = MARK + text
    return text if "退订" in text else f"{text}\n{WAY_OUT}"
