"""Two desks and one copy folder (DESIGN.md §4): joining, deleting, erasing,
kill -9 at every step of writing the copy, and a home on the network."""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import FILE_KEY, Desk, Lost, Refused, new_key  # noqa: E402
from tally import check, end, skip  # noqa: E402


def answer(desk, mood, note=None):
    body = {"instrument": "pulse", "slot": None, "answers": {"mood": mood}}
    if note:
        body["note"] = note
    return desk.call("POST", "/v1/checkins", body, new_key())


def restore(desk, folder, kek="07" * 32):
    books = desk.call("POST", "/v1/restore/look", {"place": folder})["books"]
    return desk.call("POST", "/v1/restore", {
        "file": books[0]["file"], "with": "phrase", "kek": kek,
        "key": FILE_KEY})


def two(keeld, folder):
    """A with a book and a copy, B joined by the recovery phrase."""
    a, b = Desk(keeld), Desk(keeld)
    a.start()
    a.make()
    a.call("PUT", "/v1/copy", {"place": folder})
    answer(a, 1)
    a.call("POST", "/v1/copy", {})
    b.start()
    restore(b, folder)
    b.call("PUT", "/v1/copy", {"place": folder})
    return a, b


def both_again(a, b):
    """Each stops (writes) and starts (joins), twice round."""
    for desk in (a, b, a, b):
        desk.stop()
        desk.start()


def test_apart_then_again(keeld):
    folder = tempfile.mkdtemp(prefix="ek-copy-")
    a, b = two(keeld, folder)
    try:
        answer(b, 5)
        a.stop()
        b.stop()
        a.start()
        check("answered on B, seen on A",
              [r["answers"]["mood"] for r in a.records("check-in")] == [1, 5])
        b.start()
        for mood in (2, 3):
            answer(a, mood)
            answer(b, mood + 5)
        both_again(a, b)
        check("used apart, then both: nothing lost, nothing doubled",
              sorted(r["answers"]["mood"] for r in a.records("check-in"))
              == [1, 2, 3, 5, 7, 8])
        check("exports are equal", a.export() == b.export())
        gone = a.records("check-in")[0]["id"]
        a.call("DELETE", "/v1/diary/" + gone)
        both_again(a, b)
        check("deleted on A is gone on B",
              gone not in [r["id"] for r in b.records("check-in")]
              and a.export() == b.export())
        a.call("POST", "/v1/erase", {"confirm": "erase"})
        b.stop()
        b.start()
        check("erased on A ends the book on B",
              b.call("GET", "/v1/status")["state"] == "none")
        left = [f for f in os.listdir(b.home) if f.startswith("book.")
                and f != "book.lock"]
        check("and leaves no file of it", left == [], str(left))
    finally:
        a.close()
        b.close()
        shutil.rmtree(folder)


def test_phrase(keeld):
    folder = tempfile.mkdtemp(prefix="ek-copy-")
    a, b = two(keeld, folder)
    c = Desk(keeld)
    try:
        c.start()
        try:
            restore(c, folder, "08" * 32)
            check("a wrong phrase is refused", False)
        except Refused as refused:
            check("a wrong phrase says so", refused.code == "wrong-key",
                  str(refused))
        check("and makes nothing",
              c.call("GET", "/v1/status")["state"] == "none")
    finally:
        for desk in (a, b, c):
            desk.close()
        shutil.rmtree(folder)


STEPS = ("openat", "flock", "write", "fsync", "fdatasync", "pwrite64", "rename",
         "unlink", "close")


