"""Runs the provider as a plugin process: the handshake on standard output, then gRPC on a private socket."""

from __future__ import annotations

import base64
import os
import re
import signal
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, NoReturn

import grpc
from tf.gen import grpc_controller_pb2 as controller_pb
from tf.gen import grpc_controller_pb2_grpc as controller_rpc
from tf.gen import grpc_stdio_pb2_grpc as stdio_rpc
from tf.gen import tfplugin_pb2_grpc as rpc

from constructs_ims.backend.provider.certificate import self_signed_certificate
from constructs_ims.backend.provider.servicer import Servicer

_CORE_PROTOCOL: Final = 1
_PLUGIN_PROTOCOL: Final = 6
_THREADS: Final = 10
_PARENT_CHECK: Final = 1.0
_GRACE: Final = 1.0
_SOCKET_PARENT: Final = re.compile(r"[\w./~+-]{1,64}", re.ASCII)
_SHORT_TEMPORARY: Final = "/tmp"  # noqa: S108, the directory made below it is private


def serve(servicer: Servicer) -> NoReturn:
    """Serve until Terraform says goodbye, or is gone; end the process then.

    The interpreter is left as it is: taking it apart takes a tenth of a second of each phase of a run.
    """
    finished = threading.Event()
    server = _server(servicer, finished)
    _leave_interrupts_to_terraform()
    with tempfile.TemporaryDirectory(prefix="ims-provider-", dir=_socket_parent(tempfile.gettempdir())) as directory:
        socket = os.path.join(directory, "plugin.sock")
        certificate = self_signed_certificate()
        # Terraform offers a client certificate on a curve (P-521) that gRPC's TLS library does not take, so only the
        # server proves itself; the socket lies in a directory that no other user may enter.
        pair = (certificate.key, certificate.pem)
        server.add_secure_port(f"unix:{socket}", grpc.ssl_server_credentials([pair]))
        server.start()
        _shake_hands(socket, certificate.der)
        _wait(finished)
        server.stop(_GRACE).wait()
    os._exit(0)


def _socket_parent(temporary: str) -> str:
    """Return where the socket's directory is made: the temporary directory unless no socket can be named below it.

    A Unix socket's path has at most 104 bytes (108 on Linux), gRPC decodes ``%`` in it, and the handshake is divided
    by ``|``.
    """
    return temporary if _SOCKET_PARENT.fullmatch(temporary) else _SHORT_TEMPORARY


def _server(servicer: Servicer, finished: threading.Event) -> Any:
    server = grpc.server(ThreadPoolExecutor(max_workers=_THREADS), options=[("grpc.max_receive_message_length", -1)])
    rpc.add_ProviderServicer_to_server(servicer, server)
    controller_rpc.add_GRPCControllerServicer_to_server(_Controller(finished), server)
    stdio_rpc.add_GRPCStdioServicer_to_server(_Stdio(), server)
    return server


class _Controller(controller_rpc.GRPCControllerServicer):  # type: ignore[misc]  # generated without types
    def __init__(self, finished: threading.Event) -> None:
        self._finished = finished

    def Shutdown(self, request: Any, context: Any) -> Any:  # noqa: N802, the protocol's name
        self._finished.set()
        return controller_pb.Empty()


class _Stdio(stdio_rpc.GRPCStdioServicer):  # type: ignore[misc]  # generated without types
    def StreamStdio(self, request: Any, context: Any) -> Any:  # noqa: N802, the protocol's name
        return iter(())


def _leave_interrupts_to_terraform() -> None:
    """Ignore Ctrl-C, which a terminal sends to every process: Terraform asks its plugins to stop when it is time."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _shake_hands(socket: str, certificate: bytes) -> None:
    encoded = base64.b64encode(certificate).decode().rstrip("=")
    line = "|".join([str(_CORE_PROTOCOL), str(_PLUGIN_PROTOCOL), "unix", socket, "grpc", encoded])
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _wait(finished: threading.Event) -> None:
    """Wait until the end, and do not outlive a Terraform that was killed."""
    parent = os.getppid()
    while not finished.wait(_PARENT_CHECK) and os.getppid() == parent:
        pass
