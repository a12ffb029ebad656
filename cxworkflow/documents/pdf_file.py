"""A document as a tagged PDF (PDF/UA-1 and PDF/A-2a)."""

from datetime import datetime

from cxworkflow.papers import Document
from cxworkflow.typesetting import typeset


def pdf_file(document: Document, *, at: datetime) -> bytes:
    """The document, dated to a moment: the same bytes for the same document and moment."""
    return typeset("documents", "document", dict(document), at=at)
