"""What is made once for all property tests."""

from __future__ import annotations

import pytest

from tests.properties.pythons import NoPythonError, environment, other_versions


@pytest.fixture(scope="session", params=other_versions())
def python(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An interpreter of each other version, with flowmap's dependencies."""
    try:
        return environment(request.param, tmp_path_factory.mktemp("pythons"))
    except NoPythonError as error:
        pytest.skip(str(error))
