"""What the service has done and holds, in Prometheus' text format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from constructs_ims.backend.emulator.messages import Service

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


def metrics_text(service: Service) -> str:
    """Return the requests by operation and status since the start, and the images by status as they are now."""
    log, store = service.controls.log, service.store
    requests = [
        ({"operation": operation or "none", "status": str(status or "none")}, count)
        for (operation, status), count in sorted(log.totals().items(), key=str)
    ]
    images = [({"status": status}, count) for status, count in store.count_by_status().items()]
    return "".join(
        [
            _family("ims_requests_total", "counter", "Requests that came in, but those to /_emulator/.", requests),
            _family("ims_images", "gauge", "Images in all projects.", images),
            _family("ims_failures_pending", "gauge", "Failures that are to come.", [({}, _pending(service))]),
            _family(
                "ims_clock_advanced_seconds", "gauge", "What the clock was moved by.", [({}, store.clock.advanced)]
            ),
        ]
    )


def _pending(service: Service) -> int:
    return sum(failure.times for failure in service.controls.failures.pending())


def _family(name: str, kind: str, described: str, samples: Iterable[tuple[Mapping[str, str], float]]) -> str:
    lines = [f"# HELP {name} {described}", f"# TYPE {name} {kind}"]
    for labels, value in samples:
        named = ",".join(f'{label}="{text}"' for label, text in labels.items())
        lines.append(f"{name}{{{named}}} {value:g}" if named else f"{name} {value:g}")
    return "\n".join(lines) + "\n"
