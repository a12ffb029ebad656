"""The sentences of the Department's report, for none, one and many."""

import pytest

from cxworkflow.documents.department_words import punctuality

ONE_OF_MANY = "15 are or were late: 1 has not yet done what was due, and 14 did it after its day."


@pytest.mark.parametrize(
    ("components", "late", "overdue", "said"),
    [
        (0, 0, 0, "No Component had to file anything then."),
        (1, 0, 0, "The only Component is on time."),
        (16, 0, 0, "All 16 Components are on time."),
        (1, 1, 1, "The only Component is not on time. 1 is late, and has not yet done what was due."),
        (16, 16, 16, "No Component is on time. 16 are late, and have not yet done what was due."),
        (16, 1, 0, "15 of 16 Components are on time. 1 was late, and did what was due after its day."),
        (16, 15, 1, f"1 of 16 Components is on time. {ONE_OF_MANY}"),
    ],
)
def test_the_report_says_who_is_on_time_in_plain_words(components: int, late: int, overdue: int, said: str) -> None:
    assert punctuality(components, late, overdue) == said
