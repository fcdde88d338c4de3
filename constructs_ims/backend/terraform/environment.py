"""The environment in which Terraform, or a command that starts it, works offline."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from constructs_ims.backend.provider.configuration import LocalService
from constructs_ims.backend.sandbox.directory import SANDBOX_VARIABLE, SandboxDirectory, SandboxError, write_private
from constructs_ims.backend.sandbox.environment import REGION_VARIABLE, region_of, without_account
from constructs_ims.backend.terraform.mirror import offline_installation, write_launcher
from constructs_ims.backend.terraform.providers import users_mirror

PROGRAM_VARIABLE: Final = "CONSTRUCTS_IMS_TERRAFORM"
"""Names the Terraform to run, in place of the first on PATH."""
PROGRAMS: Final = ("terraform", "tofu")
_BINARY: Final = "TERRAFORM_BINARY_NAME"
_LOCAL: Final = "127.0.0.1,localhost,::1"
_NOT_INHERITED: Final = frozenset(
    {
        # It would put this provider into the user's own cache, under the vendor's name.
        "TF_PLUGIN_CACHE_DIR",
        # They lead out of the sandbox: to another data directory, another provider or the stack's own backend.
        "TF_DATA_DIR",
        "TF_REATTACH_PROVIDERS",
        "TF_CLI_ARGS_init",
    }
)
_OF_OTHER_CLOUDS: Final = (
    *("AWS_", "AZURE_", "ARM_", "GOOGLE_", "GCLOUD_", "GCP_", "CLOUDSDK_", "ALICLOUD_", "ALIBABA_CLOUD_"),
    *("TENCENTCLOUD_", "OCI_", "IBMCLOUD_", "IC_", "DIGITALOCEAN_", "SPACES_", "HCLOUD_", "LINODE_", "VULTR_"),
    *("SCW_", "EXOSCALE_", "OVH_", "CLOUDFLARE_", "KUBE_", "KUBECONFIG", "HELM_", "GITHUB_TOKEN", "GITHUB_APP_"),
    *("GITLAB_TOKEN", "VAULT_", "CONSUL_", "NOMAD_", "DATADOG_", "DD_", "NEW_RELIC_", "PAGERDUTY_", "VSPHERE_"),
    *("PM_", "OKTA_", "AUTH0_", "SNOWFLAKE_", "TF_TOKEN_", "TFE_TOKEN"),
)
"""How the variables begin by which other clouds and services are signed in to."""
_SECRET: Final = re.compile(
    r"(SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|PRIVATE_?KEY|API_?KEY|ACCESS_?KEY|AUTH_?KEY|CREDENTIALS?)(_ID)?$|(_AUTH|_PAT)$"
    r"|^PG(PASSWORD|PASSFILE|SERVICEFILE)$",
    re.IGNORECASE,
)
"""How the names of credentials end, whichever service they are of."""


def named_program(environment: Mapping[str, str]) -> Path | None:
    """Return the Terraform that the environment names, None where it names none.

    Raise ``SandboxError`` when what it names is no program.
    """
    given = environment.get(PROGRAM_VARIABLE)
    if not given:
        return None
    found = shutil.which(given, path=environment.get("PATH"))
    if found is None:
        detail = (
            f"{PROGRAM_VARIABLE} names {given}, which is no program. Give the path of Terraform, or unset the variable "
            "for the one on PATH."
        )
        raise SandboxError("Program not found", detail)
    return Path(found)


def offline_environment(
    sandbox: SandboxDirectory, service: LocalService, environment: Mapping[str, str]
) -> dict[str, str]:
    """Return the environment of a command in the sandbox: no account's credentials, and the sandbox's own instead.

    Those of other clouds stay where the user names a mirror, for the providers in it. Raise ``SandboxError`` for a
    mirror that is not there.
    """
    kept = without_account(environment)
    child = prepare_environment(sandbox, kept if users_mirror(environment) else without_other_clouds(kept))
    binary = child.get(_BINARY, "")
    if os.sep in binary:
        child |= {PROGRAM_VARIABLE: binary, _BINARY: "terraform"}
    return child | {
        **service.to_environment(),
        SANDBOX_VARIABLE: str(sandbox.path),
        REGION_VARIABLE: region_of(environment),
        "HW_ACCESS_KEY": service.access_key,
        "HW_SECRET_KEY": service.secret_key,
        "PATH": os.pathsep.join([str(lay_programs(sandbox)), environment.get("PATH", os.defpath)]),
        "CDKTF_DISABLE_PLUGIN_CACHE_ENV": "1",  # else cdktf points Terraform at a cache in the user's home
        "DISABLE_VERSION_CHECK": "1",
        **{name: _with_local(environment.get(name, "")) for name in ("NO_PROXY", "no_proxy")},
    }


def prepare_environment(sandbox: SandboxDirectory, environment: Mapping[str, str]) -> dict[str, str]:
    """Return ``environment`` with which Terraform finds this package's provider and asks nobody for news.

    Terraform's configuration file is written into the sandbox; other providers come from the user's mirror alone.
    """
    path = sandbox.terraform / "terraform.rc"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(
        path, f"disable_checkpoint = true\n\n{offline_installation(mirror_of(sandbox), users_mirror(environment))}"
    )
    return {**inherited(environment), "TF_CLI_CONFIG_FILE": str(path)}


def lay_programs(sandbox: SandboxDirectory) -> Path:
    """Lay ``terraform`` and ``tofu`` that work on copies in the sandbox; return the folder, to stand first on PATH."""
    folder = programs_of(sandbox)
    for name in PROGRAMS:
        write_launcher(folder / name, "constructs_ims.backend.terraform.program", name)
    return folder


def inherited(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without what would lead Terraform out of the sandbox."""
    return {name: value for name, value in environment.items() if name not in _NOT_INHERITED}


def without_other_clouds(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without the credentials of other clouds and services."""
    return {name: value for name, value in environment.items() if not name.startswith(_OF_OTHER_CLOUDS)}


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for Terraform itself, whose provisioners run commands: without anybody's credentials.

    The sandbox's own (``HW_``) and the variables of stacks (``TF_VAR_``) stay.
    """
    return {
        name: value
        for name, value in without_other_clouds(environment).items()
        if name.startswith(("HW_", "TF_VAR_", "CONSTRUCTS_IMS_")) or not _SECRET.search(name)
    }


def programs_of(sandbox: SandboxDirectory) -> Path:
    """Return the folder of the programs that work on copies in the sandbox."""
    return sandbox.terraform / "bin"


def mirror_of(sandbox: SandboxDirectory) -> Path:
    """Return the filesystem mirror from which Terraform takes the provider in the sandbox."""
    return sandbox.terraform / "providers"


def _with_local(hosts: str) -> str:
    return f"{hosts},{_LOCAL}" if hosts else _LOCAL
