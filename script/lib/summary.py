"""Adds up test reports in JUnit's XML format: summary.py [--unless-failed N] [--slowest N] REPORT…

Prints the slowest tests, then `N passed, N failed` (and `, N skipped`). A missing or truncated report counts as one
failure, because the process that should have written it died. The exit status is 1 after any failure, and when no test
ran at all.
"""
import argparse
import sys
import xml.etree.ElementTree as ElementTree

parser = argparse.ArgumentParser()
parser.add_argument("--unless-failed", type=int, default=0, help="failures to add if the reports list none")
parser.add_argument("--slowest", type=int, default=20, help="number of slow tests to print")
parser.add_argument("reports", nargs="*")
arguments = parser.parse_args()

passed, failed, skipped = 0, 0, 0
durations = []
for report in arguments.reports:
    try:
        cases = list(ElementTree.parse(report).iter("testcase"))
    except (OSError, ElementTree.ParseError) as error:
        print(f"{report}: {error}: counted as a failure", file=sys.stderr)
        failed += 1
        continue
    for case in cases:
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            failed += 1
        elif "skipped" in kinds:
            skipped += 1
        else:
            passed += 1
        durations.append((float(case.get("time") or 0), f"{case.get('classname')} {case.get('name')}"))
if not failed:
    failed = arguments.unless_failed

if durations:
    print("Slowest tests:")
    for seconds, name in sorted(durations, reverse=True)[:arguments.slowest]:
        print(f"{seconds:8.1f} s  {name}")
print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
sys.exit(1 if failed or not passed else 0)
