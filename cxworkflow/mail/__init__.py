"""E-mail: composed from a notice's frozen facts, sent over SMTP, looked up in a journal when in doubt."""

from config.settings import Settings
from cxworkflow.mail.delivery import Post
from cxworkflow.mail.journal import Journal, LocalMailbox, NoJournal


def post_office(settings: Settings) -> Post:
    """Delivery's surroundings as the settings name them."""
    journal: Journal = LocalMailbox(settings.journal_folder) if settings.journal_folder else NoJournal()
    return Post(settings.smtp_url, settings.mail_from, settings.base_url, journal, settings.journal_address)
