"""The Celery side: one table of periodic jobs, tasks of five lines, a pulse that goes on without Redis."""
