"""Arrays as PostgreSQL writes them, for statements over sets: the driver takes ten times as long for a list."""

from collections.abc import Iterable


def numbers(values: Iterable[int]) -> str:
    """Whole numbers as one array, `{1,2}`."""
    return f"{{{','.join(map(str, values))}}}"


def words(values: Iterable[object]) -> str:
    """Anything as one array, in the words that its type is cast from: `{"lead","true","5"}`."""
    return f"{{{','.join(_quoted(str(value)) for value in values)}}}"


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
