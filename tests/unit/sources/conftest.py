"""An index and a cache of their own for each test, and an environment in which no other index is configured."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowmap.sources.cache import Cache
from flowmap.sources.config import IndexSettings
from tests.unit.sources.archives import FileIndex


@pytest.fixture
def index(tmp_path: Path) -> FileIndex:
    return FileIndex(tmp_path / "index")


@pytest.fixture
def settings(index: FileIndex) -> IndexSettings:
    return IndexSettings(index_url=index.url)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")
