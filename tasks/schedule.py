"""Beat's memory, of which it has none: every job looks at state, so nothing is lost or repeated by forgetting."""

from celery.beat import Scheduler


class Ticks(Scheduler):
    """Sends the periodic jobs of `tasks.app.PERIODIC`, starting anew each time."""

    def setup_schedule(self) -> None:
        """Take the table of jobs as it is."""
        self.merge_inplace(self.app.conf.beat_schedule)
