"""What a supposition is played from: a committed stage."""

from tests.mail.conftest import database, office, played

__all__ = ["database", "office", "played"]
