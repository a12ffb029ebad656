"""Answers to a policy's questions: read from files and forms, checked, counted as complete, and hashed."""

from cxworkflow.policies.answers.canonical import canonical, sha256_of
from cxworkflow.policies.answers.completeness import ChecklistItem, checklist, missing_in, missing_overall
from cxworkflow.policies.answers.differences import FieldChange, RowChange, SectionChange, Side, differences
from cxworkflow.policies.answers.forms import (
    FormReading,
    Typed,
    date_boxes,
    faults_of_boxes,
    field_of,
    form_places,
    from_form,
    to_form,
)
from cxworkflow.policies.answers.placeholder import placeholder
from cxworkflow.policies.answers.reading import as_read, row_words
from cxworkflow.policies.answers.row_names import NAME, RowNames, name_rows
from cxworkflow.policies.answers.sections import Content, check_section, empty_content
from cxworkflow.policies.answers.strategy_file import StrategyFile, check_title, read_strategy
from cxworkflow.policies.answers.totals import Total, totals
from cxworkflow.policies.answers.weaknesses import weak_in

__all__ = [
    "NAME",
    "ChecklistItem",
    "Content",
    "FieldChange",
    "FormReading",
    "RowChange",
    "RowNames",
    "SectionChange",
    "Side",
    "StrategyFile",
    "Total",
    "Typed",
    "as_read",
    "canonical",
    "check_section",
    "check_title",
    "checklist",
    "date_boxes",
    "differences",
    "empty_content",
    "faults_of_boxes",
    "field_of",
    "form_places",
    "from_form",
    "missing_in",
    "missing_overall",
    "name_rows",
    "placeholder",
    "read_strategy",
    "row_words",
    "sha256_of",
    "to_form",
    "totals",
    "weak_in",
]