def test_killed_while_writing(keeld):
    if shutil.which("strace") is None:
        skip("kill at every step of the copy: no strace")
        return
    folder = tempfile.mkdtemp(prefix="ek-copy-")
    a, b = two(keeld, folder)
    problems, steps = [], 0
    try:
        both_again(a, b)
        b.stop()
        moods = 1
        # each name by itself, until it comes no more
        call, when = 0, 0
        while call < len(STEPS):
            when += 1
            answer(a, 2)
            moods += 1
            # attach, so that only the writing of the copy is counted
            tracer = subprocess.Popen(
                ["strace", "-f", "-qq", "-o", "/dev/null", "-p",
                 str(a.process.pid), "-e", "signal=none", "-e",
                 "inject=%s:signal=KILL:when=%d" % (STEPS[call], when)],
                stderr=subprocess.DEVNULL)
            while b"TracerPid:\t0" in open(
                    "/proc/%d/status" % a.process.pid, "rb").read():
                if tracer.poll() is not None:
                    raise RuntimeError("strace cannot attach here")
            alive = True
            try:
                a.call("POST", "/v1/copy", {})
            except (Lost, OSError):
                alive = False
            if alive:
                a.stop()
            else:
                a.process.wait()
                a.process = None
            tracer.wait()
            if alive:
                call, when = call + 1, 0
            else:
                steps += 1
            b.start()
            seen = len(b.records("check-in"))
            state = b.call("GET", "/v1/copy").get("state")
            if seen not in (moods - 1, moods) or state in ("failed", "foreign"):
                problems.append("step %d: B sees %d of %d, copy %s"
                                % (when, seen, moods, state))
            b.stop()
            a.start()
            if len(a.records("check-in")) != moods:
                problems.append("step %d: A lost one" % when)
            both = a.call("POST", "/v1/copy", {})
            if both.get("state") != "ok":
                problems.append("step %d: copy is %s" % (when, both))
        check("kill -9 at each of %d steps of writing the copy" % steps,
              steps > 8 and not problems, "; ".join(problems[:3]))
    finally:
        a.close()
        b.close()
        shutil.rmtree(folder)


SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
int statfs(const char *path, struct statfs *fs)
{
	int (*real)(const char *, struct statfs *) =
	    (int (*)(const char *, struct statfs *))dlsym(RTLD_NEXT, "statfs");
	int rc = real(path, fs);
	const char *home = getenv("FAKE_NETWORK");
	if (rc == 0 && home != NULL && strncmp(path, home, strlen(home)) == 0)
		fs->f_type = 0x6969; /* NFS */
	return rc;
}
int statfs64(const char *path, struct statfs64 *fs)
{
	return statfs(path, (struct statfs *)fs);
}
"""


def test_network_home(keeld):
    local = "/var/lib/evenkeel/%d" % os.geteuid()
    if os.geteuid() != 0 or os.path.exists(local):
        skip("network home: needs root and no %s" % local)
        return
    work = tempfile.mkdtemp(prefix="ek-net-")
    made = not os.path.exists("/var/lib/evenkeel")
    with open(work + "/shim.c", "w") as file:
        file.write(SHIM)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", work + "/shim.so",
                    work + "/shim.c", "-ldl"], check=True)
    home = work + "/home"
    os.mkdir(home)
    env = {"LD_PRELOAD": work + "/shim.so", "FAKE_NETWORK": home}
    desk = Desk(keeld, home, env)
    try:
        desk.start()
        status = desk.call("GET", "/v1/status")
        check("no way to a local folder is said with the remedy",
              status["state"] == "broken" and "/var/lib/evenkeel"
              in (status["message"] or ""), str(status.get("message")))
        desk.stop()
        os.makedirs("/var/lib/evenkeel", exist_ok=True)
        os.chmod("/var/lib/evenkeel", 0o1777)
        desk.start()
        desk.make()
        answer(desk, 4)
        status = desk.call("GET", "/v1/status")
        check("the book of a network home lies on the local disk",
              status["place"] == local and status["network_home"]
              and os.path.exists(local + "/book.db"), str(status["place"]))
        desk.stop()
        copies = [f for f in os.listdir(home) if f.endswith(".copy")]
        check("its sealed copy lies in the network home", len(copies) == 1)
        shutil.rmtree(local)
        desk.start()
        restore(desk, home)
        check("and opens it on a new machine",
              len(desk.records("check-in")) == 1)
        desk.stop()
    finally:
        desk.close()
        shutil.rmtree(work)
        shutil.rmtree(local, ignore_errors=True)
        if made:
            shutil.rmtree("/var/lib/evenkeel", ignore_errors=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keeld")
    args = parser.parse_args()
    test_apart_then_again(args.keeld)
    test_phrase(args.keeld)
    test_killed_while_writing(args.keeld)
    test_network_home(args.keeld)
    return end()


if __name__ == "__main__":
    sys.exit(main())
