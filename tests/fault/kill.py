"""P2: what was acknowledged is kept - kill -9, full disk, failing disk.

Random: several writers, kill -9 at random moments, until at least --checkins
were acknowledged.  In turn: one check-in is killed at its first, second, ...
write and sync until one passes untouched; the same with ENOSPC and EIO.  After
each the book is opened again: every acknowledged check-in is there exactly
once, none is torn, and what was not acknowledged is there once or not at all
(and once after the client's retry with the same key).
"""
import argparse
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import Desk, Lost, Refused, new_key  # noqa: E402
from steps import failed_at_each_step  # noqa: E402
from tally import check, end, skip  # noqa: E402


def report(name, problems):
    check(name, not problems, "; ".join(problems[:3]))


def checkin(desk, key, number):
    return desk.call("POST", "/v1/checkins", {
        "instrument": "pulse", "slot": None,
        "answers": {"mood": number % 11, "energy": number // 11 % 11,
                    "tense": number // 121 % 11},
        "note": "n%d" % number}, key)


def number_of(record):
    a = record["answers"]
    return a["mood"] + 11 * a["energy"] + 121 * a["tense"]


def problems_of(desk, acknowledged, sent):
    """acknowledged, sent: sets of numbers below 1331."""
    records = desk.records()
    notes = {r["of"]: r["text"] for r in records if r["kind"] == "note"}
    seen, problems = {}, []
    for record in records:
        if record["kind"] != "check-in":
            continue
        number = number_of(record)
        seen[number] = seen.get(number, 0) + 1
        if notes.get(record["id"]) != "n%d" % number:
            problems.append("check-in %d is torn from its note" % number)
    for number, times in seen.items():
        if times > 1:
            problems.append("check-in %d is there %d times" % (number, times))
        if number not in sent:
            problems.append("check-in %d was never sent" % number)
    for number in acknowledged:
        if number not in seen:
            problems.append("acknowledged check-in %d is lost" % number)
    return problems


def random_kills(want, seed, keeld):
    rng = random.Random(seed)
    desk = Desk(keeld)
    desk.start()
    desk.make()
    lock, stop = threading.Lock(), threading.Event()
    state = {"next": 0}
    sent, acknowledged, problems = set(), set(), []

    def writer():
        while not stop.is_set():
            with lock:
                if len(acknowledged) >= want or state["next"] >= 1330:
                    return
                number = state["next"]
                state["next"] += 1
                sent.add(number)
            key = new_key()
            while not stop.is_set():
                try:
                    checkin(desk, key, number)
                    with lock:
                        acknowledged.add(number)
                    time.sleep(0.005)  # let there be many kills
                    break
                except (Lost, OSError, RuntimeError):
                    time.sleep(0.01)
                except Refused as refused:
                    if refused.status not in (503, 507):
                        problems.append(str(refused))
                        return

    writers = [threading.Thread(target=writer) for _ in range(4)]
    for thread in writers:
        thread.start()
    kills = 0
    while any(thread.is_alive() for thread in writers):
        time.sleep(rng.uniform(0.001, 0.02))
        desk.kill()
        kills += 1
        if not desk.start():
            problems.append("keeld did not start after kill %d" % kills)
            stop.set()
            break
    for thread in writers:
        thread.join()
    if not problems:
        problems = problems_of(desk, acknowledged, sent)
    desk.close()
    report("%d check-ins by 4 writers, %d kills (seed %d)"
           % (len(acknowledged), kills, seed), problems)


# strace counts each call by itself, so they are failed one name at a time
CALLS = ("write", "pwrite64", "pwritev", "writev", "sendmsg", "fsync",
         "fdatasync", "ftruncate")


def traced(desk, inject):
    return ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "signal=none",
            "-e", "trace=" + inject.split(":")[0], "-e", "inject=" + inject]


def count_calls(desk):
    """By name: how many of CALLS a start makes, and how many one check-in
    more."""
    counts = []
    for work in (False, True):
        home = desk.home + ".count"
        shutil.copytree(desk.home, home, ignore=shutil.ignore_patterns(
            "run", "log"))
        trial = Desk(desk.keeld, home)
        out = os.path.join(home, "trace")
        trial.start(["strace", "-f", "-qq", "-o", out, "-e", "signal=none",
                     "-e", "trace=" + ",".join(CALLS)])
        if work:
            checkin(trial, new_key(), 7)
        os.kill(trial.keeld_pid(), 9)
        trial.process.wait()
        trial.process = None
        with open(out) as file:
            names = [line.split()[1].split("(")[0] for line in file
                     if "(" in line and "resumed" not in line]
        counts.append({name: names.count(name) for name in CALLS})
        trial.close()
        shutil.rmtree(home)
    return counts


