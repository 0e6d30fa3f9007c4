"""steps - one request, killed at its first, second, ... call of each name.

strace is attached to a daemon that is up already, so that only what the
request does is counted.  Each try has a home of its own, copied from one.
"""
import os
import shutil
import subprocess

from desk import Desk, Lost, Refused

# strace counts each call by itself, so they are taken one name at a time
STEPS = ("openat", "write", "pwrite64", "fsync", "fdatasync", "ftruncate",
         "rename", "renameat2", "unlink")


def have_strace():
    return shutil.which("strace") is not None


def inject(desk, call, when, what="signal=KILL"):
    """The tracer that will do this to desk at its when-th such call from now
    on."""
    tracer = subprocess.Popen(
        ["strace", "-f", "-qq", "-o", "/dev/null", "-p",
         str(desk.process.pid), "-e", "signal=none", "-e", "trace=" + call,
         "-e", "inject=%s:%s:when=%d" % (call, what, when)],
        stderr=subprocess.DEVNULL)
    status = "/proc/%d/status" % desk.process.pid
    while True:
        with open(status, "rb") as file:
            if b"TracerPid:\t0" not in file.read():
                return tracer
        if tracer.poll() is not None:
            raise RuntimeError("strace cannot attach here")


def copied(base, name):
    """A desk on a copy of base's home."""
    home = base.home + "." + name
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(base.home, home,
                    ignore=shutil.ignore_patterns("run", "log"))
    return Desk(base.keeld, home)


def killed_at_each_step(base, act, calls=STEPS):
    """Yields (step in words, desk) with the desk started again after each
    kill.  act(desk) is the request; base is a desk that is not running.  The
    last of each name passed untouched and is not yielded."""
    for call in calls:
        when = 0
        while True:
            when += 1
            desk = copied(base, "step")
            try:
                if not desk.start():
                    raise RuntimeError("keeld does not start")
                tracer = inject(desk, call, when)
                try:
                    act(desk)
                    tracer.terminate()  # it lets go
                    tracer.wait()
                    died = desk.process.poll() is not None
                except Lost:
                    desk.process.wait()
                    tracer.wait()
                    died = True
                if not died:
                    break
                desk.process = None
                if not desk.start():
                    raise RuntimeError("keeld does not start after %s %d"
                                       % (call, when))
                yield "%s %d" % (call, when), desk
            finally:
                desk.close()
                shutil.rmtree(desk.home, ignore_errors=True)


def failed_at_each_step(base, act, what, calls):
    """Yields (step in words, desk, what act raised or None): the desk runs on,
    traced no more.  calls: {name: how many} of the request."""
    for call, count in calls.items():
        for when in range(1, count + 1):
            desk = copied(base, "step")
            raised = None
            try:
                if not desk.start():
                    raise RuntimeError("keeld does not start")
                tracer = inject(desk, call, when, what)
                try:
                    act(desk)
                except (Lost, OSError, Refused) as error:
                    raised = error
                tracer.terminate()
                tracer.wait()
                yield "%s %d" % (call, when), desk, raised
            finally:
                desk.close()
                shutil.rmtree(desk.home, ignore_errors=True)


def files_of(desk):
    """What lies in the book's folder: name -> bytes."""
    found = {}
    for name in sorted(os.listdir(desk.home)):
        if name.startswith("book.") and name != "book.lock":
            with open(os.path.join(desk.home, name), "rb") as file:
                found[name] = file.read()
    return found
