"""Makes up stories: stacks of images and ``terraform_data`` objects that change step by step, the same for a seed."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from constructs_ims.schema.provider import PROVIDER_SOURCE

from .other_stack import FILE, REMOTE, OtherStack
from .sides import WILD_IMAGES

IMAGE, DATA = "huaweicloud_ims_image_metadata", "terraform_data"
REGIONS = ("cn-north-4", "cn-east-3")
NAMES = tuple("abcdefgh")
Story = list[dict[str, Any]]


class Inventor:
    """Makes up one story; every chance is drawn from ``seed``."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.other = OtherStack(self.random)
        self.stack = self._first_stack()
        self.past: list[str] = []

    def story(self) -> Story:
        """Return the steps, each as a story file has it."""
        return list(self._steps(self.random.randint(3, 5)))

    def _steps(self, number: int) -> Iterator[dict[str, Any]]:
        for position in range(number):
            if position:
                self._change_stack()
            yield self._step(first=position == 0, last=position == number - 1)
            self.past = self._addresses()
            self.stack.pop("import", None)
            self.stack.pop("moved", None)
            if self._chance(0.5):
                self.stack.pop("removed", None)
            if self._chance(0.3):
                self.other.change()

    # The first stack

    def _first_stack(self) -> dict[str, Any]:
        self.stack = {
            "terraform": {"required_providers": {"huaweicloud": {"source": PROVIDER_SOURCE}}},
            "provider": {
                "huaweicloud": [
                    {"region": REGIONS[0], "enable_force_new": self._chance(0.7)},
                    {"alias": "other", "region": self._any(REGIONS), "enable_force_new": self._chance(0.5)},
                ]
            },
            "variable": self._variables(),
            "locals": {},
            "data": {REMOTE: {"other": self.other.reader()}} if self._chance(0.4) else {},
            "resource": {IMAGE: {}, DATA: {}},
            "output": {},
            "check": {},
        }
        images_allowed = self._chance(0.75)
        for name in NAMES[: self.random.randint(2, 6)]:
            self._add_object(name, IMAGE if images_allowed and self._chance(0.5) else DATA)
            if self._chance(0.3):
                self.stack["locals"][f"l{len(self.stack['locals'])}"] = self._value()
        for number in range(self.random.randint(0, 3)):
            self.stack["output"][f"o{number}"] = self._output()
        if self.stack["data"] and self._chance(0.5):
            self._read_later()
        if self._chance(0.4):
            self.stack["check"]["health"] = self._check()
        return self.stack

    def _read_later(self) -> None:
        """Add a data source that may have to wait for an apply, and an output of what it finds."""
        first = self._any(self._existing())
        late = self.other.reader(f'${{length({self._id_of(*first)}) > 0 ? "{FILE}" : "nowhere.json"}}')
        if self._chance(0.5):
            late = {**self.other.reader(), "depends_on": [f"{first[0]}.{first[1]}"]}
        self.stack["data"][REMOTE]["late"] = late
        part = self._any(["", ".outputs", ".outputs.names", ".outputs.label", ".config"])
        self.stack["output"]["late"] = {"value": f"${{data.{REMOTE}.late{part}}}", "sensitive": True}

    def _check(self) -> dict[str, Any]:
        check: dict[str, Any] = {"assert": [self._condition(self._text()) for _ in range(2)]}
        if self._chance(0.3):
            check["data"] = {REMOTE: {"inside": self.other.reader(self._any([FILE, FILE, "nowhere.json"]))}}
            check["assert"].append(self._limit(f"data.{REMOTE}.inside.outputs.size < 20", "too large"))
        return check

    def _variables(self) -> dict[str, Any]:
        tags = {"team": "images", "stage": "test"}
        return {
            "size": {"type": "number", "default": 2},
            "disk": {"type": "number", "default": 40, "validation": [self._limit(self._disk_rule(), "too small")]},
            "label": {"default": "base"},
            "secret": {"type": "string", "default": "s3cr3t", "sensitive": True},
            "tags": {"type": "map(string)", "default": tags},
            "names": {"type": "set(string)", "default": ["x", "y"]},
            "wish": {"type": "object({name=string,disk=optional(number,20)})", "default": {"name": "wish"}},
            "maybe": {"type": "string", "default": None},
            "firm": {"type": "string", "default": "firm", "nullable": False},
        }

    def _disk_rule(self) -> str:
        return str(self._any(["var.disk >= 10", "var.disk >= 10 && var.disk > var.size"]))

    def _limit(self, condition: str, message: str) -> dict[str, str]:
        return {"condition": f"${{{condition}}}", "error_message": message}

    # Objects

    def _add_object(self, name: str, type_: str) -> None:
        body = self._image() if type_ == IMAGE else self._data()
        self._repeat(body)
        if self._chance(0.35):
            body["lifecycle"] = self._lifecycle(type_)
        if self._chance(0.15) and (others := self._resources()):
            body["depends_on"] = [self._any(others)]
        if type_ == IMAGE and self._chance(0.2):
            body["provider"] = "huaweicloud.other"
        self.stack["resource"][type_][name] = body

    def _image(self) -> dict[str, Any]:
        body: dict[str, Any] = {"name": self._text()}
        for argument, make in self._image_arguments().items():
            if self._chance(0.3):
                body[argument] = make()
        self._keep_one_block(body)
        return body

    def _keep_one_block(self, body: dict[str, Any]) -> None:
        """Mostly leave out one of two ``timeouts`` where only one may stand."""
        if "dynamic" in body and self._chance(0.95):
            body.pop("timeouts", None)

    def _image_arguments(self) -> dict[str, Callable[[], Any]]:
        return {
            "min_disk": lambda: self._any([10, 20, 40, "${var.disk}", "${var.wish.disk}", "${var.size * 10}"]),
            "min_ram": lambda: self._any([0, 1024, "2048"]),
            "tags": self._tags,
            "__os_version": lambda: self._any(["CentOS 7.6 64bit", "Ubuntu 20.04 server 64bit"]),
            "protected": lambda: self._any([False, False, False, True, "${var.size > 5}"]),
            "region": lambda: self._any([*REGIONS, None]),
            "enable_force_new": lambda: self._any(["true", "true", "false", "${var.size > 1}"]),
            "timeouts": lambda: self._any([{"delete": "5m"}, [{"delete": "1h"}], {}]),
            "dynamic": self._dynamic,
        }

    def _tags(self) -> Any:
        return self._any(
            [
                ["team=images", "stage=test"],
                ["team=images"],
                [],
                '${[for k, v in var.tags : "${k}=${v}"]}',
                f'${{toset([{json.dumps("a=" + self._plain_text())}, "b=c"])}}',
                ["team=${var.label}", "n=${var.size}"],
            ]
        )

    def _dynamic(self) -> dict[str, Any]:
        each = self._any(['${["7m"]}', "${[]}", '${var.size > 1 ? ["8m"] : []}', '${{x = "9m"}}'])
        block: dict[str, Any] = {"for_each": each, "content": {"delete": "${timeouts.value}"}}
        if self._chance(0.3):
            block = {**block, "iterator": "t", "content": {"delete": "${t.value}"}}
        return {"timeouts": self._any([block, [block]])}

    def _data(self) -> dict[str, Any]:
        body: dict[str, Any] = {}
        if self._chance(0.85):
            body["input"] = self._value()
        if self._chance(0.35):
            body["triggers_replace"] = self._value()
        return body

    def _repeat(self, body: dict[str, Any]) -> None:
        if self._chance(0.2):
            counts = [0, 1, 2, 3, "${var.size}", "${length(var.names)}", "${var.size > 2 ? 1 : 0}"]
            body["count"] = self._any(counts)
            if self._chance(0.5):
                self._individual(body, "${count.index}")
        elif self._chance(0.25):
            keys = [{"x": "one", "y": "two"}, "${var.tags}", "${var.names}", '${toset(["x", "z"])}']
            keys += [f"${{data.{REMOTE}.other.outputs.names}}"] if self.stack["data"] else []
            body["for_each"] = self._any(keys)
            if self._chance(0.6):
                self._individual(body, self._any(["${each.key}", "${each.value}"]))

    def _individual(self, body: dict[str, Any], part: str) -> None:
        argument = "name" if "name" in body else "input"
        body[argument] = f"{self._plain_text()}-{part}"

    def _lifecycle(self, type_: str) -> dict[str, Any]:
        arguments = ["min_disk", "name", "tags"] if type_ == IMAGE else ["input", "triggers_replace"]
        kinds: dict[str, Callable[[], Any]] = {
            "create_before_destroy": lambda: self._chance(0.8),
            "prevent_destroy": lambda: self._chance(0.5),
            "ignore_changes": lambda: self._any([[self._any(arguments)], arguments[:2], "all"]),
            "replace_triggered_by": lambda: [self._trigger()],
            "precondition": lambda: [self._condition(self._text())],
            "postcondition": lambda: [self._limit(f"self.id != {json.dumps(self._plain_text())}", "no id")],
        }
        weights = [4, 1, 2, 2, 2, 2]
        others = self._resources()
        if not others:
            kinds.pop("replace_triggered_by")
            weights.pop(3)
        chosen = self.random.choices(list(kinds), weights, k=self.random.randint(1, 2))
        return {kind: kinds[kind]() for kind in chosen}

    def _trigger(self) -> str:
        """Return what a replacement may follow: an object, one of its instances or one of its attributes."""
        type_, name = self._any(self._existing())
        watched = self._one(type_, name, self.stack["resource"][type_][name])
        return str(self._any([f"{type_}.{name}", watched, f"{watched}.{'min_disk' if type_ == IMAGE else 'input'}"]))

    # Values

    def _plain_text(self) -> str:
        return self._any(["a", "b", "web", "db-1", "é x", "c d", "long name"])

    def _text(self) -> str:
        texts = [self._plain_text] * 3 + [lambda: self._interpolated(self._reference()), self._call]
        return str(self._any(texts)())

    def _interpolated(self, reference: str) -> str:
        plain = self._plain_text()
        directive = f"%{{ if var.size > 1 }}{plain}%{{ endif }}"
        return str(self._any([f"{plain}-${{{reference}}}", f"${{{reference}}}", directive]))

    def _call(self) -> str:
        reference, stable = self._reference(), self._stable_reference()
        return self._any(
            [
                f"${{upper({stable})}}",
                f"${{coalesce(var.maybe, {reference})}}",
                f"${{var.size > 2 ? {reference} : var.label}}",
                '${format("%s-%02d", var.label, var.size)}',
                '${join("-", sort(keys(var.tags)))}',
                f'${{try(var.tags["{self._any(["team", "none"])}"], {reference})}}',
                f"${{substr({stable}, 0, 3)}}",
                f"${{sha1({stable})}}",
                f'${{replace({stable}, "-", "_")}}',
            ]
        )

    def _reference(self) -> str:
        """Return an expression for a text, of what there is already."""
        found = ["var.label", "var.secret", "var.firm", "var.wish.name", 'lookup(var.tags, "team", "none")']
        if self.stack["data"]:
            found += [f"data.{REMOTE}.other.outputs.{name}" for name in ("label", "secret", "tags.team")]
        found += [self._of(type_, name) for type_, name in self._existing()] * 2
        return self._any(found)

    def _stable_reference(self) -> str:
        """Return an expression for a text without an id, which would show in what is made of it."""
        found = ["var.label", "var.secret"]
        found += [f"{type_}.{name}.status" for type_, name in self._existing() if self._is_single_image(type_, name)]
        return str(self._any(found))

    def _is_single_image(self, type_: str, name: str) -> bool:
        body = self.stack["resource"][type_][name]
        return type_ == IMAGE and "count" not in body and "for_each" not in body

    def _of(self, type_: str, name: str) -> str:
        body = self.stack["resource"][type_][name]
        attribute = self._any(["id", "name", "status"] if type_ == IMAGE else ["id", "id", "input"])
        if attribute == "input":
            return f'try(tostring({self._one(type_, name, body)}.output), "none")'
        if "count" in body or "for_each" in body:
            return f'join("+", {self._all(type_, name, body)}[*].{attribute})'
        return f"{type_}.{name}.{attribute}"

    def _id_of(self, type_: str, name: str) -> str:
        body = self.stack["resource"][type_][name]
        is_single = "count" not in body and "for_each" not in body
        return f"{type_}.{name}.id" if is_single else f"{self._all(type_, name, body)}[*].id"

    def _one(self, type_: str, name: str, body: dict[str, Any]) -> str:
        if "count" in body:
            return f"{type_}.{name}[0]"
        return f'{type_}.{name}["x"]' if "for_each" in body else f"{type_}.{name}"

    def _all(self, type_: str, name: str, body: dict[str, Any]) -> str:
        return f"values({type_}.{name})" if "for_each" in body else f"{type_}.{name}"

    def _value(self, depth: int = 0) -> Any:
        plain: list[Callable[[], Any]] = [self._text, self._text, lambda: self._any([0, 1, 2.5, True, False, None])]
        nested: list[Callable[[], Any]] = [
            lambda: [self._value(depth + 1) for _ in range(self.random.randint(0, 3))],
            lambda: {key: self._value(depth + 1) for key in self.random.sample(["k", "name", "x y"], 2)},
            lambda: f"${{{self._collection()}}}",
        ]
        return self._any(plain if depth > 1 else plain + nested)()

    def _collection(self) -> str:
        collections = [
            "var.tags",
            "var.names",
            "var.wish",
            "[for n in var.names : upper(n)]",
            "{for k, v in var.tags : k => v if k != var.label}",
            "merge(var.tags, {extra = var.label})",
            "toset([var.label, var.wish.name])",
            "zipmap(sort(var.names), range(length(var.names)))",
            "{open = var.label, shut = sensitive(var.tags)}",
            "[terraform.workspace, path.module]",
        ]
        if self.stack["data"]:
            collections += [f"data.{REMOTE}.other.outputs{part}" for part in ("", ".names", ".tags", ".list", ".parts")]
        for type_, name in self._existing():
            body = self.stack["resource"][type_][name]
            whole = f"{type_}.{name}"
            if "for_each" in body:
                collections += [f"{{for k, v in {whole} : k => v.id}}", f"keys({whole})"]
            elif "count" in body:
                collections += [f"{whole}[*].id", f"length({whole})"]
            elif type_ == DATA:
                collections += [f"{whole}.output", f"{whole}"]
            else:
                collections += [f"{whole}.tags", f"[{whole}.min_disk, {whole}.protected]"]
        collections += [f"local.{name}" for name in self.stack["locals"]]
        return str(self._any(collections))

    def _condition(self, text: str) -> dict[str, str]:
        expression = text[2:-1] if text.startswith("${") and text.endswith("}") and text.count("${") == 1 else None
        subject = expression or self._reference()
        return self._any(
            [
                self._limit(f'{subject} != "nothing"', "nothing there"),
                self._limit(f"length({subject}) > 1", "too short"),
                self._limit("var.size < 4", "size is ${var.size}"),
            ]
        )

    def _output(self) -> dict[str, Any]:
        body: dict[str, Any] = {"value": self._value()}
        if self._chance(0.8):
            body["sensitive"] = True  # Most values touch something sensitive, and then it must be said.
        if self._chance(0.2):
            body["precondition"] = [self._condition(self._text())]
        if self._chance(0.1) and (others := self._resources()):
            body["depends_on"] = [self._any(others)]
        if self._chance(0.2):
            body["description"] = "An output."
        return body

    # Changes

    def _change_stack(self) -> None:
        changes = [
            (self._change_argument, 8),
            (self._remove_object, 2),
            (self._add_another, 2),
            (self._move, 2),
            (self._remove_with_block, 1),
            (self._import, 1),
            (self._change_default, 2),
            (self._change_repetition, 1),
            (self._change_lifecycle, 2),
            (self._change_provider, 1),
            (self._change_output, 2),
            (self._change_local, 1),
        ]
        makers, weights = zip(*changes, strict=True)
        for change in self.random.choices(makers, weights, k=self.random.randint(0, 3)):
            change()

    def _pick(self) -> tuple[str, str, dict[str, Any]] | None:
        found = self._existing()
        if not found:
            return None
        type_, name = self._any(found)
        return type_, name, self.stack["resource"][type_][name]

    def _before(self, name: str) -> Inventor:
        """Return an inventor that knows only the objects that were there before ``name``, so that there is no cycle."""
        other = copy.copy(self)
        other.stack = {**self.stack, "locals": {}, "resource": {}}
        for type_, bodies in self.stack["resource"].items():
            other.stack["resource"][type_] = {key: body for key, body in bodies.items() if key < name}
        return other

    def _change_argument(self) -> None:
        if picked := self._pick():
            type_, name, body = picked
            inventor = self._before(name)
            if type_ == DATA:
                argument = self._any(["input", "input", "triggers_replace"])
                body[argument] = inventor._value()
            else:
                makers = {"name": inventor._text, **inventor._image_arguments()}
                argument = self._any(list(makers))
                body[argument] = makers[argument]()
                self._keep_one_block(body)
            if self._chance(0.15):
                body.pop(argument, None)

    def _remove_object(self) -> None:
        if picked := self._pick():
            type_, name, _ = picked
            if not self._is_mentioned(f"{type_}.{name}"):
                del self.stack["resource"][type_][name]

    def _is_mentioned(self, address: str) -> bool:
        return address in json.dumps(self.stack)

    def _add_another(self) -> None:
        free = [name for name in NAMES if not any(name in bodies for bodies in self.stack["resource"].values())]
        if free:
            inventor = self._before(free[-1])
            inventor._add_object(free[-1], self._any([IMAGE, DATA]))
            for type_ in (IMAGE, DATA):
                added = inventor.stack["resource"].get(type_, {})
                self.stack["resource"].setdefault(type_, {}).update(
                    {name: body for name, body in added.items() if name == free[-1]}
                )

    def _move(self) -> None:
        if picked := self._pick():
            type_, name, body = picked
            address = f"{type_}.{name}"
            if self._is_mentioned(address):
                return
            if "count" in body and self._chance(0.5):
                del body["count"]
                body["for_each"] = {"x": "one", "y": "two"}
                address, target = f"{address}[0]", f'{address}["x"]'
            elif self._chance(0.4) and "count" not in body and "for_each" not in body:
                body.update(self._any([{"count": 1}, {"for_each": {"x": "one"}}]))
                target = f"{address}[{0 if 'count' in body else chr(34) + 'x' + chr(34)}]"
            else:
                new = f"{name}{name}"
                if new in self.stack["resource"][type_]:
                    return
                del self.stack["resource"][type_][name]
                self.stack["resource"][type_][new] = body
                target = f"{type_}.{new}"
            self.stack.setdefault("moved", []).append({"from": address, "to": target})

    def _remove_with_block(self) -> None:
        if picked := self._pick():
            type_, name, _ = picked
            address = f"{type_}.{name}"
            if not self._is_mentioned(address):
                del self.stack["resource"][type_][name]
                block = {"from": address, "lifecycle": {"destroy": self._chance(0.5)}}
                self.stack.setdefault("removed", []).append(block)

    def _import(self) -> None:
        number = self._any(range(len(WILD_IMAGES)))
        name = f"wild{number}"
        if name in self.stack["resource"].setdefault(IMAGE, {}):
            return
        missing = "99999999-0000-4000-8000-000000000000"
        body: dict[str, Any] = {"name": self._any([f"wild-{number}"] * 3 + ["tame"])}
        body["tags"] = self._any([["a=b"], ["a=b"], []])
        id = WILD_IMAGES[number] if self._chance(0.9) else missing
        block: dict[str, Any] = {"to": f"{IMAGE}.{name}", "id": id}
        if self._chance(0.3):
            body["for_each"] = {"k": "wild"}
            block = {"for_each": {"k": id}, "to": f"{IMAGE}.{name}[each.key]", "id": "${each.value}"}
        self.stack["resource"][IMAGE][name] = body
        self.stack.setdefault("import", []).append(block)

    def _change_default(self) -> None:
        choices = {
            "size": [0, 1, 2, 3, 5],
            "disk": [10, 40, 5],
            "label": ["base", "other", 7],
            "secret": ["s3cr3t", "new"],
            "tags": [{"team": "images"}, {"team": "images", "stage": "prod"}, {}],
            "names": [["x"], ["x", "y", "z"], []],
            "wish": [{"name": "wish", "disk": 40}, {"name": "hope"}],
            "maybe": [None, "yes"],
            "firm": ["firm", "soft"],
        }
        name = self._any(list(choices))
        self.stack["variable"][name]["default"] = self._any(choices[name])

    def _change_repetition(self) -> None:
        if picked := self._pick():
            type_, name, body = picked
            if "count" in body:
                body["count"] = self._any([0, 1, 2, 3, "${var.size}"])
            elif "for_each" in body:
                body["for_each"] = self._any([{"x": "one"}, {"y": "2", "z": "3"}, "${var.tags}"])
            elif not self._is_mentioned(f"{type_}.{name}"):
                body.update(self._any([{"count": 2}, {"for_each": {"x": "one"}}]))

    def _change_lifecycle(self) -> None:
        if picked := self._pick():
            type_, name, body = picked
            body.pop("lifecycle", None)
            if self._chance(0.7):
                body["lifecycle"] = self._before(name)._lifecycle(type_)

    def _change_provider(self) -> None:
        block = self._any(self.stack["provider"]["huaweicloud"])
        if self._chance(0.3):
            block["region"] = self._any(REGIONS)
        else:
            block["enable_force_new"] = self._chance(0.7)

    def _change_output(self) -> None:
        name = f"o{self.random.randint(0, 3)}"
        if name in self.stack["output"] and self._chance(0.3):
            del self.stack["output"][name]
        else:
            self.stack["output"][name] = self._output()

    def _change_local(self) -> None:
        if self.stack["locals"]:
            name = self._any(list(self.stack["locals"]))
            self.stack["locals"][name] = self._before("a")._value()

    # Steps

    def _step(self, *, first: bool, last: bool) -> dict[str, Any]:
        step: dict[str, Any] = {"configuration": self._configuration()}
        self._choose_mode(step, first=first, last=last)
        if not first:
            self._choose_accidents(step)
        self._choose_variables(step)
        if self.stack["data"] or self.stack["check"]:
            step["files"] = {**step.get("files", {}), FILE: self.other.state()}
        return step

    def _configuration(self) -> dict[str, Any]:
        stack = copy.deepcopy(self.stack)
        stack["resource"] = {type_: bodies for type_, bodies in stack["resource"].items() if bodies}
        return {name: part for name, part in stack.items() if part}

    def _choose_mode(self, step: dict[str, Any], *, first: bool, last: bool) -> None:
        addresses = sorted({*self._addresses(), *self.past})
        if last and self._chance(0.4):
            step["mode"] = "destroy"
        elif not first and self._chance(0.12):
            step["mode"] = "refresh-only"
        elif addresses and self._chance(0.15):
            step["replace"] = self.random.sample(addresses, 1)
        addresses += [f"data.{type_}.{name}" for type_, bodies in self.stack["data"].items() for name in bodies]
        if addresses and self._chance(0.12):
            step["targets"] = self.random.sample(addresses, min(len(addresses), self.random.randint(1, 2)))
        if step.get("mode") != "refresh-only" and self._chance(0.1):
            step["refresh"] = False

    def _choose_accidents(self, step: dict[str, Any]) -> None:
        images = [address for address in self.past if address.startswith(IMAGE)]
        if images and self._chance(0.3):
            changes = [None, {"name": "changed"}, {"tags": ["x=y"]}, {"status": "active"}, {"min_disk": 60}]
            step["cloud"] = {address: self._any(changes) for address in self.random.sample(images, 1)}
        if self.past and self._chance(0.12):
            step["tainted"] = self.random.sample(self.past, 1)
        if self._chance(0.25):
            step["swap"] = True

    def _choose_variables(self, step: dict[str, Any]) -> None:
        files: dict[str, Any] = {}
        if self._chance(0.15):
            files["terraform.tfvars"] = 'size = 3 # three\ntags = {\n  team = "tfvars"\n}\n'
        if self._chance(0.1):
            files["terraform.tfvars.json"] = {"label": "json", "names": ["x", "q"]}
        if self._chance(0.1):
            files["b.auto.tfvars"] = 'label = "auto"\nmaybe = null\nfirm = null\n'
        if self._chance(0.1):
            files["a.auto.tfvars.json"] = {"label": "auto-json", "wish": {"name": "a"}}
        if self._chance(0.1):
            files["more.vars"] = 'size = "1"\nnames = ["x",\n  "m"]\n'
            step["arguments"] = ["-var-file=more.vars"]
        if files:
            step["files"] = files
        if self._chance(0.15):
            given = {"size": "3", "label": "given", "secret": "told", "names": '["x"]', "tags": '{team="var"}'}
            step["variables"] = dict(self.random.sample(sorted(given.items()), 2))
        if self._chance(0.1):
            step["environment"] = {"TF_VAR_label": "env", "TF_VAR_wish": '{name = "env"}', "TF_VAR_unknown": "1"}

    # What there is

    def _existing(self) -> list[tuple[str, str]]:
        return [(type_, name) for type_, bodies in self.stack["resource"].items() for name in bodies]

    def _resources(self) -> list[str]:
        return [f"{type_}.{name}" for type_, name in self._existing()]

    def _addresses(self) -> list[str]:
        """Return the addresses of instances that there may be."""
        found = []
        for type_, name in self._existing():
            body, address = self.stack["resource"][type_][name], f"{type_}.{name}"
            if "count" in body:
                found += [f"{address}[0]", f"{address}[1]"]
            elif "for_each" in body:
                found += [f'{address}["x"]', f'{address}["y"]', f'{address}["team"]']
            else:
                found.append(address)
        return found

    def _any(self, choices: Sequence[Any]) -> Any:
        return self.random.choice(choices)

    def _chance(self, probability: float) -> bool:
        return self.random.random() < probability
