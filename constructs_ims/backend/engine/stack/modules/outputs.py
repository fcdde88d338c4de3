"""The outputs of a simulated module call: what the user says, what was made up before, else made up by its uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from constructs_ims.backend.engine.configuration import ModuleCall
from constructs_ims.backend.engine.configuration.module_interface import ModuleInterface
from constructs_ims.backend.engine.lang import (
    Value,
    typed,
    unknown,
)
from constructs_ims.backend.engine.lang.addresses import Key, module_address
from constructs_ims.backend.engine.stack.demands.demand import ANYTHING, Demand
from constructs_ims.backend.engine.stack.providers.outputs import made_up_output, said_output
from constructs_ims.backend.engine.stack.providers.said import MISSING, SaidValues, unread_names
from constructs_ims.backend.engine.state.model import ModuleOutputs, OutputState
from constructs_ims.schema.diagnostics import Diagnostic, did_you_mean, error
from constructs_ims.schema.types import ListType, MapType, ObjectType
from constructs_ims.schema.values import Unknown


@dataclass(frozen=True, slots=True)
class OutputSource:
    """Finds the outputs of the instances of one module call. ``stack`` names the stack, ``asked`` what its uses ask."""

    call: ModuleCall
    interface: ModuleInterface
    asked: Mapping[str, Demand]
    said: SaidValues
    stack: str

    def planned(self, key: Key, stored: ModuleOutputs | None) -> dict[str, OutputState]:
        """Return the outputs of one instance before an apply.

        What was ``stored`` is kept, and what is not stored yet of an instance that was applied is made up now; of an
        instance that never was, only what the user says is known.
        """
        outputs = {}
        for name in self._names(key, stored):
            said = self.said.module_output(self.call.name, key, name)
            if said is not MISSING:
                outputs[name] = said_output(said)
            elif stored is not None:
                outputs[name] = self._kept(key, name, stored.get(name))
            else:
                outputs[name] = OutputState(Unknown, self._asked(name).type())
        return outputs

    def applied(self, key: Key, planned: ModuleOutputs | None) -> dict[str, OutputState]:
        """Return the outputs of one instance in an apply; those that the plan knew are as it has them."""
        planned = planned or {}
        outputs = {}
        for name in self._names(key, planned):
            said = self.said.module_output(self.call.name, key, name)
            if name in planned:
                outputs[name] = planned[name]
            else:
                outputs[name] = self._kept(key, name, None) if said is MISSING else said_output(said)
        return outputs

    def said_faults(self) -> Iterator[Diagnostic]:
        """Yield an error for each said output that the module does not have, or a warning where nothing reads it."""
        for address, outputs in self.said.modules.items():
            if address.resource != module_address(self.call.name).resource:
                continue
            if not self.interface.is_known:
                yield from unread_names(str(address), outputs, self.asked)
            for name in outputs:
                if self.interface.is_known and name not in self.interface.outputs:
                    hint = did_you_mean(name, self.interface.outputs)
                    detail = f'What is said of {address} cannot be used. There is no output named "{name}".{hint}'
                    yield error("Invalid value for a simulated object", detail)

    def value(self, instances: Mapping[Key, ModuleOutputs]) -> Value:
        """Return what expressions read of the whole call: an object, or the objects of all instances."""
        objects = {key: self._object(outputs) for key, outputs in instances.items()}
        match self.call.repetition:
            case "single":
                return objects.get(None, Unknown)
            case "count":
                return list(objects.values())
            case _:
                return objects

    def stored_value(self, instances: Mapping[Key, ModuleOutputs]) -> Value:
        """Return what expressions read of a call that is not evaluated; what is not stored of it is not known."""
        if not instances:
            return self.unknown_value()
        unknown_output = {name: OutputState(Unknown, self._asked(name).type()) for name in self._names(None, None)}
        return self.value({key: {**unknown_output, **outputs} for key, outputs in instances.items()})

    def unknown_value(self) -> Value:
        """Return what expressions read while nothing is known of the call but its outputs."""
        names = self._names(None, None)
        instance = ObjectType({name: self._asked(name).type() for name in names})
        match self.call.repetition:
            case "single":
                return unknown(instance)
            case "count":
                return unknown(ListType(instance))
            case _:
                return unknown(MapType(instance))

    def _object(self, outputs: ModuleOutputs) -> dict[str, Value]:
        return {name: _value(output) for name, output in outputs.items()}

    def _names(self, key: Key, stored: ModuleOutputs | None) -> list[str]:
        if self.interface.is_known:
            return list(self.interface.outputs)
        said = self.said.module_outputs(self.call.name, key)
        return sorted({*self.asked, *said, *(stored or ())})

    def _asked(self, name: str) -> Demand:
        return self.asked.get(name, ANYTHING)

    def _kept(self, key: Key, name: str, stored: OutputState | None) -> OutputState:
        asked, seed = self._asked(name), f"{self.stack} {module_address(self.call.name, key)}.{name}".strip()
        return made_up_output(stored, asked, seed)


def _value(output: OutputState) -> Value:
    return unknown(output.type) if output.value is Unknown else typed(output.value, output.type)
