"""What people write in Markdown, shown on a page."""

from flask import Flask
from markupsafe import Markup

from cxworkflow.markdown import html


def register(app: Flask) -> None:
    """Add the filter."""
    app.jinja_env.filters["markdown"] = markdown


def markdown(text: str, level: int = 3) -> Markup:
    """The text as HTML; its highest headings are those of this level."""
    return Markup(html(text, level=level))  # noqa: S704  # nh3 has left nothing in it but text and its marks
