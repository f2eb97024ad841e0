"""Adds up test reports in JUnit's XML: summary.py [--unless-failed N] REPORT…

Prints `N passed, N failed` (and `, N skipped`). A report that is missing or broken off counts as a failure: the process
that should have written it died. The exit status is 1 on any failure, and when no test ran at all.
"""
import argparse
import sys
import xml.etree.ElementTree as ElementTree

parser = argparse.ArgumentParser()
parser.add_argument("--unless-failed", type=int, default=0, help="failures to add if the reports tell of none")
parser.add_argument("reports", nargs="*")
arguments = parser.parse_args()

passed, failed, skipped = 0, 0, 0
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
if not failed:
    failed = arguments.unless_failed

print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
sys.exit(1 if failed or not passed else 0)
