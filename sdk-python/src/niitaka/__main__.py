"""`python -m niitaka doctor [--delete-orphans]`."""

from __future__ import annotations

import sys
from typing import List

from ._doctor import examine
from ._version import VERSION

USAGE = f"""niitaka {VERSION}

Usage: niitaka doctor [--delete-orphans]

  doctor             checks key, address, clock, context, one round trip, and the spool
  --delete-orphans   also deletes what dead processes of other keys left in the spool
"""


def main(arguments: List[str]) -> int:
    """Exit code 0 when every check is good, 1 when one is not, 2 for a wrong call."""
    if arguments[:1] != ["doctor"] or any(flag != "--delete-orphans" for flag in arguments[1:]):
        print(USAGE)
        return 0 if arguments in ([], ["--help"]) else 2
    findings = examine(deletes_orphans=len(arguments) > 1)
    for finding in findings:
        line = f"{'ok  ' if finding.is_good else 'FAIL'}  {finding.text}"
        # A folder may have a name that the terminal cannot print.
        print(line.encode(sys.stdout.encoding or "ascii", "backslashreplace").decode(sys.stdout.encoding or "ascii"))
    return 0 if all(each.is_good for each in findings) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
