#!/usr/bin/python3
"""`keel schedule next` over random rules against python3-dateutil.

The rules are those of tests/tools/recur_oracle.py, which says where dateutil
differs from RFC 5545; here they go through the command line and its JSON.
The seed is printed: give it as first argument to run the same again.
"""
import json
import os
import random
import subprocess
import sys
import warnings

sys.path.insert(0, os.path.join(os.environ["EK_ROOT"], "tests", "tools"))
import recur_oracle as oracle  # noqa: E402

RULES = 200
KEEL = os.path.join(os.environ["EK_BIN"], "keel")


def ask(rule):
    return subprocess.Popen(
        [KEEL, "schedule", "next", "--rule", rule.text, "--start",
         rule.start.strftime("%Y-%m-%dT%H:%M:%S"), "--zone", "UTC",
         "--count", str(oracle.COUNT), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def answer(child):
    """As recur_lines would say it."""
    reply = json.loads(child.communicate()[0])
    if child.returncode == 3:
        return "refused: " + reply["error"]["message"]
    assert child.returncode == 0, child.returncode
    assert list(reply) == ["slots"], reply
    assert all(slot.endswith("Z") for slot in reply["slots"])
    return " ".join(slot[:-1] for slot in reply["slots"])


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.randrange(10**9)
    rand = random.Random(seed)
    warnings.simplefilter("ignore")
    oracle.watch()
    passed = failed = 0
    for _ in range(RULES):
        rule = oracle.Rule(rand)
        child = ask(rule)  # works while dateutil does
        expected, end = oracle.patient(rule)
        got = answer(child)
        if expected is None:
            continue
        if oracle.differs(rule, expected, got, end):
            failed += 1
            print("differs: %s from %s\n  dateutil %s\n  keel     %s" % (
                rule.text, rule.start, " ".join(expected[:8]), got[:200]))
        else:
            passed += 1
    print("seed %d" % seed)
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or passed < RULES / 2 else 0


if __name__ == "__main__":
    sys.exit(main())
