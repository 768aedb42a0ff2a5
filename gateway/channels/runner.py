"""Running a loaded prediction graph without the cost of Rasa's own runner."""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import Any

from rasa.engine.runner.dask import DaskGraphRunner


class StraightRunner:
    """Runs a loaded prediction graph node by node, in an order worked out once.

    Rasa's own runner builds a dask graph anew for every message.
    """

    def __init__(self, loaded: DaskGraphRunner) -> None:
        self._schema = loaded._graph_schema
        self._nodes = loaded._instantiated_nodes
        self._plans: dict[tuple[str, ...], list[tuple[str, list[str]]]] = {}

    def run(
        self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        """See GraphRunner: the output of each target, by name."""
        wanted = tuple(targets or self._schema.target_names)
        if wanted not in self._plans:
            self._plans[wanted] = self._plan(wanted)
        done: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, needs in self._plans[wanted]:
            done[name] = self._nodes[name](*(done.get(need, need) for need in needs))
        return {name: done[name][1] for name in wanted}

    def _plan(self, wanted: tuple[str, ...]) -> list[tuple[str, list[str]]]:
        nodes = self._schema.minimal_graph_schema(list(wanted)).nodes
        needs = {name: list(node.needs.values()) for name, node in nodes.items()}
        order = TopologicalSorter({n: [d for d in deps if d in needs] for n, deps in needs.items()})
        return [(name, needs[name]) for name in order.static_order()]
