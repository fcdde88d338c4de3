"""The assertions of ``Template``, section by section. Each has the names that AWS CDK gives its own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Final

from constructs_ims.testing.matching.match import Match
from constructs_ims.testing.template.blocks import Kind
from constructs_ims.testing.template.selection import Selection
from constructs_ims.testing.template.subjects import EVERY, Subject

__tracebackhide__ = True
__unittest = True

ANYTHING: Final = Match.any_value()
"""The pattern where none is given; ``None`` is one, that of a local that is null."""


class _Sections(ABC):
    """What the sections below choose their blocks with."""

    @abstractmethod
    def _select(self, kind: Kind, subject: Subject, *, whole: bool = True) -> Selection:
        """Return the blocks that an assertion is about."""


class ResourceAssertions(_Sections):
    """Assertions on resources.

    ``subject`` is a class, the name of a type, an address, a construct or a construct's path. ``props`` is a pattern: a
    mapping, of which a resource may have more, or a matcher. Where methods come in pairs, the one that ends in
    ``_properties`` looks at the arguments, the other at the whole block, meta-arguments such as ``lifecycle`` too.
    Terraform has both in one object, where CloudFormation nests the properties. For classes of this package, arguments
    go by the constructs' names as well as by Terraform's.
    """

    def has_resource(self, subject: Subject, props: Any) -> None:
        """Demand a resource that matches as a whole block."""
        self._select(Kind.RESOURCE, subject).require_some(props)

    def has_resource_properties(self, subject: Subject, props: Any) -> None:
        """Demand a resource whose arguments match."""
        self._select(Kind.RESOURCE, subject, whole=False).require_some(props)

    def has_no_resource(self, subject: Subject, props: Any = ANYTHING) -> None:
        """Demand that no resource matches as a whole block; without ``props``, that there is none."""
        self._select(Kind.RESOURCE, subject).require_none(props)

    def has_no_resource_properties(self, subject: Subject, props: Any) -> None:
        """Demand that there is no resource whose arguments match."""
        self._select(Kind.RESOURCE, subject, whole=False).require_none(props)

    def resource_count_is(self, subject: Subject, count: int) -> None:
        """Demand a number of resources."""
        self._select(Kind.RESOURCE, subject).require_count({}, count)

    def resource_properties_count_is(self, subject: Subject, props: Any, count: int) -> None:
        """Demand a number of resources whose arguments match."""
        self._select(Kind.RESOURCE, subject, whole=False).require_count(props, count)

    def all_resources(self, subject: Subject, props: Any) -> None:
        """Demand that there are resources, and that each matches as a whole block."""
        self._select(Kind.RESOURCE, subject).require_all(props)

    def all_resources_properties(self, subject: Subject, props: Any) -> None:
        """Demand that there are resources, and that the arguments of each match."""
        self._select(Kind.RESOURCE, subject, whole=False).require_all(props)

    def find_resources(self, subject: Subject, props: Any = ANYTHING) -> dict[str, Any]:
        """Return the resources that match as whole blocks, by address; all of them without ``props``."""
        return self._select(Kind.RESOURCE, subject).matching(props)

    def get_resource(self, subject: Subject, props: Any = ANYTHING) -> str:
        """Return the address of the one resource that matches as a whole block; none and several are an error."""
        return self._select(Kind.RESOURCE, subject).require_one(props)


class DataSourceAssertions(_Sections):
    """Assertions on data sources.

    ``subject`` is a class, the name of a type, an address, a construct or a construct's path. ``props`` is a pattern: a
    mapping, of which a data source may have more, or a matcher. Where methods come in pairs, the one that ends in
    ``_properties`` looks at the arguments, the other at the whole block, meta-arguments such as ``lifecycle`` too.
    Terraform has both in one object, where CloudFormation nests the properties. For classes of this package, arguments
    go by the constructs' names as well as by Terraform's.
    """

    def has_data_source(self, subject: Subject, props: Any) -> None:
        """Demand a data source that matches as a whole block."""
        self._select(Kind.DATA_SOURCE, subject).require_some(props)

    def has_data_source_properties(self, subject: Subject, props: Any) -> None:
        """Demand a data source whose arguments match."""
        self._select(Kind.DATA_SOURCE, subject, whole=False).require_some(props)

    def has_no_data_source(self, subject: Subject, props: Any = ANYTHING) -> None:
        """Demand that no data source matches as a whole block; without ``props``, that there is none."""
        self._select(Kind.DATA_SOURCE, subject).require_none(props)

    def has_no_data_source_properties(self, subject: Subject, props: Any) -> None:
        """Demand that there is no data source whose arguments match."""
        self._select(Kind.DATA_SOURCE, subject, whole=False).require_none(props)

    def data_source_count_is(self, subject: Subject, count: int) -> None:
        """Demand a number of data sources."""
        self._select(Kind.DATA_SOURCE, subject).require_count({}, count)

    def data_source_properties_count_is(self, subject: Subject, props: Any, count: int) -> None:
        """Demand a number of data sources whose arguments match."""
        self._select(Kind.DATA_SOURCE, subject, whole=False).require_count(props, count)

    def all_data_sources(self, subject: Subject, props: Any) -> None:
        """Demand that there are data sources, and that each matches as a whole block."""
        self._select(Kind.DATA_SOURCE, subject).require_all(props)

    def all_data_sources_properties(self, subject: Subject, props: Any) -> None:
        """Demand that there are data sources, and that the arguments of each match."""
        self._select(Kind.DATA_SOURCE, subject, whole=False).require_all(props)

    def find_data_sources(self, subject: Subject, props: Any = ANYTHING) -> dict[str, Any]:
        """Return the data sources that match as whole blocks, by address; all of them without ``props``."""
        return self._select(Kind.DATA_SOURCE, subject).matching(props)

    def get_data_source(self, subject: Subject, props: Any = ANYTHING) -> str:
        """Return the address of the one data source that matches as a whole block; none and several are an error."""
        return self._select(Kind.DATA_SOURCE, subject).require_one(props)


class OutputAssertions(_Sections):
    """Assertions on outputs.

    ``name`` is an output's name or its construct. ``"*"`` is every one.
    """

    def has_output(self, name: Subject, props: Any = ANYTHING) -> None:
        """Demand an output that matches; without ``props``, that there is one."""
        self._select(Kind.OUTPUT, name).require_some(props)

    def has_no_output(self, name: Subject, props: Any = ANYTHING) -> None:
        """Demand that no output matches; without ``props``, that there is none."""
        self._select(Kind.OUTPUT, name).require_none(props)

    def output_count_is(self, count: int, props: Any = ANYTHING) -> None:
        """Demand a number of outputs, of those that match where ``props`` are given."""
        self._select(Kind.OUTPUT, EVERY).require_count(props, count)

    def all_outputs(self, props: Any) -> None:
        """Demand that there are outputs, and that each matches."""
        self._select(Kind.OUTPUT, EVERY).require_all(props)

    def find_outputs(self, name: Subject = EVERY, props: Any = ANYTHING) -> dict[str, Any]:
        """Return the outputs that match, by name."""
        return self._select(Kind.OUTPUT, name).matching(props)

    def get_output(self, name: Subject = EVERY, props: Any = ANYTHING) -> str:
        """Return the name of the one output that matches; none and several are an error."""
        return self._select(Kind.OUTPUT, name).require_one(props)


class VariableAssertions(_Sections):
    """Assertions on input variables.

    ``name`` is a variable's name or its construct. ``"*"`` is every one.
    """

    def has_variable(self, name: Subject, props: Any = ANYTHING) -> None:
        """Demand an input variable that matches; without ``props``, that there is one."""
        self._select(Kind.VARIABLE, name).require_some(props)

    def has_no_variable(self, name: Subject, props: Any = ANYTHING) -> None:
        """Demand that no input variable matches; without ``props``, that there is none."""
        self._select(Kind.VARIABLE, name).require_none(props)

    def variable_count_is(self, count: int, props: Any = ANYTHING) -> None:
        """Demand a number of input variables, of those that match where ``props`` are given."""
        self._select(Kind.VARIABLE, EVERY).require_count(props, count)

    def all_variables(self, props: Any) -> None:
        """Demand that there are input variables, and that each matches."""
        self._select(Kind.VARIABLE, EVERY).require_all(props)

    def find_variables(self, name: Subject = EVERY, props: Any = ANYTHING) -> dict[str, Any]:
        """Return the input variables that match, by name."""
        return self._select(Kind.VARIABLE, name).matching(props)

    def get_variable(self, name: Subject = EVERY, props: Any = ANYTHING) -> str:
        """Return the name of the one input variable that matches; none and several are an error."""
        return self._select(Kind.VARIABLE, name).require_one(props)


class LocalAssertions(_Sections):
    """Assertions on local values.

    ``name`` is a local's name or its construct; ``props`` is a pattern for its value, of whatever type.
    ``"*"`` is every one.
    """

    def has_local(self, name: Subject, props: Any = ANYTHING) -> None:
        """Demand a local value that matches; without ``props``, that there is one."""
        self._select(Kind.LOCAL, name).require_some(props)

    def has_no_local(self, name: Subject, props: Any = ANYTHING) -> None:
        """Demand that no local value matches; without ``props``, that there is none."""
        self._select(Kind.LOCAL, name).require_none(props)

    def local_count_is(self, count: int, props: Any = ANYTHING) -> None:
        """Demand a number of local values, of those that match where ``props`` are given."""
        self._select(Kind.LOCAL, EVERY).require_count(props, count)

    def all_locals(self, props: Any) -> None:
        """Demand that there are local values, and that each matches."""
        self._select(Kind.LOCAL, EVERY).require_all(props)

    def find_locals(self, name: Subject = EVERY, props: Any = ANYTHING) -> dict[str, Any]:
        """Return the local values that match, by name."""
        return self._select(Kind.LOCAL, name).matching(props)

    def get_local(self, name: Subject = EVERY, props: Any = ANYTHING) -> str:
        """Return the name of the one local value that matches; none and several are an error."""
        return self._select(Kind.LOCAL, name).require_one(props)


class ProviderAssertions(_Sections):
    """Assertions on provider blocks.

    ``name`` is a provider's name, with its alias after a dot where it has one, its class, or its construct.
    ``"*"`` is every one. The methods that end in ``_properties`` look at a provider's own settings, the others at the
    whole block, ``alias`` too.
    """

    def has_provider(self, name: Subject, props: Any = ANYTHING) -> None:
        """Demand a provider block that matches; without ``props``, that there is one."""
        self._select(Kind.PROVIDER, name).require_some(props)

    def has_no_provider(self, name: Subject, props: Any = ANYTHING) -> None:
        """Demand that no provider block matches; without ``props``, that there is none."""
        self._select(Kind.PROVIDER, name).require_none(props)

    def provider_count_is(self, count: int, props: Any = ANYTHING) -> None:
        """Demand a number of provider blocks, of those that match where ``props`` are given."""
        self._select(Kind.PROVIDER, EVERY).require_count(props, count)

    def all_providers(self, props: Any) -> None:
        """Demand that there are provider blocks, and that each matches."""
        self._select(Kind.PROVIDER, EVERY).require_all(props)

    def find_providers(self, name: Subject = EVERY, props: Any = ANYTHING) -> dict[str, Any]:
        """Return the provider blocks that match, by name."""
        return self._select(Kind.PROVIDER, name).matching(props)

    def get_provider(self, name: Subject = EVERY, props: Any = ANYTHING) -> str:
        """Return the name of the one provider block that matches; none and several are an error."""
        return self._select(Kind.PROVIDER, name).require_one(props)

    def has_provider_properties(self, name: Subject, props: Any) -> None:
        """Demand a provider block whose settings match."""
        self._select(Kind.PROVIDER, name, whole=False).require_some(props)

    def has_no_provider_properties(self, name: Subject, props: Any) -> None:
        """Demand that there is no provider block whose settings match."""
        self._select(Kind.PROVIDER, name, whole=False).require_none(props)

    def provider_properties_count_is(self, props: Any, count: int) -> None:
        """Demand a number of provider blocks whose settings match."""
        self._select(Kind.PROVIDER, EVERY, whole=False).require_count(props, count)

    def all_providers_properties(self, props: Any) -> None:
        """Demand that there are provider blocks, and that the settings of each match."""
        self._select(Kind.PROVIDER, EVERY, whole=False).require_all(props)


class ModuleAssertions(_Sections):
    """Assertions on module calls.

    ``name`` is a module's name, its construct, or a construct's path. ``"*"`` is every one. The methods that end in
    ``_properties`` look at the module's inputs, the others at the whole call, ``source`` and ``for_each`` too.
    """

    def has_module(self, name: Subject, props: Any = ANYTHING) -> None:
        """Demand a module call that matches; without ``props``, that there is one."""
        self._select(Kind.MODULE, name).require_some(props)

    def has_no_module(self, name: Subject, props: Any = ANYTHING) -> None:
        """Demand that no module call matches; without ``props``, that there is none."""
        self._select(Kind.MODULE, name).require_none(props)

    def module_count_is(self, count: int, props: Any = ANYTHING) -> None:
        """Demand a number of module calls, of those that match where ``props`` are given."""
        self._select(Kind.MODULE, EVERY).require_count(props, count)

    def all_modules(self, props: Any) -> None:
        """Demand that there are module calls, and that each matches."""
        self._select(Kind.MODULE, EVERY).require_all(props)

    def find_modules(self, name: Subject = EVERY, props: Any = ANYTHING) -> dict[str, Any]:
        """Return the module calls that match, by name."""
        return self._select(Kind.MODULE, name).matching(props)

    def get_module(self, name: Subject = EVERY, props: Any = ANYTHING) -> str:
        """Return the name of the one module call that matches; none and several are an error."""
        return self._select(Kind.MODULE, name).require_one(props)

    def has_module_properties(self, name: Subject, props: Any) -> None:
        """Demand a module call whose inputs match."""
        self._select(Kind.MODULE, name, whole=False).require_some(props)

    def has_no_module_properties(self, name: Subject, props: Any) -> None:
        """Demand that there is no module call whose inputs match."""
        self._select(Kind.MODULE, name, whole=False).require_none(props)

    def module_properties_count_is(self, props: Any, count: int) -> None:
        """Demand a number of module calls whose inputs match."""
        self._select(Kind.MODULE, EVERY, whole=False).require_count(props, count)

    def all_modules_properties(self, props: Any) -> None:
        """Demand that there are module calls, and that the inputs of each match."""
        self._select(Kind.MODULE, EVERY, whole=False).require_all(props)


class BackendAssertions(_Sections):
    """Assertions on backends.

    ``name`` is the type, such as ``s3``; ``cloud`` for HCP Terraform. ``"*"`` is every one.
    """

    def has_backend(self, name: Subject, props: Any = ANYTHING) -> None:
        """Demand a backend that matches; without ``props``, that there is one."""
        self._select(Kind.BACKEND, name).require_some(props)

    def has_no_backend(self, name: Subject, props: Any = ANYTHING) -> None:
        """Demand that no backend matches; without ``props``, that there is none."""
        self._select(Kind.BACKEND, name).require_none(props)

    def backend_count_is(self, count: int, props: Any = ANYTHING) -> None:
        """Demand a number of backends, of those that match where ``props`` are given."""
        self._select(Kind.BACKEND, EVERY).require_count(props, count)

    def all_backends(self, props: Any) -> None:
        """Demand that there are backends, and that each matches."""
        self._select(Kind.BACKEND, EVERY).require_all(props)

    def find_backends(self, name: Subject = EVERY, props: Any = ANYTHING) -> dict[str, Any]:
        """Return the backends that match, by name."""
        return self._select(Kind.BACKEND, name).matching(props)

    def get_backend(self, name: Subject = EVERY, props: Any = ANYTHING) -> str:
        """Return the name of the one backend that matches; none and several are an error."""
        return self._select(Kind.BACKEND, name).require_one(props)
