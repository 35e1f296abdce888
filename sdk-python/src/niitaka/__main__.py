"""`python -m niitaka doctor [--delete-orphans]`."""

from __future__ import annotations

import sys
from typing import List

from ._doctor import delete_orphans, examine, orphan_folders
from ._options import read_options

USAGE = "usage: python -m niitaka doctor [--delete-orphans]"


def main(arguments: List[str]) -> int:
    """Exit code 0 when every check is good, 1 when one is not, 2 for a wrong call."""
    if arguments not in (["doctor"], ["doctor", "--delete-orphans"]):
        print(USAGE, file=sys.stderr)
        return 2
    try:
        options = read_options()
    except ValueError as trouble:
        print(f"NIITAKA_URL: {trouble}", file=sys.stderr)
        return 1
    if "--delete-orphans" in arguments:
        for folder in orphan_folders(options):
            print(f"deleting {folder}")
        print(f"{delete_orphans(options)} bytes deleted")
        return 0
    findings = examine(options)
    for finding in findings:
        print(f"{'ok  ' if finding.is_good else 'FAIL'}  {finding.name:10}  {finding.text}")
    return 0 if all(each.is_good for each in findings) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
