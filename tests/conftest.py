"""What every test shares: isolation from the machine, and how many inputs a test takes that makes its inputs up.

``CONSTRUCTS_IMS_EXAMPLES`` raises it; the promise was counted with 10,000.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

from .isolation import isolate

isolate()
settings.register_profile(
    "constructs-ims",
    settings(),  # in CI, examples that are the same in every run
    max_examples=int(os.environ.get("CONSTRUCTS_IMS_EXAMPLES", "30")),
    deadline=None,  # a busy machine is no fault of the code
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("constructs-ims")
