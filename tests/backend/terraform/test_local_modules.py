"""What local modules in Terraform's own syntax use of providers, however they are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from constructs_ims.backend.terraform.local_modules import module_calls, used_in_modules

HASHICORP = "registry.terraform.io/hashicorp/random"
PET = 'resource "random_pet" "x" {}\n'
MODULES = {
    "provider under another name": (
        'terraform {\n  required_providers {\n    chance = {\n      source = "hashicorp/random"\n'
        '      version = "~> 3" # one\n      configuration_aliases = [chance.o]\n    }\n  }\n}\n'
        'resource "random_pet" "x" {\n  provider = chance.o\n}\n',
        HASHICORP,
        "~> 3",
    ),
    "brace in a comment": (
        'terraform {\n  required_providers {\n    random = { # was {\n      source = "acme/random"\n    }\n  }\n}\n'
        f"{PET}",
        "registry.terraform.io/acme/random",
        "",
    ),
    "version alone": (
        f'terraform {{\n  required_providers {{\n    random = "3.5.1"\n  }}\n}}\n{PET}',
        HASHICORP,
        "3.5.1",
    ),
    "blocks in a text": (
        'resource "random_pet" "x" {\n  prefix = <<EOT\nresource "unheard_of" "y" {\n}\nEOT\n}\n',
        HASHICORP,
        None,
    ),
    "block in a comment": (f'/* resource "unheard_of" "y" {{}} */\n{PET}', HASHICORP, None),
    "provider within an argument": (
        'resource "random_pet" "x" {\n  keepers = {\n    provider = "aws"\n  }\n}\n',
        HASHICORP,
        None,
    ),
    "comments in texts": (
        f'variable "c" {{\n  default = "/*"\n}}\n{PET}variable "d" {{\n  default = "*/"\n}}\n',
        HASHICORP,
        None,
    ),
}


@pytest.mark.parametrize("case", MODULES)
def test_types_and_requirements_of_a_module_are_read(tmp_path: Path, case: str) -> None:
    text, source, version = MODULES[case]
    (tmp_path / "module").mkdir()
    (tmp_path / "module" / "main.tf").write_text(text)
    (tmp_path / "cdk.tf.json").write_text('{"module": {"m": {"source": "./module"}}}')

    used = used_in_modules(tmp_path)

    assert used.kinds == {(source, "managed", "random_pet")}
    assert used.constraints == (set() if version is None else {(source, version)})


def test_file_that_is_no_hcl_uses_nothing(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('module "m" {\n')

    assert list(module_calls(tmp_path)) == []


def test_calls_are_found_in_both_syntaxes(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'module "a" {\n  count  = 2\n  source = "./a"\n}\n# module "b" { source = "./b" }\n'
    )
    (tmp_path / "cdk.tf.json").write_text('{"module": {"c": {"source": "./c"}}}')

    assert list(module_calls(tmp_path)) == [("a", "./a"), ("c", "./c")]
