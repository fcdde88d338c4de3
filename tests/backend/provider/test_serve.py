"""The provider as a process, spoken to as Terraform does."""

from __future__ import annotations

import base64
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import msgpack
import pytest
from tf.gen import grpc_controller_pb2, grpc_controller_pb2_grpc, tfplugin_pb2_grpc
from tf.gen import tfplugin_pb2 as pb

from constructs_ims.schema.image_metadata import RESOURCE_TYPE

ROOT = Path(__file__).parents[3]
COOKIE = {"TF_PLUGIN_MAGIC_COOKIE": "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"}
COMMAND = [sys.executable, "-m", "constructs_ims.cli.provider"]


def start(**environment: str) -> subprocess.Popen[str]:
    child = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.Popen(COMMAND, env=child, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def plugin() -> Iterator[subprocess.Popen[str]]:
    with start(**COOKIE) as process:
        yield process
        process.kill()


@pytest.fixture
def channel(plugin: subprocess.Popen[str]) -> Iterator[grpc.Channel]:
    assert plugin.stdout is not None
    core, protocol, network, address, kind, certificate = plugin.stdout.readline().strip().split("|")
    assert (core, protocol, network, kind) == ("1", "6", "unix", "grpc")
    padded = certificate + "=" * (-len(certificate) % 4)
    trusted = ssl.DER_cert_to_PEM_cert(base64.b64decode(padded)).encode()
    options = [("grpc.ssl_target_name_override", "localhost")]
    with grpc.secure_channel(f"unix:{address}", grpc.ssl_channel_credentials(trusted), options) as channel:
        yield channel
    assert not Path(address).exists() or plugin.poll() is None


def test_it_answers_and_ends_when_told(plugin: subprocess.Popen[str], channel: grpc.Channel):
    provider = tfplugin_pb2_grpc.ProviderStub(channel)
    schema = provider.GetProviderSchema(pb.GetProviderSchema.Request(), timeout=60)
    assert list(schema.resource_schemas) == [RESOURCE_TYPE]
    grpc_controller_pb2_grpc.GRPCControllerStub(channel).Shutdown(grpc_controller_pb2.Empty(), timeout=60)
    assert plugin.wait(timeout=60) == 0
    assert plugin.stderr is not None
    assert plugin.stderr.read() == ""


def test_a_failure_of_its_own_becomes_a_diagnostic(channel: grpc.Channel):
    provider = tfplugin_pb2_grpc.ProviderStub(channel)
    broken = pb.ReadResource.Request(
        type_name=RESOURCE_TYPE, current_state=pb.DynamicValue(msgpack=msgpack.packb({"id": "6d1e"}))
    )
    [fault] = provider.ReadResource(broken, timeout=60).diagnostics
    assert fault.summary == "Provider failed"
    assert "not configured" in fault.detail


def test_objects_of_other_types_cannot_become_images(channel: grpc.Channel):
    provider = tfplugin_pb2_grpc.ProviderStub(channel)
    request = pb.MoveResourceState.Request(source_type_name="aws_ami", target_type_name=RESOURCE_TYPE)
    [fault] = provider.MoveResourceState(request, timeout=60).diagnostics
    assert fault.detail.startswith("aws_ami objects cannot become")


@pytest.mark.parametrize("name", ["x" * 120, "with a blank", "100%25", "a|b", "\u00fc" * 40], ids=ascii)
def test_it_listens_whatever_the_temporary_directory_is_called(tmp_path: Path, name: str):
    (tmp_path / name).mkdir()
    with start(**COOKIE, TMPDIR=str(tmp_path / name)) as process:
        assert process.stdout is not None
        fields = process.stdout.readline().strip().split("|")
        process.kill()
    assert fields[2] == "unix"
    assert len(os.fsencode(fields[3])) < 104


def test_it_does_nothing_when_started_by_hand():
    with start() as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert "constructs-ims provider install" in err
