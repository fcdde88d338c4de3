"""Objects of a provider that has no bindings on the machine, over two stacks: their use says what they have."""

from cdktf import App, Fn, TerraformCount, TerraformResource, TerraformStack

from tests.larger_apps import output


def _box(stack: TerraformStack, id: str, count: int | None = None, **arguments: object) -> TerraformResource:
    repeated = TerraformCount.of(count) if count else None
    box = TerraformResource(stack, id, terraform_resource_type="warehouse_box", count=repeated)
    for name, value in arguments.items():
        box.add_override(name, value)
    return box


def build(app: App) -> None:
    stock = TerraformStack(app, "stock")
    stock.add_override("terraform.required_providers.warehouse", {"source": "example/warehouse", "version": "~> 2.0"})
    shelf = _box(stock, "shelf", metadata={"name": "m", "labels": {"kind": "shelf"}})
    boxes = _box(stock, "box", 2, shelf="${warehouse_box.shelf.metadata[0].uid}")
    item = _box(stock, "item", weight=f"${{sum({boxes.fqn}[*].weight)}}")
    output(stock, "barcodes", f"${{{boxes.fqn}[*].barcode}}")
    output(stock, "owner", f"${{jsondecode({shelf.fqn}.document).owner.name}}")

    orders = TerraformStack(app, "orders")
    _box(orders, "order", lines=item.get_list_attribute("lines"), at=item.get_string_attribute("at"))
    output(orders, "amount", Fn.sum([item.get_number_attribute("amount"), 1]))
    output(orders, "first", Fn.element(item.get_list_attribute("lines"), 0))
    output(orders, "due", Fn.timeadd(item.get_string_attribute("at"), "24h"))
