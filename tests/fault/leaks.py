"""P7, P11: a rare word in plan, sign, strategy, note, ask and diary is found
nowhere it does not belong; rows say nothing by their size; what is forged,
moved or added to a locked book is refused or asked about."""
import argparse
import glob
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import ROOT, Desk, new_key  # noqa: E402
from tally import check, end, skip  # noqa: E402

WORDS = ("quokkaplan", "quokkasign", "quokkahelp", "quokkanote", "quokkaask",
         "quokkacopy")
PLAN = """# My plan
## When I am well at work
- I hum quokkaplan
## Early warning signs
- quokkasign at noon → quokkahelp in the yard
## What helps me
- quokkahelp in the yard
"""


def found_in(path):
    try:
        with open(path, "rb") as file:
            text = file.read()
    except OSError:
        return []
    low = text.lower()
    return [w for w in WORDS if w.encode() in low
            or w.encode("utf-16-le") in low]


def search(*folders):
    hits = []
    for folder in folders:
        for base, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(base, name)
                if any(w in path for w in WORDS):
                    hits.append("name " + path)
                hits += ["%s in %s" % (w, path) for w in found_in(path)]
    return hits


class Watch(threading.Thread):
    """Looks at the arguments and environment of every process of ours, all
    the time something runs."""

    def __init__(self):
        super().__init__(daemon=True)
        self.done, self.hits, self.looks = False, [], 0

    def run(self):
        while not self.done:
            for path in glob.glob("/proc/[0-9]*/cmdline"):
                self.hits += ["%s in %s" % (w, path) for w in found_in(path)]
                env = path.replace("cmdline", "environ")
                self.hits += ["%s in %s" % (w, env) for w in found_in(env)]
            self.looks += 1


def keel(desk, *args, words=None):
    program = os.path.join(os.path.dirname(desk.keeld), "keel")
    return subprocess.run(
        [program, *args], env=desk.env, input=words or "", text=True,
        capture_output=True, timeout=60, check=False)


def use_everything(desk):
    keel(desk, "plan", "import", "-", words=PLAN)
    if not desk.call("GET", "/v1/plan")["exists"]:
        desk.call("PUT", "/v1/plan", {"text": PLAN, "base": None}, new_key())
    done = keel(desk, "checkin", "--answers", "-", words=
                "mood=3\nenergy=4\ntense=8\npressure=9\nhelpful=2\n"
                "sign.s1=2\nused.h1=3\nnote=quokkanote it was\n")
    check("a check-in with words is saved", done.returncode == 0, done.stderr)
    keel(desk, "asks", "add", words="quokkaask please\n")
    keel(desk, "hard")
    for args in ((), ("diary",), ("plan", "show"), ("coping",), ("asks",),
                 ("status",)):
        keel(desk, *args)
    # what is refused may not be quoted either
    keel(desk, "checkin", "--answers", "-", words="mood=quokkanote\n")
    keel(desk, "plan", "import", "-", words="quokkaplan without headings\n")
    for body in (b'{"quokkanote":1}', b'{"instrument":"quokkanote"}',
                 b'quokkanote', b'{"note":"quokkanote"'):
        desk.raw("POST", "/v1/checkins", body)
        desk.raw("GET", "/v1/diary?since=quokkanote")


def test_nowhere(keeld):
    folder = tempfile.mkdtemp(prefix="ek-copy-")
    temp = tempfile.mkdtemp(prefix="ek-tmp-")
    desk = Desk(keeld, env={"TMPDIR": temp})
    watch = Watch()
    try:
        desk.start()
        desk.make()
        desk.call("PUT", "/v1/copy", {"place": folder})
        watch.start()
        use_everything(desk)
        desk.call("POST", "/v1/copy", {})
        hits = search(desk.home, folder, temp)
        check("while it runs: no word in files, copy, log or temp folder",
              not hits, str(hits[:3]))
        desk.stop()
        hits = search(desk.home, folder, temp)
        check("after it stopped: none either", not hits, str(hits[:3]))
        watch.done = True
        watch.join()
        check("no word in arguments or environment (%d looks)" % watch.looks,
              not watch.hits and watch.looks > 3, str(watch.hits[:3]))
        check("the log has start and stop only", sorted(set(
            open(os.path.join(desk.home, "log")).read().split("\n")))
            in (["", "keeld: started", "keeld: stopped"],),
            open(os.path.join(desk.home, "log")).read()[:300])
        desk.start()
        back = desk.export().decode()
        check("and all of it is in the book",
              all(w in back for w in WORDS if w != "quokkacopy"))
    finally:
        watch.done = True
        desk.close()
        shutil.rmtree(folder)
        shutil.rmtree(temp)


def rows(desk):
    db = sqlite3.connect(os.path.join(desk.home, "book.db"))
    sizes = sorted(n for (n,) in db.execute("SELECT length(blob) FROM rows"))
    db.close()
    return sizes


