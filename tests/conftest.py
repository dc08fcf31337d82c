"""What holds for all tests: machines are shared, so that how long an example takes says nothing."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("flowmap", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("flowmap")
