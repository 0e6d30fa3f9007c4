"""A first start is whole or was not: kill -9 and a full disk at every step of
making a book (by answers, from the copy, from an archive), however its key is
kept; then the start is simply made again."""
import argparse
import json
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import FILE_KEY, Desk, Refused, new_key  # noqa: E402
from steps import (failed_at_each_step, have_strace,  # noqa: E402
                   killed_at_each_step)
from tally import check, end, skip  # noqa: E402


PASS_KEY = dict(FILE_KEY, mode="passphrase", kek="09" * 32,
                kdf=FILE_KEY["phrase_kdf"])
KEYS = {"a key file": FILE_KEY, "a passphrase": PASS_KEY}
PLAN = "# My plan\n## Early warning signs\n- short answers\n"
PULSE = {"name": "pulse", "instrument": "pulse", "rule": "FREQ=DAILY",
         "start": "2026-11-02T16:30:00"}


def opened(desk):
    """The state it was found in; the book is open afterwards, if any."""
    state = desk.call("GET", "/v1/status")["state"]
    if state == "locked":
        desk.call("POST", "/v1/unlock", {"with": "passphrase",
                                         "kek": "09" * 32})
    return state


def kinds(desk):
    return sorted(r["kind"] for r in desk.records())


def problems_of(base, act, whole):
    """Kills act at each step; again(desk) must then work and be whole."""
    problems, steps, none = [], 0, 0
    for step, desk in killed_at_each_step(base, act):
        steps += 1
        try:
            state = opened(desk)
            if state == "none":
                none += 1
            elif kinds(desk) != whole:
                problems.append("%s: half: %s %s" % (step, state, kinds(desk)))
                continue
            act(desk)
            desk.kill()
            desk.start()
            opened(desk)
            if kinds(desk) != whole:
                problems.append("%s: then %s" % (step, kinds(desk)))
        except Refused as refused:
            problems.append("%s: %s" % (step, refused))
    if none in (0, steps):
        problems.append("%d of %d kills came before it" % (none, steps))
    return steps, problems


def starting(key, idem):
    def act(desk):
        try:
            desk.call("POST", "/v1/book", {
                "key": key, "lang": "en", "plan": PLAN, "shared_login": False,
                "schedules": [PULSE]}, idem or new_key())
        except Refused as refused:
            # by another request: only because a whole one is there
            if idem is not None or refused.code != "conflict":
                raise
    return act


def test_start(keeld):
    whole = ["plan", "schedule", "setting", "setting"]
    for name, key in KEYS.items():
        for again, idem in (("the same request", new_key()),
                            ("another", None)):
            base = Desk(keeld)
            try:
                steps, problems = problems_of(base, starting(key, idem), whole)
                check("kill -9 at each of %d steps of a first start with %s, "
                      "then %s again" % (steps, name, again),
                      steps > 8 and not problems, "; ".join(problems[:3]))
            finally:
                base.close()


def test_full_disk(keeld):
    """Each write and sync fails once; the daemon lives on."""
    whole = ["plan", "schedule", "setting", "setting"]
    counts, problems, tried, refusals = {}, [], 0, 0
    base = Desk(keeld)
    try:
        act = starting(FILE_KEY, None)
        names = ("write", "pwrite64", "fsync", "fdatasync", "ftruncate")
        for step, _ in killed_at_each_step(base, act, names):
            name = step.split()[0]
            counts[name] = counts.get(name, 0) + 1
        for step, desk, raised in failed_at_each_step(
                base, act, "error=ENOSPC", counts):
            tried += 1
            try:
                state = opened(desk)
                if raised is not None:
                    refusals += 1
                    left = [n for n in os.listdir(desk.home)
                            if n.startswith("book.") and n != "book.lock"]
                    if state != "none" or left:
                        problems.append("%s: refused, then %s %s"
                                        % (step, state, left))
                elif kinds(desk) != whole:
                    problems.append("%s: made, then %s"
                                    % (step, kinds(desk)))
                act(desk)
                desk.kill()
                desk.start()
                if kinds(desk) != whole:
                    problems.append("%s: at last %s" % (step, kinds(desk)))
            except Refused as refused:
                problems.append("%s: %s" % (step, refused))
        check("a full disk at each of %d writes of a first start, %d told"
              % (tried, refusals), tried > 8 and refusals > 4
              and not problems, "; ".join(problems[:3]))
    finally:
        base.close()


def test_restore(keeld):
    folder = tempfile.mkdtemp(prefix="ek-copy-")
    made = Desk(keeld)
    made.start()
    starting(FILE_KEY, None)(made)
    made.call("PUT", "/v1/copy", {"place": folder})
    whole = kinds(made)
    made.close()
    try:
        for name, key in KEYS.items():
            def act(desk, key=key):
                book, = desk.call("POST", "/v1/restore/look",
                                  {"place": folder})["books"]
                desk.call("POST", "/v1/restore", {
                    "file": book["file"], "with": "phrase", "kek": "07" * 32,
                    "key": key})
            base = Desk(keeld)
            try:
                steps, problems = problems_of(base, act, whole)
                check("kill -9 at each of %d steps of a restore to %s"
                      % (steps, name), steps > 8 and not problems,
                      "; ".join(problems[:3]))
            finally:
                base.close()
    finally:
        shutil.rmtree(folder)


def test_import(keeld):
    made = Desk(keeld)
    made.start()
    starting(FILE_KEY, None)(made)
    records = [json.loads(line) for line in made.export().splitlines()]
    whole = kinds(made)
    made.close()
    for name, key in KEYS.items():
        def act(desk, key=key):
            desk.call("POST", "/v1/import", {"records": records, "key": key})
        base = Desk(keeld)
        try:
            steps, problems = problems_of(base, act, whole)
            check("kill -9 at each of %d steps of an import to %s"
                  % (steps, name), steps > 8 and not problems,
                  "; ".join(problems[:3]))
        finally:
            base.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keeld")
    args = parser.parse_args()
    if have_strace():
        test_start(args.keeld)
        test_full_disk(args.keeld)
        test_restore(args.keeld)
        test_import(args.keeld)
    else:
        skip("kill at every step of a first start: no strace")
    return end()


if __name__ == "__main__":
    sys.exit(main())
