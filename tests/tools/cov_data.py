"""cov_data - what gcov knows of a coverage build (KIND=cov), whole.

Lines and branches by source file, also of what never ran at all.  Branches
are gcov's: each condition, each side.  Knows nothing of what should be run.
"""
import json
import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OBJECTS = os.path.join("build", "obj", "cov")


class NoData(Exception):
    """Nothing was built, or nothing of it was run."""


def found(suffix):
    for folder, _, names in os.walk(os.path.join(ROOT, OBJECTS)):
        for name in sorted(names):
            if name.endswith(suffix):
                yield os.path.relpath(os.path.join(folder, name), ROOT)


def documents(paths):
    """gcov's JSON of each object file, one a line."""
    gcov = os.environ.get("GCOV", "gcov")
    done = subprocess.run(
        [gcov, "--json-format", "--stdout", "--branch-probabilities", *paths],
        cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise NoData(f"gcov reads no counts ({said[0]}); run: make cov")
    for line in done.stdout.splitlines():
        if line.strip():
            yield json.loads(line)


def take():
    """{file: {line: [times run, [times each branch was taken], function]}} of
    our own sources; NoData when there is nothing to read."""
    notes = [p for p in found(".gcno") if "/tests/" not in p]
    if not notes:
        raise NoData("nothing is built for coverage; run: make cov")
    if not any(found(".gcda")):
        raise NoData("nothing that is built for coverage was run; run: make cov")
    data = {}
    for document in documents(notes):
        for entry in document["files"]:
            name = os.path.relpath(os.path.join(ROOT, entry["file"]), ROOT)
            if name.startswith(("..", "tests")) \
                    or not os.path.exists(os.path.join(ROOT, name)):
                continue
            lines = data.setdefault(name, {})
            for line in entry["lines"]:
                at = lines.setdefault(line["line_number"],
                                      [0, [], line.get("function_name", "")])
                at[0] += line["count"]
                at[1] += [b["count"] for b in line["branches"]]
    return data
