"""The objects that tests name: by their address, or by the construct that stands for them in a stack."""

from __future__ import annotations


def address_of(subject: object, stack: str | None = None) -> str:
    """Return the address of a construct (a resource or a data source of a CDK), or the one that ``subject`` is.

    ``stack`` is the id of the stack that is asked about. Raise ``TypeError`` when ``subject`` is neither, or is a
    construct of another stack, whose address may be that of another object in this one.
    """
    if isinstance(subject, str):
        return subject
    type_name = getattr(subject, "terraform_resource_type", None)
    name = getattr(subject, "friendly_unique_id", None)
    if not (isinstance(type_name, str) and isinstance(name, str)):
        raise TypeError(f"An object is named by its address or its construct, and this is {type(subject).__name__}.")
    _check_stack(subject, stack)
    is_data_source = any(base.__name__ == "TerraformDataSource" for base in type(subject).__mro__)
    return f"{'data.' if is_data_source else ''}{type_name}.{name}"


def _check_stack(subject: object, stack: str | None) -> None:
    own = getattr(subject, "cdktf_stack", None)
    if stack is None or own is None or str(own.node.id) == stack:
        return
    path = subject.node.path  # type: ignore[attr-defined]  # a construct's
    raise TypeError(
        f'{path} is a construct of stack "{own.node.id}", and this is about stack "{stack}". Ask about a construct of '
        f'"{stack}", or about "{own.node.id}".'
    )
