"""What every test shares: isolation from the machine, a number of made-up inputs, and the CDK that it runs with.

``CONSTRUCTS_IMS_EXAMPLES`` raises the number; the promise was counted with 10,000. With
``CONSTRUCTS_IMS_TEST_CDK=cdktn`` the tests that import ``cdktf`` get ``cdktn`` in its place.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

from .isolation import isolate
from .moved_cdk import move

isolate()
settings.register_profile(
    "constructs-ims",
    settings(),  # in CI, examples that are the same in every run
    max_examples=int(os.environ.get("CONSTRUCTS_IMS_EXAMPLES", "30")),
    deadline=None,  # a busy machine is no fault of the code
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("constructs-ims")

if os.environ.get("CONSTRUCTS_IMS_TEST_CDK") == "cdktn":
    move()
