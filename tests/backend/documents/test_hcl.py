"""Stacks as HCL: what is written, and that Terraform's formatter and reader agree."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.backend.documents.hcl import render_hcl

from ...generated import texts

STACK: dict[str, Any] = {
    "//": {"metadata": {"version": "0.21.0"}},
    "terraform": {
        "required_providers": {"huaweicloud": {"source": "huaweicloud/huaweicloud", "version": ">= 1.73.2"}},
        "backend": {"s3": {"bucket": "states", "skip_region_validation": True}},
    },
    "provider": {"huaweicloud": [{"region": "cn-north-4"}, {"region": "cn-south-1", "alias": "south"}]},
    "variable": {"size": {"type": "number", "default": 40, "validation": [{"condition": "${var.size > 1}"}]}},
    "locals": {"label": {"b": [1, 2], "a-b c": "${upper(var.size)}"}},
    "data": {"terraform_remote_state": {"other": {"backend": "local", "config": {"path": "x"}}}},
    "resource": {
        "terraform_data": {
            "second": {
                "//": {"metadata": {"path": "s/second"}},
                "count": 2,
                "input": 'a "quoted" ${var.size}-${join(",", ["}", "x"])}\nline $${kept} \\ ü',
                "provider": "huaweicloud.south",
                "depends_on": ["terraform_data.first"],
                "lifecycle": {"prevent_destroy": True, "ignore_changes": ["input"]},
                "provisioner": [{"local-exec": {"command": "true"}}],
            },
            "first": {},
        }
    },
    "output": {"id": {"value": "${terraform_data.first.id}", "sensitive": True}},
}

TEXT = """terraform {
  backend "s3" {
    bucket                 = "states"
    skip_region_validation = true
  }

  required_providers {
    huaweicloud = {
      source  = "huaweicloud/huaweicloud"
      version = ">= 1.73.2"
    }
  }
}

provider "huaweicloud" {
  region = "cn-north-4"
}

provider "huaweicloud" {
  alias  = "south"
  region = "cn-south-1"
}

variable "size" {
  default = 40
  type    = number

  validation {
    condition = var.size > 1
  }
}

locals {
  label = {
    "a-b c" = upper(var.size)
    b       = [1, 2]
  }
}

data "terraform_remote_state" "other" {
  backend = "local"
  config = {
    path = "x"
  }
}

resource "terraform_data" "first" {}

resource "terraform_data" "second" {
  count      = 2
  depends_on = [terraform_data.first]
  input      = "a \\"quoted\\" ${var.size}-${join(",", ["}", "x"])}\\nline $${kept} \\\\ ü"
  provider   = huaweicloud.south

  lifecycle {
    ignore_changes  = [input]
    prevent_destroy = true
  }

  provisioner "local-exec" {
    command = "true"
  }
}

output "id" {
  sensitive = true
  value     = terraform_data.first.id
}
"""


def test_stack_is_written_in_order() -> None:
    assert render_hcl(STACK) == TEXT


VALUES = {
    "null": (None, "null"),
    "number": (1.5, "1.5"),
    "empty text": ("", '""'),
    "expression": ("${a.b}", "a.b"),
    "two expressions": ("${a.b}${c.d}", '"${a.b}${c.d}"'),
    "expression with braces": ('${merge({a = "}"}, b)}', 'merge({a = "}"}, b)'),
    "expression with a template": ('${"x${"}"}y"}', '"x${"}"}y"'),
    "directive": ("%{ if a }b%{ endif }", '"%{ if a }b%{ endif }"'),
    "escaped template": ("$${a}", '"$${a}"'),
    "open expression": ("${a", '"${a"'),
    "open expression behind a text": ('${"a"', r'"${\"a\""'),
    "control characters": ("a\tb\u0001", '"a\\tb\\u0001"'),
    "short list": (["a", 1], '["a", 1]'),
    "list of objects": ([{"a": 1}], "[\n    {\n      a = 1\n    },\n  ]"),
    "empty object": ({}, "{}"),
}


@pytest.mark.parametrize(("value", "text"), VALUES.values(), ids=VALUES)
def test_values(value: Any, text: str) -> None:
    assert render_hcl({"locals": {"a": value}}) == f"locals {{\n  a = {text}\n}}\n"


def test_long_lists_have_a_line_for_each_element() -> None:
    names = [f"name-{number:02}" for number in range(10)]

    assert render_hcl({"locals": {"a": names}}).count("\n") == 14


def test_empty_stack_is_an_empty_text() -> None:
    assert render_hcl({}) == render_hcl({"//": {}}) == ""


def test_order_of_keys_does_not_count() -> None:
    def turned(value: Any) -> Any:
        return {key: turned(value[key]) for key in reversed(value)} if isinstance(value, dict) else value

    assert render_hcl(turned(STACK)) == render_hcl(STACK)


@pytest.fixture(scope="module")
def terraform() -> str:
    found = shutil.which("terraform")
    if found is None:
        pytest.fail("no terraform") if os.environ.get("CI") == "true" else pytest.skip("terraform is not on PATH")
    return found


@pytest.mark.e2e
def test_terraforms_formatter_changes_nothing(terraform: str) -> None:
    text = render_hcl(STACK)
    ran = subprocess.run([terraform, "fmt", "-"], input=text, capture_output=True, text=True, check=True)

    assert ran.stdout == text


@pytest.mark.e2e
def test_terraform_reads_the_same_values(terraform: str, tmp_path: Path) -> None:
    values = {"text": 'a "b" \\ \n\t ü $${x} %%{y}', "list": [1, "a", None, True], "object": {"a b": {"c": [{}]}}}
    stack = {"output": {name: {"value": value} for name, value in values.items()}}
    folders = {"hcl": render_hcl(stack), "json": json.dumps(stack)}
    planned = []
    for name, text in folders.items():
        folder = tmp_path / name
        folder.mkdir()
        (folder / ("main.tf" if name == "hcl" else "main.tf.json")).write_text(text)
        environment = {**os.environ, "CHECKPOINT_DISABLE": "1"}
        for words in (["init"], ["plan", "-out=plan"]):
            subprocess.run([terraform, *words], cwd=folder, env=environment, capture_output=True, check=True)
        show = [terraform, "show", "-json", "plan"]
        ran = subprocess.run(show, cwd=folder, env=environment, capture_output=True, text=True, check=True)
        planned.append(json.loads(ran.stdout)["planned_values"])

    assert planned[0] == planned[1]


PIECES = ["${", "%{", "}", "{", '"', "\\", "$${", "%%{", "~", "$", "a.b", "if a"]
TEXTS = texts(PIECES)


@given(st.recursive(st.none() | TEXTS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner)))
def test_any_value_is_written(value: Any) -> None:
    text = render_hcl({"locals": {"a": value}})

    assert text.startswith("locals {\n")
    assert text.endswith("\n}\n")
