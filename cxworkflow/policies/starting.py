"""The commented file that a new policy begins with."""

from datetime import date, timedelta
from pathlib import Path

FILE = Path(__file__).parents[2] / "templates" / "policies" / "new.toml"


def starting_text(policy: str, *, department: str, signed_on: date) -> str:
    """A whole policy file under this id, which passes its check where the id does."""
    said = {
        "id": policy,
        "department": department,
        "signed_on": signed_on.isoformat(),
        "limit_on": (signed_on + timedelta(days=365)).isoformat(),
    }
    text = FILE.read_text(encoding="utf-8")
    for name, value in said.items():
        text = text.replace(f"{{{{ {name} }}}}", value)
    return text