def one_fault(base, call, what, when):
    """One check-in with one fault; None when the fault never came."""
    home = base.home + ".trial"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(base.home, home,
                    ignore=shutil.ignore_patterns("run", "log"))
    trial = Desk(base.keeld, home)
    key, acknowledged, problems = new_key(), set(), []
    try:
        started = trial.start(traced(trial, "%s:%s:when=%d"
                                     % (call, what, when)))
        if started:
            checkin(trial, key, 7)
            acknowledged.add(7)
    except (Lost, OSError, RuntimeError):
        pass
    except Refused as refused:
        if refused.status not in (500, 503, 507):
            problems.append("odd refusal: %s" % refused)
    trial.kill()
    if not trial.start():
        problems.append("does not start afterwards")
    else:
        problems += problems_of(trial, acknowledged, {7})
        checkin(trial, key, 7)  # the client's retry: exactly once after it
        problems += problems_of(trial, {7}, {7})
        trial.kill()
    trial.close()
    shutil.rmtree(home, ignore_errors=True)
    return problems


def systematic(keeld):
    if shutil.which("strace") is None:
        skip("faults in turn: strace is not installed")
        return
    base = Desk(keeld)
    base.start()
    base.make()
    base.kill()
    start_calls, all_calls = count_calls(base)
    for what, name in (("signal=KILL", "kill -9"), ("error=ENOSPC", "ENOSPC"),
                       ("error=EIO", "EIO")):
        problems, tried = [], 0
        for call in CALLS:
            if what.startswith("error") and call == "sendmsg":
                continue
            for when in range(start_calls[call] + 1, all_calls[call] + 1):
                problems += ["at %s %d: %s" % (call, when, p)
                             for p in one_fault(base, call, what, when)]
                tried += 1
        if tried < 4:
            problems.append("only %d calls were seen" % tried)
        report("%s at each of %d writes and syncs of one check-in"
               % (name, tried), problems)
    base.close()


SCHEDULE = {"name": "pulse", "instrument": "pulse", "rule": "FREQ=DAILY",
            "start": "2026-11-02T16:30:00"}


def armed(desk):
    db = sqlite3.connect(os.path.join(desk.home, "book.db"))
    count, = db.execute("SELECT count(*) FROM armed").fetchone()
    db.close()
    return count


def armed_again(keeld):
    """What was armed in a turn that was undone is armed by the next."""
    if shutil.which("strace") is None:
        return  # systematic() says so
    base, key, problems, undone = Desk(keeld), new_key(), [], 0

    def act(desk):
        desk.call("POST", "/v1/schedules", SCHEDULE, key)
    base.start()
    base.make()
    base.kill()
    for step, desk, raised in failed_at_each_step(
            base, act, "error=ENOSPC", {"pwrite64": 8}):
        undone += isinstance(raised, Refused)
        act(desk)
        if armed(desk) < 13:
            problems.append("%s: %d armed" % (step, armed(desk)))
    base.close()
    if undone < 2:
        problems.append("only %d were undone" % undone)
    report("a schedule again after ENOSPC at each of %d writes of it" % undone,
           problems)


def random_errors(keeld, seed):
    """libfiu: writes and syncs that fail at random under load."""
    if shutil.which("fiu-run") is None:
        skip("random disk errors: fiu-run is not installed")
        return
    for name, code in (("rw/write", 28), ("rw/pwrite", 28),
                       ("sync/fdatasync", 5), ("sync/fsync", 5),
                       ("rw/pwrite", 5)):
        desk = Desk(keeld)
        desk.start()
        desk.make()
        desk.kill()
        sent, acknowledged, problems = set(), set(), []
        desk.start(["fiu-run", "-x", "-c",
                    "enable_random name=posix/io/%s,probability=0.2,"
                    "failinfo=%d" % (name, code)])
        for number in range(40):
            sent.add(number)
            try:
                checkin(desk, new_key(), number)
                acknowledged.add(number)
            except Refused as refused:
                if refused.status not in (500, 503, 507):
                    problems.append(str(refused))
            except (Lost, OSError):
                if desk.process.poll() is not None:
                    break
        desk.kill()
        subprocess.run(["true"], check=True)
        if not desk.start():
            problems.append("does not start afterwards")
        else:
            problems += problems_of(desk, acknowledged, sent)
        desk.close()
        report("random %s on %s: %d of 40 acknowledged"
               % ("ENOSPC" if code == 28 else "EIO", name,
                  len(acknowledged)), problems)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keeld")
    parser.add_argument("--checkins", type=int, default=500)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    args = parser.parse_args()
    random_kills(args.checkins, args.seed, args.keeld)
    systematic(args.keeld)
    armed_again(args.keeld)
    random_errors(args.keeld, args.seed)
    return end()


if __name__ == "__main__":
    sys.exit(main())
