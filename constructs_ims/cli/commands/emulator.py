"""``constructs-ims emulator``: serves a local IMS until it is interrupted."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Final

from constructs_ims.backend.emulator import Account, EmulatorError, Store, create_app
from constructs_ims.backend.emulator.app import refuse_upload
from constructs_ims.backend.emulator.controls import Controls
from constructs_ims.backend.emulator.hosts import is_loopback
from constructs_ims.backend.emulator.server import EmulatorServer
from constructs_ims.backend.sandbox.directory import KeyPair, SandboxDirectory, SandboxError
from constructs_ims.backend.sandbox.environment import DEFAULT_REGION
from constructs_ims.backend.sandbox.local_service import only_server

_MOST_PORTS: Final = 65535


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="address to listen on (default: %(default)s); beyond this machine /_emulator/ needs the key pair too",
    )
    parser.add_argument("--port", type=_port, default=8765, help="port; 0 takes a free one (default: %(default)s)")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="directory that keeps the images and the key pair (default: in memory)"
    )
    parser.add_argument("--region", default=DEFAULT_REGION, help="the account's region (default: %(default)s)")
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a name, besides this machine's, by which it may be called; may be given several times",
    )
    parser.add_argument("--json", action="store_true", help="print one line of JSON when ready")


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted."""
    try:
        with ExitStack() as held:
            account, database, tell = _world(arguments, held)
            store = held.enter_context(Store(database))
            server = held.enter_context(_server(arguments, store, account))
            tell(server.endpoint)
            _close_on_signals(server)
            print(_announcement(server.endpoint, account, as_json=arguments.json), flush=True)
            server.wait()
    except (EmulatorError, SandboxError) as failure:
        print(f"Error: {failure}", file=sys.stderr)
        return 1
    return 0


def _server(arguments: argparse.Namespace, store: Store, account: Account) -> EmulatorServer:
    controls, host = Controls(), arguments.host
    app = create_app(store, account, host=host, allow_hosts=arguments.allow_host, controls=controls)
    return EmulatorServer(
        app,
        host=host,
        port=arguments.port,
        refuse_upload=partial(refuse_upload, account, beyond_loopback=not is_loopback(host)),
        may_wait=controls.failures.may_delay,
    )


def _world(arguments: argparse.Namespace, held: ExitStack) -> tuple[Account, Path | str, Callable[[str], None]]:
    if arguments.data is None:
        return _account(KeyPair.generate(), arguments.region), ":memory:", lambda _: None
    directory = SandboxDirectory(arguments.data.absolute(), named_by="--data")
    directory.create()
    tell = held.enter_context(only_server(directory))
    return _account(directory.key_pair(), arguments.region), directory.database, tell


def _account(pair: KeyPair, region: str) -> Account:
    return Account(pair.access_key, pair.secret_key, region, password=pair.password)


def _close_on_signals(server: EmulatorServer) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: server.request_close())


def _announcement(endpoint: str, account: Account, *, as_json: bool) -> str:
    facts = {
        "endpoint": endpoint,
        "region": account.region,
        "project_id": account.default_project.id,
        "access_key": account.access_key,
        "secret_key": account.secret_key,
        "auth_url": f"{endpoint}/v3",
        "username": account.user_name,
        "password": account.password,
        "domain_name": account.domain_name,
    }
    if as_json:
        return json.dumps(facts)
    width = max(map(len, facts))
    rows = [f"  {name:<{width}}  {value}" for name, value in facts.items()]
    return "\n".join(["Serving IMS. Press Ctrl-C to stop.", *rows])


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= _MOST_PORTS):
        raise argparse.ArgumentTypeError(f'"{text}" is no port. Use 0 to {_MOST_PORTS}.')
    return int(text)
