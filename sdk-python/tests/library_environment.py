"""Environments with the genuine provider libraries: made with pip where they are missing, and kept."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
KEPT = HERE.parent / ".cache" / "libraries"
#: Sets of libraries that the tests run with, by the files that pin them.
SETS = ("newest", "older")
#: Seconds that pip may take for one set.
INSTALL_SECONDS = 600


class Unavailable(Exception):
    """An environment cannot be made; it says what was tried and what came of it."""


def python_with(libraries):
    """The interpreter of an environment that has a set of libraries."""
    pins = HERE / "libraries" / f"{libraries}.txt"
    mark = hashlib.sha256(f"{sys.version}\n{sys.executable}\n{pins.read_text()}".encode()).hexdigest()[:12]
    folder = KEPT / f"{libraries}-{mark}"
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    if (folder / "ready").exists():
        return python
    for former in KEPT.glob(f"{libraries}-*"):
        shutil.rmtree(former, ignore_errors=True)
    print(f"Installing the provider libraries of {pins.relative_to(HERE.parent)} ...", flush=True)
    _run([sys.executable, "-m", "venv", str(folder)], "on Debian: apt-get install python3-venv")
    _run(
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", str(pins)],
        "the package index must be reachable",
    )
    (folder / "ready").touch()
    return python


def _run(command, hint):
    shown = " ".join(command)
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as trouble:
        raise Unavailable(f"Cannot test with provider libraries ({hint}): {shown}: {trouble}") from None
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()[-2000:]
        raise Unavailable(f"Cannot test with provider libraries ({hint}): {shown} ended with {done.returncode}:\n{said}")
