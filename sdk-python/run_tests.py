"""Runs every tests/test_*.py (or those named) and ends with one line: `N passed, N failed`."""

from __future__ import annotations

import sys
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "src"), str(HERE / "tests")]


class Result(unittest.TextTestResult):
    """Counts what passed as well."""

    passed = 0

    def addSuccess(self, test: unittest.TestCase) -> None:
        super().addSuccess(test)
        self.passed += 1


def main(names: "list[str]") -> int:
    """Exit code 0 when something ran and nothing failed."""
    modules = names or sorted(path.stem for path in (HERE / "tests").glob("test_*.py"))
    passed = failed = 0
    for module in modules:
        began = time.monotonic()
        suite = unittest.defaultTestLoader.loadTestsFromName(module)
        runner = unittest.TextTestRunner(verbosity=0, resultclass=Result, stream=sys.stderr, warnings="error")
        result = runner.run(suite)
        bad = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
        passed += result.passed
        failed += bad
        print(f"{module}: {result.passed} passed, {bad} failed, {time.monotonic() - began:.1f} s", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main([Path(name).stem for name in sys.argv[1:]]))
