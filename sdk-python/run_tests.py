"""Runs every tests/test_*.py (or those named) and ends with one line: `N passed, N failed`.

Tests of provider libraries run once for each set of libraries, in an environment of their own that is made when it is
missing.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "src"), str(HERE / "tests")]

from library_environment import SETS, Unavailable, python_with  # noqa: E402

#: Names the set of libraries in whose environment this program runs.
SET_VARIABLE = "NIITAKA_TEST_LIBRARIES"


class Result(unittest.TextTestResult):
    """Counts what passed as well."""

    passed = 0

    def addSuccess(self, test: unittest.TestCase) -> None:
        super().addSuccess(test)
        self.passed += 1


def main(names: "list[str]") -> int:
    """Exit code 0 when something ran and nothing failed."""
    modules = names or sorted(path.stem for path in (HERE / "tests").glob("test_*.py"))
    libraries = os.environ.get(SET_VARIABLE, "")
    apart = [] if libraries else [each for each in modules if needs_libraries(each)]
    counts = [run_here(each, libraries) for each in modules if each not in apart]
    counts += [run_with(each, apart) for each in SETS if apart]
    passed, failed = (sum(each[place] for each in counts) for place in (0, 1))
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 and passed > 0 else 1


def needs_libraries(module: str) -> bool:
    path = HERE / "tests" / f"{module}.py"
    return path.exists() and "from library_case import" in path.read_text(encoding="utf-8")


def run_here(module: str, libraries: str) -> "tuple[int, int]":
    began = time.monotonic()
    suite = unittest.defaultTestLoader.loadTestsFromName(module)
    runner = unittest.TextTestRunner(verbosity=0, resultclass=Result, stream=sys.stderr, warnings="error")
    result = runner.run(suite)
    bad = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    shown = f"{module} ({libraries} libraries)" if libraries else module
    print(f"{shown}: {result.passed} passed, {bad} failed, {time.monotonic() - began:.1f} s", flush=True)
    return result.passed, bad


def run_with(libraries: str, modules: "list[str]") -> "tuple[int, int]":
    """The same in the environment of a set of libraries."""
    try:
        python = python_with(libraries)
    except Unavailable as trouble:
        print(trouble, file=sys.stderr, flush=True)
        return 0, 1
    environ = {**os.environ, SET_VARIABLE: libraries}
    program = subprocess.run([str(python), __file__, *modules], env=environ, stdout=subprocess.PIPE, text=True)
    *lines, last = program.stdout.splitlines() or [""]
    print("\n".join(lines), flush=True)
    counts = re.fullmatch(r"(\d+) passed, (\d+) failed", last)
    if counts is None:
        print(f"{last}\nthe tests with the {libraries} libraries ended with {program.returncode}", flush=True)
        return 0, 1
    return int(counts.group(1)), int(counts.group(2))


if __name__ == "__main__":
    sys.exit(main([Path(name).stem for name in sys.argv[1:]]))
