#!/usr/bin/python3
"""bench - the ratios of the specification, in one run on one machine.

  writes   acknowledged check-ins/s of one client, against raw SQLite writing
           the same rows in the same transactions           (at least 0.5)
  rest     wake-ups in a minute (0) and PSS (below 6 MB), nothing else sharing
           its libraries
  ready    from its start until it says so, ten years of check-ins in the
           book                                             (below 30 ms)
  glance   `keel` against `curl --unix-socket` of the same  (at most 2)
  page     every page a person gets to by links, ten years in the book: first
           byte (below 5 ms) and size (below 50 KB); no TCP socket is left
           after Hide and a minute
  saving   a check-in on the page, ten years in the book: its save, which
           scrubs its draft out of the file                 (below 150 ms)
  bubble   from a slot's instant to its bubble on the screen: dunst under
           Xvfb                                             (below 150 ms)

Uses the release programs, folders below build/bench, and nothing else.  A bar
that is missed is tried twice more before it counts: other people's load is
not ours.  Ends with "N passed, N failed".
"""
import argparse
import glob
import os
import statistics
import subprocess
import sys
import time

from desk import Desk, KEEL, ROOT, WORK, ten_years
from page import bubble, page, saving

TOOLS = os.path.join(ROOT, "build/obj/release/bench")


def out_of(*argv):
    return subprocess.run(argv, check=True, capture_output=True,
                          text=True).stdout


def rows_in(desk):
    return desk.call("GET", "/v1/status")["records"]


def writes(count):
    desk = Desk("writes")
    try:
        desk.start()
        desk.make()
        ratios = []
        # many short takes in turn: a burst of other people's writing then
        # falls on both, and the median leaves out what did not
        count //= 4
        for turn in range(9):
            before = rows_in(desk)
            number, secs = out_of(f"{TOOLS}/client", desk.sock,
                                  str(count)).split()
            rows = rows_in(desk) - before
            ours = int(number) / float(secs)
            out = os.path.join(WORK, f"raw-{turn}.db")
            number, secs = out_of(
                f"{TOOLS}/raw",
                desk.call("GET", "/v1/status")["place"] + "/book.db", out, str(rows), str(max(1, rows // count))).split()
            for path in glob.glob(out + "*"):
                os.unlink(path)
            raw = int(number) / float(secs)
            ratios.append(ours / raw)
            print(f"  check-ins {ours:.0f}/s, raw SQLite {raw:.0f}/s, "
                  f"{rows / count:g} rows each: {ours / raw:.2f}")
        ratio = statistics.median(ratios)
        return ratio >= 0.5, f"writes: {ratio:.2f} of raw SQLite (0.5)"
    finally:
        desk.close()


def sharers(pid):
    """Other processes that map one of keeld's own libraries."""
    found = 0
    for path in glob.glob("/proc/[0-9]*/maps"):
        try:
            with open(path) as f:
                text = f.read()
        except OSError:
            continue
        if f"/{pid}/" not in path and any(
                name in text for name in ("libevent", "libsodium", "libcmark")):
            found += 1
    return found


def rest(secs):
    desk = Desk("rest")
    try:
        desk.start()
        desk.make()
        ten_years(desk)
        desk.stop()
        desk.start()
        desk.call("GET", "/v1/today")
        time.sleep(2)
        fields = out_of("bash", os.path.join(ROOT, "tests/bench/idle-cost.sh"),
                        "-s", str(secs), str(desk.process.pid)).split("\t")
        pss, woken = int(fields[5]), int(fields[8])
        others = sharers(desk.process.pid)
        print(f"  ten years in the book: RSS {fields[4]} kB, PSS {pss} kB, "
              f"USS {fields[6]} kB, {others} other processes share a library, "
              f"CPU {fields[10]} ms a minute")
        return (woken == 0 and pss < 6000,
                f"rest: {woken} wake-ups in {secs} s (0), PSS {pss} kB (6000)")
    finally:
        desk.close()


def ready():
    desk = Desk("ready")
    try:
        desk.start()
        desk.make()
        ten_years(desk)
        desk.stop()
        took = []
        for _ in range(15):
            took.append(desk.start() * 1000)
            desk.stop()
        took.sort()
        print(f"  15 starts: {took[0]:.1f} to {took[-1]:.1f} ms")
        mid = statistics.median(took)
        return mid < 30, f"ready: {mid:.1f} ms with ten years (30)"
    finally:
        desk.close()


def glance():
    desk = Desk("glance")
    try:
        desk.start()
        desk.make()
        ten_years(desk)
        curl = ["curl", "--silent", "--unix-socket", desk.sock,
                "http://localhost/v1/today"]
        took = {"keel": [], "curl": []}
        for _ in range(40):
            for name, argv in (("keel", [KEEL]), ("curl", curl)):
                began = time.perf_counter()
                subprocess.run(argv, env=desk.env, check=True,
                               stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL)
                took[name].append((time.perf_counter() - began) * 1000)
        keel, other = (statistics.median(took[n]) for n in ("keel", "curl"))
        return (keel <= 2 * other, f"glance: keel {keel:.1f} ms, curl "
                f"{other:.1f} ms: {keel / other:.2f} (2)")
    finally:
        desk.close()


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--count", type=int, default=1000)
    args.add_argument("--secs", type=int, default=60)
    args.add_argument("which", nargs="*",
                      default=["writes", "ready", "glance", "page", "saving",
                               "bubble", "rest"])
    opts = args.parse_args()
    os.makedirs(WORK, exist_ok=True)
    passed = failed = 0
    for name in opts.which:
        params = {"writes": (opts.count,), "rest": (opts.secs,)}.get(name, ())
        for attempt in range(3):
            good, words = globals()[name](*params)
            print(("ok   " if good else "MISS ") + words)
            if good:
                break
        passed, failed = passed + good, failed + (not good)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
