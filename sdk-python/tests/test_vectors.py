"""`python -m niitaka.vectors`: the shared cases, and what it says when they differ."""

import contextlib
import io
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from client_case import SOURCE
from niitaka.vectors import check_case, main

VECTORS = Path(__file__).resolve().parents[2] / "vectors"


class Shared(unittest.TestCase):
    def test_every_case(self):
        """Every cost vector is exact (C1, C2)"""
        for name, count in (("cost.json", 9), ("cost-random.json", 150)):
            cases = json.loads((VECTORS / name).read_text("utf-8"))["cases"]
            self.assertEqual(len(cases), count)
            for case in cases:
                with self.subTest(case["id"]):
                    self.assertEqual(check_case(case), [])

    def test_command(self):
        """The command runs files and ends with 0 when all agree"""
        done = subprocess.run(
            [sys.executable, "-m", "niitaka.vectors", str(VECTORS / "cost.json")],
            env={"PYTHONPATH": str(SOURCE)},
            capture_output=True,
            text=True,
        )
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(done.stdout.endswith("cost.json: 9 cases, 0 differ\n"))


class Differences(unittest.TestCase):
    CASE = {
        "id": "one",
        "usage": {"format": "inclusive", "input_tokens": 1000, "output_tokens": 10},
        "prices": {"input": 0.5, "output": 3},
        "expected_nano_usd": 530000,
        "expected_cost_usd": 0.00053,
        "normalized": {"prompt_tokens": 1000, "uncached": 1000},
    }

    def run_main(self, *contents):
        with tempfile.TemporaryDirectory() as folder:
            files = []
            for index, content in enumerate(contents):
                files.append(Path(folder) / f"{index}.json")
                files[-1].write_text(content if isinstance(content, str) else json.dumps(content))
            out, err = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = main([str(each) for each in files])
            return code, out.getvalue().replace(f"{folder}/", ""), err.getvalue().replace(f"{folder}/", "")

    def test_agrees(self):
        """A case that agrees has no differences"""
        self.assertEqual(check_case(self.CASE), [])
        self.assertEqual(self.run_main({"cases": [self.CASE]}), (0, "0.json: 1 cases, 0 differ\n", ""))

    def test_differs(self):
        """Each difference names the key, what was expected and what was found; the exit code is 1"""
        wrong = {
            **self.CASE,
            "expected_nano_usd": 530001,
            "expected_cost_usd": 0.0005,
            "normalized": {"prompt_tokens": 5, "uncached": 1000, "colour": 1},
        }
        code, out, _ = self.run_main({"cases": [self.CASE, wrong]})
        self.assertEqual(code, 1)
        self.assertEqual(
            out.splitlines(),
            [
                "0.json: one: normalized.prompt_tokens: expected 5, found 1000",
                "0.json: one: normalized.colour: expected 1, found null",
                "0.json: one: expected_nano_usd: expected 530001, found 530000",
                "0.json: one: expected_cost_usd: expected 0.0005, found 0.000530000",
                "0.json: 2 cases, 1 differ",
            ],
        )

    def test_only_keys_that_are_there(self):
        """Without prices a case only normalises; keys it has not are not compared"""
        usage = {"format": "inclusive", "input_tokens": 3}
        self.assertEqual(check_case({"usage": usage, "expected_nano_usd": 7}), [])
        self.assertEqual(check_case({"usage": usage, "prices": {"input": 1, "output": 1}}), [])
        self.assertEqual(check_case({"usage": usage, "prices": None, "expected_nano_usd": None}), [])
        self.assertEqual(
            check_case({"usage": usage, "prices": None, "expected_nano_usd": 0}),
            ["expected_nano_usd: expected 0, found null"],
        )
        self.assertEqual(
            check_case({"usage": usage, "prices": {"input": 1, "output": 1}, "expected_cost_usd": None}),
            ["expected_cost_usd: expected null, found 0.000003000"],
        )

    def test_large_numbers(self):
        """Nano-USD beyond what a float holds are compared exactly"""
        case = {
            "usage": {"format": "inclusive", "input_tokens": 10**9, "output_tokens": 10**9},
            "prices": {"input": "99999999.123456789", "output": "0.000001"},
            "expected_nano_usd": 99_999_999_123_456_789_000 + 1_000_000,
        }
        self.assertEqual(check_case(case), [])
        case["expected_nano_usd"] += 1
        self.assertEqual(len(check_case(case)), 1)

    def test_bad_cases(self):
        """A case that cannot be run is a difference that says why"""
        self.assertEqual(check_case({}), ["expected an object `usage`, found null"])
        self.assertEqual(check_case({"usage": {"format": "x"}}), ['expected a known usage format, found "x"'])
        usage = {"format": "inclusive"}
        self.assertEqual(
            check_case({"usage": usage, "normalized": []}), ["expected an object `normalized`, found []"]
        )
        (line,) = check_case({"usage": usage, "prices": {"input": 1}})
        self.assertIn("output must be a decimal >= 0", line)
        self.assertEqual(len(check_case({"usage": usage, "prices": [1]})), 1)

    def test_bad_files(self):
        """A file that cannot be read is told, and the others still run"""
        code, out, err = self.run_main("not json", {"other": 1}, [], {"cases": [1]}, {"cases": [self.CASE]})
        self.assertEqual((code, out), (1, "4.json: 1 cases, 0 differ\n"))
        self.assertEqual(err.count("Cannot run "), 4)
        code, _, err = self.run_main()
        self.assertEqual((code, err), (2, "Cannot run vectors: no file given: python -m niitaka.vectors FILE...\n"))


if __name__ == "__main__":
    unittest.main()
