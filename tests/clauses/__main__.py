"""Write anew which tests prove which clause."""

from config.settings import CLAUSE_TESTS
from tests.clauses.marks import text

if __name__ == "__main__":
    CLAUSE_TESTS.write_text(text(), encoding="utf-8")
