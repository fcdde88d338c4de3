"""Names, numbers and passwords: each made of others, repeated, sliced and calculated with."""

from cdktf import App, Fn, TerraformCount, TerraformStack, Token
from cdktf_cdktf_provider_random.bytes import Bytes
from cdktf_cdktf_provider_random.id import Id
from cdktf_cdktf_provider_random.integer import Integer
from cdktf_cdktf_provider_random.password import Password
from cdktf_cdktf_provider_random.pet import Pet
from cdktf_cdktf_provider_random.provider import RandomProvider
from cdktf_cdktf_provider_random.shuffle import Shuffle
from cdktf_cdktf_provider_random.uuid import Uuid

from tests.larger_apps import output


def build(app: App) -> None:
    stack = TerraformStack(app, "identifiers")
    RandomProvider(stack, "random")
    port = Integer(stack, "port", min=20000, max=30000, keepers={"name": "web"})
    zones = Shuffle(stack, "zones", input=["a", "b", "c"], result_count=2)
    pets = Pet(stack, "pets", length=2, count=TerraformCount.of(3))
    Id(stack, "id", byte_length=4, keepers={"port": Token.as_string(port.result)})
    key = Bytes(stack, "key", length=32)
    password = Password(stack, "password", length=Token.as_number(Fn.max([16, port.result])), special=False)
    Uuid(stack, "uuid", keepers={"zone": Fn.element(zones.result, 0), "pet": f"${{{pets.fqn}[0].id}}"})
    output(stack, "port", port.result)
    output(stack, "next_port", Fn.sum([port.result, 1]))
    output(stack, "zone", Fn.element(zones.result, 1))
    output(stack, "names", f"${{{pets.fqn}[*].id}}")
    output(stack, "login", Fn.join(":", ["admin", password.result]), sensitive=True)
    output(stack, "key", Fn.length_of(key.base64), sensitive=True)