def slot_desk(keeld):
    """A book whose pulse is due this very minute, in UTC."""
    desk = Desk(keeld)
    desk.start()
    start = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + 61))
    desk.make(plan=PLAN, schedules=[{
        "name": "pulse", "instrument": "pulse", "rule": "FREQ=DAILY",
        "start": start}])
    return desk


def test_sizes(keeld):
    """A skip, an off-the-record check-in and "took place" look alike, and the
    first two are the same book."""
    books = {}
    desk = slot_desk(keeld)
    try:
        end = time.time() + 75
        while not desk.call("GET", "/v1/today")["open"]:
            if time.time() > end:
                check("a slot comes due", False)
                return
            time.sleep(0.5)
        slot = desk.call("GET", "/v1/today")["open"][0]["slot"]
        desk.stop()
        for name in ("skip", "off", "took"):
            home = desk.home + "." + name
            shutil.copytree(desk.home, home,
                            ignore=shutil.ignore_patterns("run", "log"))
            trial = Desk(keeld, home)
            trial.start()
            before = rows(trial)
            if name == "skip":
                trial.call("POST", "/v1/slots/skip", {"slot": slot}, new_key())
            else:
                trial.call("POST", "/v1/checkins", {
                    "instrument": "pulse", "slot": slot, "off_record": True,
                    "took_place": name == "took",
                    "answers": {"mood": 2}, "signs": {"s1": 2},
                    "note": "quokkanote"}, new_key())
            after = rows(trial)
            records = [{k: v for k, v in r.items() if k not in ("id", "time")}
                       for r in trial.records()]
            hits = search(home)
            trial.close()
            shutil.rmtree(home)
            books[name] = (len(after) - len(before), sum(after) - sum(before),
                           records, hits)
        check("a skip, off the record and took-place: rows of one size",
              len({b[:2] for b in books.values()}) == 1
              and books["skip"][0] == 1, str([b[:2] for b in books.values()]))
        check("the book after off-the-record equals the book after a skip",
              books["skip"][2] == books["off"][2])
        check("took-place is kept when she wants it",
              any(r.get("state") == "off-record" for r in books["took"][2]))
        check("nothing of an off-the-record check-in is in any file",
              not books["off"][3] and not books["took"][3])
    finally:
        desk.close()


def test_cores(keeld):
    """A crash under a pipe core_pattern leaves no core (release only)."""
    pattern = "/proc/sys/kernel/core_pattern"
    program = os.path.join(ROOT, "build", "keeld")
    if not os.path.exists(program) or not os.access(pattern, os.W_OK) \
            or os.geteuid() != 0:
        skip("a crash under a pipe core_pattern: needs root and build/keeld")
        return
    work = tempfile.mkdtemp(prefix="ek-core-")
    catcher = work + "/catch"
    with open(catcher, "w") as file:
        file.write("#!/bin/sh\ncat >%s/core\n" % work)
    os.chmod(catcher, 0o755)
    old = open(pattern).read()
    desk = Desk(program)
    try:
        try:
            with open(pattern, "w") as file:
                file.write("|" + catcher)
        except OSError:
            skip("a crash under a pipe core_pattern: it cannot be set here")
            return
        desk.start()
        desk.make(plan=PLAN)
        os.kill(desk.process.pid, 11)
        desk.process.wait()
        desk.process = None
        time.sleep(0.3)
        check("a crash leaves no core, even through a pipe",
              not os.path.exists(work + "/core"))
    finally:
        with open(pattern, "w") as file:
            file.write(old)
        desk.close()
        shutil.rmtree(work)


def test_another_user(keeld):
    if os.geteuid() != 0:
        skip("another user: needs root")
        return
    desk = Desk(keeld)
    try:
        desk.start()
        desk.make()
        code = ("import os,socket,sys\nos.setgid(65534);os.setuid(65534)\n"
                "s=socket.socket(socket.AF_UNIX)\n"
                "try:\n s.connect(sys.argv[1])\nexcept OSError: sys.exit(7)\n"
                "s.sendall(b'GET /v1/export HTTP/1.1\\r\\nHost: localhost\\r\\n"
                "\\r\\n')\nd=s.recv(65536)\nprint(d.decode())\n")
        shut = subprocess.run([sys.executable, "-c", code, desk.sock],
                              capture_output=True, text=True, check=False)
        check("another user cannot reach the socket", shut.returncode == 7)
        os.chmod(desk.home, 0o755)
        os.chmod(os.path.dirname(desk.sock), 0o755)
        os.chmod(desk.sock, 0o666)
        seen = subprocess.run([sys.executable, "-c", code, desk.sock],
                              capture_output=True, text=True, check=False)
        check("nor, with the socket opened up, be answered",
              " 403 " in seen.stdout.split("\n")[0]
              or seen.stdout.strip() == "", seen.stdout[:200])
    finally:
        desk.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keeld")
    args = parser.parse_args()
    keeld = args.keeld or os.path.join(
        os.environ.get("EK_BIN", os.path.join(ROOT, "build")), "keeld")
    test_nowhere(keeld)
    test_sizes(keeld)
    test_cores(keeld)
    test_another_user(keeld)
    return end()


if __name__ == "__main__":
    sys.exit(main())
