"""A copy of the sources in which a fault can be tried: the checkout itself is never changed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from fixprop.errors import FixpropError
from fixprop.reliability.mutation.mutant import Mutant
from fixprop.saturation import COUNTING
from fixprop.toolchain import PROJECT_ROOT, require_tool

FOLDERS = ("docs", "host", "firmware", "tests")
WITHOUT = shutil.ignore_patterns("__pycache__", ".pio", "*.pyc", "web", "node_modules")
WORKER = Path(__file__).with_name("worker.py")
LIBRARY = Path("firmware/lib/fixprop/src")
LOOPS = Path("host/fixprop/native.c")
OF_THE_CORE = ("fixprop", "fixprop_counting", "scaling")  # built again for each fault
TEST_CPU_S = 12  # the longest test takes 5
PASSED, FAILED = 0, 1  # pytest's statuses


class Copy:
    """A copy in `folder`, with a worker that runs tests in it; a context manager."""

    def __init__(
        self, folder: Path, root: Path = PROJECT_ROOT, test_cpu_s: int = TEST_CPU_S
    ) -> None:
        self.folder, self.test_cpu_s = folder, test_cpu_s
        for name in FOLDERS:
            if (root / name).is_dir():
                shutil.copytree(root / name, folder / name, ignore=WITHOUT, dirs_exist_ok=True)
        shutil.copy(root / "pyproject.toml", folder)
        self._written = 0
        self._worker = self._start()

    def _start(self) -> subprocess.Popen[str]:
        changed = {
            "PYTHONPATH": f"{self.folder / 'host'}{os.pathsep}{self.folder}",
            "FIXPROP_NATIVE_CFLAGS": "-O1 -w",
            "OPENBLAS_NUM_THREADS": "1",  # threads do not survive a fork
        }
        return subprocess.Popen(
            [sys.executable, "-P", str(WORKER)],
            cwd=self.folder,
            env=os.environ | changed,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Copy:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        assert self._worker.stdin is not None
        self._worker.stdin.close()
        self._worker.wait()

    def source(self, path: Path) -> bytes:
        """A file of the copy."""
        return (self.folder / path).read_bytes()

    def write(self, path: Path, source: bytes) -> None:
        """Change a file, its time too, so that no compiled form of another one is taken for it."""
        target = self.folder / path
        target.write_bytes(source)
        self._written += 1
        os.utime(target, (self._written, self._written))

    def test(self, tests: Sequence[str]) -> bool:
        """True if all pass."""
        return self._ended(tests, keep=True)

    def _ended(self, tests: Sequence[str], keep: bool) -> bool:
        assert self._worker.stdin is not None and self._worker.stdout is not None
        asked = {"tests": list(tests), "test_cpu_s": self.test_cpu_s, "keep": keep}
        self._worker.stdin.write(json.dumps(asked) + "\n")
        self._worker.stdin.flush()
        answer = self._worker.stdout.readline()
        for name in OF_THE_CORE:
            for library in (self.folder / "build").glob(f"lib{name}-*.so"):
                library.unlink()
        if not answer:
            raise FixpropError(f"the worker in {self.folder} ended; run {WORKER.name} there")
        status = int(json.loads(answer)["status"])
        if keep and status not in (PASSED, FAILED):  # with a fault, whatever else is a kill too
            raise FixpropError(f"pytest in {self.folder} ended with {status}; run it there")
        return status == PASSED

    def survives(self, mutant: Mutant, tests: Sequence[str]) -> bool:
        """True if no test sees the fault. The first file runs alone: most faults end there."""
        source = self.source(mutant.path)
        self.write(mutant.path, mutant.applied(source))
        try:
            groups = [group for group in (tests[:1], tests[1:]) if group]
            return all(self._ended(group, keep=False) for group in groups)
        finally:
            self.write(mutant.path, source)

    def machine_code(self, mutant: Mutant | None = None) -> str | None:
        """A digest of what the compiler makes of the library that counts what saturates, which
        has every line of the one that does not; None if it refuses.
        """
        source = self.source(mutant.path) if mutant else b""
        if mutant:
            self.write(mutant.path, mutant.applied(source))
        try:
            return self._compiled()
        finally:
            if mutant:
                self.write(mutant.path, source)

    def _compiled(self) -> str | None:
        folder, made = self.folder / LIBRARY, self.folder / "compiled.so"
        command = [require_tool(os.environ.get("CC", "cc"), "gcc libc6-dev"), "-std=c11", "-O2"]
        command += ["-w", "-fPIC", "-shared", COUNTING, f"-I{folder}", "-o", str(made)]
        command += [str(self.folder / LOOPS), *map(str, sorted(folder.glob("*.c")))]
        run = subprocess.run(command, capture_output=True, check=False)
        return hashlib.sha256(made.read_bytes()).hexdigest() if run.returncode == 0 else None
