#!/usr/bin/python3
"""bench - the ratios of the specification, in one run on one machine.

  writes   acknowledged check-ins/s of one client, against raw SQLite writing
           the same rows in the same transactions           (at least 0.5)
  rest     wake-ups in a minute (0) and PSS (below 6 MB), nothing else sharing
           its libraries
  ready    from its start until it says so, ten years of check-ins in the
           book                                             (below 30 ms)
  glance   `keel` against `curl --unix-socket` of the same  (at most 2)

Uses the release programs, folders below build/bench, and nothing else.  A bar
that is missed is tried twice more before it counts: other people's load is
not ours.  Ends with "N passed, N failed".
"""
import argparse
import datetime
import glob
import http.client
import json
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEELD, KEEL = os.path.join(ROOT, "build/keeld"), os.path.join(ROOT, "build/keel")
TOOLS = os.path.join(ROOT, "build/obj/release/bench")
WORK = os.path.join(ROOT, "build/bench")
KEY = {"mode": "file", "phrase_kek": "07" * 32,
       "phrase_kdf": {"salt": "00" * 16, "ops": 3, "mem_kib": 65536}}
with open(os.path.join(ROOT, "tests/data/demo/plan.md"), encoding="utf-8") as f:
    PLAN = f.read()  # a whole plan: 40 bullets


class Unix(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=120)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


class Desk:
    """One release keeld on one folder; ready() is in seconds."""

    def __init__(self, name):
        # the socket's path must be short, wherever the checkout lies
        self.run = tempfile.mkdtemp(prefix="ek.")
        self.home = os.path.join(WORK, name)
        shutil.rmtree(self.home, ignore_errors=True)
        os.makedirs(self.home, mode=0o700)
        self.env = {"PATH": os.environ["PATH"], "HOME": self.home,
                    "XDG_RUNTIME_DIR": self.run, "TZ": "UTC",
                    "LC_ALL": "C.UTF-8"}
        self.sock = os.path.join(self.run, "evenkeel/api.sock")
        self.process = None

    def start(self):
        said = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = os.path.join(self.run, "notify")
        if os.path.exists(path):
            os.unlink(path)
        said.bind(path)
        said.settimeout(20)
        began = time.perf_counter()
        self.process = subprocess.Popen(
            [KEELD], env=dict(self.env, NOTIFY_SOCKET=path),
            stderr=subprocess.DEVNULL)
        while b"READY=1" not in said.recv(4096):
            pass
        took = time.perf_counter() - began
        said.close()
        return took

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    def call(self, method, path, body=None, key=None):
        to = Unix(self.sock)
        head = {"Content-Type": "application/json"}
        if key:
            head["Idempotency-Key"] = key
        to.request(method, path, json.dumps(body) if body is not None
                   else None, head)
        reply = to.getresponse()
        text = reply.read()
        to.close()
        if reply.status >= 300:
            sys.exit(f"bench: {method} {path}: {reply.status} {text[:300]}")
        return json.loads(text)

    def make(self):
        self.call("POST", "/v1/book", {
            "key": KEY, "lang": "en", "shared_login": False, "schedules": [],
            "plan": PLAN})

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.run, ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)


def ten_years(desk):
    """3,653 daily check-ins, as an archive would bring them."""
    draw = random.Random(1)
    day = datetime.date.today() - datetime.timedelta(days=3653)
    records = []
    for number in range(3653):
        at = day + datetime.timedelta(days=number)
        records.append({
            "id": "%032x" % draw.getrandbits(128), "kind": "check-in",
            "time": f"{at}T16:30:00.000Z", "instrument": "pulse",
            "version": "1", "local": f"{at}T16:30:00",
            "answers": {name: draw.randrange(11) for name in sorted(
                ["mood", "energy", "tense", "pressure", "helpful"])}})
    for at in range(0, len(records), 500):
        desk.call("POST", "/v1/import", {"records": records[at:at + 500]})


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
                      default=["writes", "ready", "glance", "rest"])
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
