"""Things done at the same moment, each on a connection of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask

from cxworkflow.db import session, unit_of_work
from cxworkflow.errors import WorkflowError
from cxworkflow.models import Strategy
from cxworkflow.scope import SYSTEM, within
from tests.stage import Stage


def at_once(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """Do all of this at the same moment, each on a connection of its own; returns results and refusals."""
    together = threading.Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        with app.app_context(), within(SYSTEM):
            together.wait()
            try:
                with unit_of_work():
                    return act()
            except WorkflowError as refusal:
                return refusal
            finally:
                session().remove()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(one, acts))


def committed(scene: Callable[[Stage], Strategy]) -> int:
    """The id of a strategy that has come to this scene, for all connections to see."""
    with unit_of_work():
        return scene(Stage.found()).id


def fetched(strategy_id: int) -> Strategy:
    """The strategy as this connection sees it."""
    return session().get_one(Strategy, strategy_id)
