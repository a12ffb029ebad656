"""A strategy as a document: that of the demo's USCIS, and one as long as anybody writes."""

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import page
import pytest

from config.settings import FOLDER, POLICIES
from cxworkflow.papers import Document, strategy_document
from cxworkflow.policies import read_policy

AT = datetime(2024, 1, 9, 15, tzinfo=UTC)
Drawn = Callable[..., Document]


@pytest.fixture
def answers() -> dict[str, Any]:
    """What USCIS answers in the demo, by clause."""
    told: dict[str, Any] = json.loads((FOLDER / "demo" / "uscis.json").read_text(encoding="utf-8"))
    return told["answers"]  # type: ignore[no-any-return]


@pytest.fixture
def drawn() -> Drawn:
    """Makes the document of answers."""
    policy = read_policy(POLICIES / "dhs-076-02.toml")

    def draw(contents: dict[str, Any], title: str = "USCIS: answers people can act on") -> Document:
        return strategy_document(
            policy,
            title=title,
            subtitle="Version 1",
            code="USCIS",
            owner="U.S. Citizenship and Immigration Services",
            contents=contents,
            facts=[{"label": "Submitted", "words": "January 9, 2024"}],
        )

    return draw


@pytest.fixture
def document(drawn: Drawn, answers: dict[str, Any]) -> Document:
    return drawn(answers)


def longer(answers: dict[str, Any], times: int) -> dict[str, Any]:
    """The same answers with every table and text so many times as long."""
    grown = deepcopy(answers)
    for content in grown.values():
        for key, value in content.items():
            if isinstance(value, list):
                content[key] = value * times
            elif key == "text":
                content[key] = "\n".join([value or "Said in other words, for whoever reads on."] * times)
    return grown


def faults_of(pdf: bytes) -> list[str]:
    """What somebody else's validator has against a PDF, as PDF/UA-1 and as PDF/A-2a."""
    found = []
    for profile in (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_2A):
        report = page.validate_pdf_bytes(BytesIO(pdf).getvalue(), profile=profile)
        assert report.rules.total > 100
        found += [f"{profile.value}: {fault.rule_id} {fault.message}" for fault in report.failures]
    return found
