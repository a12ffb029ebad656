"""Settings that stand in files, as secrets do where they are mounted: NAME_FILE names the file that holds NAME."""

from collections.abc import Mapping
from pathlib import Path

from cxworkflow.errors import SettingError

PREFIX = "CXWORKFLOW_"
SUFFIX = "_FILE"
ARE_FILES = ("_PRIVATE_KEY_FILE", "_ANCHOR_FILE")  # settings whose own name ends so: the file itself is meant


def with_files(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment with each NAME_FILE of ours replaced by NAME, read from that file; raises SettingError."""
    found = dict(environment)
    for setting, path in environment.items():
        if not (setting.startswith(PREFIX) and setting.endswith(SUFFIX)) or setting.endswith(ARE_FILES):
            continue
        name = setting.removesuffix(SUFFIX)
        del found[setting]
        if not path.strip():
            continue
        if environment.get(name, "").strip():
            raise SettingError(f"{name} and {setting} are both set. Keep one of them.")
        try:
            found[name] = Path(path.strip()).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise SettingError(f"{setting} names a file that can't be read as text.") from None
    return found
