"""What the analysis asks for modules: parsed once, from the cache, or ahead of time by other processes."""

from __future__ import annotations

import subprocess
import threading
from collections import deque
from collections.abc import Iterable
from types import TracebackType
from typing import Self

import msgspec

from flowmap.syntax import ir, worker
from flowmap.syntax.cache import ParseCache, decoded, encoded, key_of
from flowmap.syntax.unreadable import Unreadable


class _Task:
    """A source that was handed to the workers; `answer` is its encoded IR, None when its worker died."""

    __slots__ = ("answer", "done", "source", "taken")

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.taken = False
        self.done = threading.Event()
        self.answer: bytes | None = None


class _Workers:
    """Processes that work off one queue, each fed by a thread of ours."""

    def __init__(self, jobs: int) -> None:
        self._queue: deque[_Task] = deque()
        self._lock = threading.Condition()
        self._closed = False
        self._processes: list[subprocess.Popen[bytes]] = []
        self._feeders = [threading.Thread(target=self._feed, daemon=True) for _ in range(jobs)]
        for feeder in self._feeders:
            feeder.start()

    def add(self, task: _Task) -> None:
        with self._lock:
            self._queue.append(task)
            self._lock.notify()

    def take_back(self, task: _Task) -> bool:
        """Whether no worker has begun the task, which now none will."""
        with self._lock:
            if task.taken:
                return False
            task.taken = True
            return True

    def close(self) -> None:
        """End the workers; what they have not begun stays undone."""
        with self._lock:
            self._closed = True
            self._queue.clear()
            self._lock.notify_all()
            processes = list(self._processes)
        for process in processes:
            process.kill()
        for feeder in self._feeders:
            feeder.join()

    def _next(self) -> _Task | None:
        with self._lock:
            while True:
                if self._closed:
                    return None
                while self._queue:
                    task = self._queue.popleft()
                    if not task.taken:
                        task.taken = True
                        return task
                self._lock.wait()

    def _feed(self) -> None:
        process: subprocess.Popen[bytes] | None = None
        while (task := self._next()) is not None:
            try:
                process = process or self._started()
                if process is not None and process.stdin and process.stdout:
                    worker.send(process.stdin, task.source)
                    task.answer = worker.receive(process.stdout)
            except OSError:
                task.answer = None
            if task.answer is None and process is not None:
                ended(process)
                process = None
            task.done.set()
        if process is not None:
            ended(process)

    def _started(self) -> subprocess.Popen[bytes] | None:
        process = worker.start()
        with self._lock:
            if not self._closed:
                self._processes.append(process)
                return process
        ended(process)
        return None


def ended(process: subprocess.Popen[bytes]) -> None:
    """End a worker, whatever state it is in."""
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream:
            try:
                stream.close()
            except OSError:
                continue


def _sound(answer: bytes | None) -> ir.Module | Unreadable | None:
    try:
        return None if answer is None else decoded(answer)
    except msgspec.MsgspecError:
        return None


class Frontend:
    """Modules by their content: `hits` counts those that came from the cache, `misses` those that were parsed.

    With `jobs`, that many processes parse ahead what `prefetch` names. They change when an answer is there, never
    which. Use as a context manager, or call `close`, to end them.
    """

    def __init__(self, cache: ParseCache | None = None, jobs: int = 0) -> None:
        self._cache = cache or ParseCache(None)
        self._jobs = jobs
        self._workers: _Workers | None = None
        self._known: dict[str, ir.Module | Unreadable] = {}
        self._tasks: dict[str, _Task] = {}
        self.hits = 0
        self.misses = 0

    def module(self, name: str, content: bytes) -> ir.Module | Unreadable:
        """The IR of a file's content, or why there is none. The result does not depend on `name`."""
        key = key_of(content)
        if key in self._known:
            return self._known[key]
        result = self._cache.load(key)
        if result is not None:
            self.hits += 1
        else:
            self.misses += 1
            result = self._parsed(name, key, content)
        self._known[key] = result
        return result

    def prefetch(self, sources: Iterable[tuple[str, bytes]]) -> None:
        """Let the workers parse these (name, content), as far as they are in no cache yet."""
        if self._jobs < 1:
            return
        for _, content in sources:
            key = key_of(content)
            if key in self._known or key in self._tasks or self._cache.has(key):
                continue
            if self._workers is None:
                self._workers = _Workers(self._jobs)
            task = self._tasks[key] = _Task(content)
            self._workers.add(task)

    def close(self) -> None:
        """End the workers."""
        if self._workers is not None:
            self._workers.close()
            self._workers = None
        self._tasks.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _parsed(self, name: str, key: str, content: bytes) -> ir.Module | Unreadable:
        task = self._tasks.pop(key, None)
        if task is not None and self._workers is not None and not self._workers.take_back(task):
            task.done.wait()
            result = _sound(task.answer)
            if result is not None and task.answer is not None:
                self._cache.store(key, task.answer)
                return result
        # libcst takes a fifth of a second to load, and only what no cache holds needs it.
        from flowmap.syntax.parse import parse  # noqa: PLC0415  # loads much, and is not always needed

        result = parse(content, name)
        self._cache.store(key, encoded(result))
        return result
