"""E-mail: composed from a notice's frozen facts, sent over SMTP, looked up in a journal when in doubt."""

from config.settings import Settings
from cxworkflow.mail.delivery import Post
from cxworkflow.mail.journal import ImapMailbox, Journal, LocalMailbox, NoJournal


def post_office(settings: Settings) -> Post:
    """Delivery's surroundings as the settings name them."""
    return Post(
        settings.smtp_url, settings.mail_from, settings.base_url, journal_of(settings), settings.journal_address
    )


def journal_of(settings: Settings) -> Journal:
    if settings.journal_url:
        return ImapMailbox(settings.journal_url)
    return LocalMailbox(settings.journal_folder) if settings.journal_folder else NoJournal()
