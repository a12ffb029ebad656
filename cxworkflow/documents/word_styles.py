"""What all our Word files share: few styles, and heads of tables that repeat on each page."""

from collections.abc import Iterable

from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.table import Table

# The template brings over a hundred styles, and each line that is written looks through all that are there.
KEPT = {"Normal", "Title", "Heading 1", "Heading 2", "Normal Table", "Table Grid", "Default Paragraph Font", "No List"}


def keep_styles(document: WordDocument, others: Iterable[str] = ()) -> None:
    """Keep only the styles that are used: those of all our files, and others by name."""
    kept = KEPT | set(others)
    for style in list(document.styles):
        if style.name is None or style.name.removesuffix(" Char") not in kept:
            style.delete()


def repeat_head(table: Table) -> None:
    """Make the first row the head that stands on each page."""
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)  # noqa: SLF001  # python-docx knows no repeated heads
