"""The kinds of files that can be attached."""

from dataclasses import dataclass

_OFFICE = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True)
class Kind:
    """A kind of file: how its names end, what people call it, and its media type."""

    ending: str
    title: str
    media_type: str


KINDS = {
    kind.ending: kind
    for kind in (
        Kind("pdf", "PDF", "application/pdf"),
        Kind("docx", "Word", f"{_OFFICE}.wordprocessingml.document"),
        Kind("xlsx", "Excel", f"{_OFFICE}.spreadsheetml.sheet"),
        Kind("png", "PNG picture", "image/png"),
    )
}


class Unfit(Exception):
    """Why a file can't be attached, as the sentences that its owner reads."""
