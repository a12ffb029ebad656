"""Markdown as people write it: as HTML that holds nothing but text and its marks, and as the blocks of a PDF."""

from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

# No HTML is let through, no picture is fetched; nh3 takes out whatever else is not on its list.
_READER = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_TAGS = {"p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote", "hr", "br"}
_TABLES = {"table", "thead", "tbody", "tr", "th", "td"}
Run = dict[str, Any]


def html(text: str, *, level: int = 3) -> str:
    """The text as safe HTML; its highest headings become those of this level, under the page's own."""
    tokens = _READER.parse(text)
    for token in tokens:
        if token.type.startswith("heading_"):
            token.tag = f"h{min(6, int(token.tag[1]) + level - 1)}"
    rendered = _READER.renderer.render(tokens, _READER.options, {})
    attributes = {"a": {"href"}, "ol": {"start"}}
    return nh3.clean(rendered, tags=_TAGS | _TABLES | {"a"}, attributes=attributes, url_schemes={"https", "mailto"})


def blocks(text: str) -> list[dict[str, Any]]:
    """The text as blocks for a letter: headings, paragraphs, items with their depth and number, each made of runs."""
    made: list[dict[str, Any]] = []
    lists: list[list[int | None]] = []  # of each list that is open: the number of its next item, None without numbers
    mark: str | None = None
    kind, level = "par", 0
    for token in _READER.parse(text):
        if token.type == "heading_open":
            kind, level = "heading", int(token.tag[1])
        elif token.type in ("heading_close", "blockquote_close"):
            kind = "par"
        elif token.type == "blockquote_open":
            kind = "quote"
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append([int(token.attrGet("start") or 1) if token.type.startswith("ordered") else None])
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "list_item_open":
            number = lists[-1][0]
            mark = "•" if number is None else f"{number}."
            lists[-1][0] = None if number is None else number + 1
        elif token.type == "inline":
            of = "item" if lists and kind == "par" else kind
            made.append(
                {
                    "kind": of,
                    "level": level,
                    "depth": len(lists),
                    "mark": mark or "",
                    "runs": _runs(token.children or []),
                }
            )
            mark = None
        elif token.type in ("fence", "code_block"):
            made.append({"kind": "par", "level": 0, "depth": len(lists), "mark": "", "runs": [_run(token.content)]})
    return made


def _runs(children: list[Token]) -> list[Run]:
    runs: list[Run] = []
    bold = italic = 0
    for child in children:
        match child.type:
            case "strong_open" | "strong_close":
                bold += child.nesting
            case "em_open" | "em_close":
                italic += child.nesting
            case "softbreak":
                runs.append(_run(" "))
            case "hardbreak":
                runs.append(_run("\n"))
            case "text" | "code_inline":
                runs.append(_run(child.content, bold=bold > 0, italic=italic > 0))
    return runs


def _run(text: str, *, bold: bool = False, italic: bool = False) -> Run:
    return {"text": text, "bold": bold, "italic": italic}
