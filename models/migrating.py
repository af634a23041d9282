"""What migrations are run by: Tortoise's executor, over a state that makes few classes.

Tortoise's own state makes a class of every model anew, twice for each operation of a migration. All
but a few are looked at by nobody, and with every table and every operation that is added it takes
longer: 13 seconds for eighty tables.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.graph import MigrationKey
from tortoise.migrations.migration import Migration
from tortoise.migrations.operations import DIRECT_RELATION_FIELDS
from tortoise.migrations.schema_generator.state import ModelState, State
from tortoise.migrations.schema_generator.state_apps import StateApps
from tortoise.models import Model

Key = tuple[str, str]
"""The names of an app and of a model in it."""


class Executor(MigrationExecutor):
    """Tortoise's own, but for the state that it begins with; it goes forward only."""

    async def _project_state(
        self, applied: set[MigrationKey], *, upto: MigrationKey | None = None
    ) -> State:
        state = SparingState.empty(
            {app: given.get("default_connection", "default") for app, given in self._apps.items()}
        )
        for key in self._full_plan():
            if key == upto:
                break
            migration = self.loader.graph.nodes[key]
            if key in applied and isinstance(migration, Migration):
                await migration.apply(state, dry_run=True, schema_editor=None)
        return state

    @property
    def _apps(self) -> Mapping[str, Mapping[str, Any]]:
        return self.loader.apps_config


class SparingState(State):
    """What the models are between two operations; classes are made of those that are asked for."""

    apps: "_Classes"

    @classmethod
    def empty(cls, connections: Mapping[str, str]) -> Self:
        """The state before the first migration, with the name of each app's connection."""
        return cls._of({}, connections)

    @classmethod
    def _of(cls, models: dict[Key, ModelState], connections: Mapping[str, str]) -> Self:
        return cls(models=models, apps=_Classes(models, connections))

    def clone(self) -> Self:
        """The same, whatever becomes of this one."""
        models = {key: model.clone() for key, model in self.models.items()}
        return self._of(models, self.apps.connections)

    def reload_model(self, app_label: str, model_name: str) -> None:  # noqa: ARG002 — Tortoise's signature
        """Let classes be made anew, since a model has changed."""
        self.apps.forget()

    def reload_models(self, model_tuples: Iterable[Key]) -> None:  # noqa: ARG002 — as above
        """Let classes be made anew, since models have changed."""
        self.apps.forget()

    def validate_relations_initialized(self) -> None:
        """Raise RuntimeError where a model refers to one that there is not."""
        for key, model in self.models.items():
            for other in _referred_to(model):
                if other not in self.models:
                    raise RuntimeError(f"{'.'.join(key)} refers to {'.'.join(other)}: unknown.")


class _Classes(StateApps):
    """Classes of models, made when one is asked for, together with those that it refers to."""

    def __init__(self, states: Mapping[Key, ModelState], connections: Mapping[str, str]) -> None:
        super().__init__(dict(connections))
        self.connections = connections
        self._states = states

    def get_model(self, app_label: str, model_name: str | None = None) -> type[Model]:
        """The class of a model; raises KeyError where there is no such model."""
        key = self.split_reference(app_label) if model_name is None else (app_label, model_name)
        if key[1] not in self.apps.get(key[0], {}):
            self._make(key)
        return super().get_model(*key)

    def forget(self) -> None:
        """Make all classes anew when they are asked for."""
        self.apps.clear()

    def _make(self, key: Key) -> None:
        for app, name in list(self._together(key)):
            self.register_model(app, self._states[app, name].render(self))
        self._init_relations()
        self._build_initial_querysets()

    def _together(self, key: Key) -> Iterator[Key]:
        """The model and all behind its relations of which there are no classes yet."""
        seen, left = set[Key](), [key]
        while left:
            app, name = each = left.pop()
            if each in seen or name in self.apps.get(app, {}):
                continue
            seen.add(each)
            left += filter(self._states.__contains__, _referred_to(self._states[each]))
            yield each


def _referred_to(model: ModelState) -> Iterator[Key]:
    for field in model.fields.values():
        if isinstance(field, DIRECT_RELATION_FIELDS):
            app, name = str(field.model_name).split(".")
            yield app, name
