#!/usr/bin/env python3
"""From a launcher, at a home of the usual places: what is started for her and
what is not, and what she is told where nobody reads stderr.  systemctl is our
own: it notes what it is told, and hands keeld a socket as the manager does."""

import http.client
import os
import pty
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

from terminal import BIN, KEEL

SYSTEMCTL = """#!/usr/bin/python3
import os, socket, sys, time
with open(sys.argv[0] + ".log", "a") as log:
    print(*sys.argv[1:], file=log)
if "start" not in sys.argv:
    known = sys.argv[0] + ".on"
    if "enable" in sys.argv:
        open(known, "w").close()
    elif "disable" in sys.argv:
        os.unlink(known)
    else:
        print("enabled" if os.path.exists(known) else "disabled")
        sys.exit(not os.path.exists(known))
    sys.exit(0)
place = os.environ["XDG_RUNTIME_DIR"] + "/evenkeel"
os.makedirs(place, 0o700, exist_ok=True)
door = socket.socket(socket.AF_UNIX)
door.bind(place + "/api.sock")
os.chmod(place + "/api.sock", 0o600)
door.listen()
pid = os.fork()
if pid > 0:
    with open(sys.argv[0] + ".pid", "w") as file:
        file.write(str(pid))
    sys.exit(0)
os.setsid()
door.set_inheritable(True)
if door.fileno() != 3:
    os.dup2(door.fileno(), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_FDNAMES="api",
                  LISTEN_PID=str(os.getpid()),
                  SYSTEMD_EXEC_PID=str(os.getpid()))
os.execv({keeld!r}, ["keeld"])
"""
NOTIFY = """#!/usr/bin/python3
import sys
with open({told!r}, "w") as file:
    file.write("\\n".join(sys.argv[1:]))
"""
START = ("sign=skipping lunch\nhelps=Walk in the garden\nperson=Jia\n"
         "shared=no\nkey=file\n")


class Launcher(unittest.TestCase):
    def setUp(self):
        self.top = tempfile.mkdtemp(prefix="ek.", dir="/tmp")
        self.addCleanup(shutil.rmtree, self.top, ignore_errors=True)
        self.addCleanup(self.end)
        for name in ("bin", "run"):
            os.mkdir(os.path.join(self.top, name), 0o700)
        self.told = os.path.join(self.top, "told")
        os.mkfifo(self.told)
        self.systemctl = self.program(
            "systemctl", SYSTEMCTL.format(keeld=os.path.join(BIN, "keeld")))
        self.program("notify-send", NOTIFY.format(told=self.told))

    def program(self, name, text):
        path = os.path.join(self.top, "bin", name)
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, 0o700)
        return path

    def end(self):
        """keeld is no child of ours: over when its lock on us is gone."""
        try:
            with open(self.systemctl + ".pid") as file:
                pid = int(file.read())
            held = os.pidfd_open(pid)
        except (FileNotFoundError, ProcessLookupError):
            return
        os.kill(pid, signal.SIGTERM)
        select.select([held], [], [], 20)
        os.close(held)

    def keel(self, status, *args, words=None, stderr=subprocess.PIPE, **env):
        env = {"PATH": os.path.join(self.top, "bin"), "HOME": self.top,
               "XDG_RUNTIME_DIR": os.path.join(self.top, "run"),
               "LC_ALL": "C.UTF-8", "TZ": "UTC", **env}
        done = subprocess.run(
            [KEEL, *args], env={k: v for k, v in env.items() if v},
            input=words or "", stdout=subprocess.PIPE, stderr=stderr,
            text=True, timeout=60)
        self.assertEqual(done.returncode, status, (done.stdout, done.stderr))
        return done

    def log(self):
        try:
            with open(self.systemctl + ".log") as file:
                return [line.strip().removeprefix("--user ").removeprefix(
                    "--quiet ") for line in file if "is-enabled" not in line]
        except FileNotFoundError:
            return []

    def notified(self):
        """Waits for notify-send, which nobody waits for."""
        with open(self.told) as file:
            return file.read().splitlines()


class Wakes(Launcher):
    def test_open_starts_the_socket_and_enables_nothing(self):
        url = self.keel(0, "open", "--print").stdout.strip()
        self.assertEqual(self.log(), ["start keeld.socket"])
        host, path = re.match(r"http://([0-9.:]+)(/.*)", url).groups()
        page = http.client.HTTPConnection(host, timeout=20)
        page.request("GET", path)
        answer = page.getresponse()
        self.assertEqual(answer.status, 303)
        self.assertIn("HttpOnly", answer.getheader("Set-Cookie"))
        page.close()
        self.keel(0, "open", "--print")  # it runs: nothing to start
        self.assertEqual(self.log(), ["start keeld.socket"])

    def test_start_enables_and_erase_ends_that(self):
        said = self.keel(0, "start", "--answers", "-", words=START).stdout
        self.assertIn("From now on it starts when you log in",
                      " ".join(said.split()))
        units = "keeld.service keeld.socket"
        self.assertEqual(self.log(), ["start keeld.socket", "enable " + units])
        said = self.keel(0, "erase", "--yes").stdout
        self.assertNotIn("still start", said)
        self.assertEqual(self.log()[2:], ["disable " + units])

    def test_erase_says_when_it_still_starts(self):
        self.keel(0, "start", "--answers", "-", words=START)
        with open(self.systemctl, "w") as file:
            file.write("#!/bin/sh\n[ $3 = disable ] || echo enabled\n")
        said = " ".join(self.keel(0, "erase", "--yes").stdout.split())
        self.assertIn("systemctl --user disable keeld.service", said)

    def test_others_do_not_start_it(self):
        self.assertIn("systemctl --user start keeld.socket",
                      self.keel(2, "status").stderr)
        self.keel(2, "checkin", "pulse", "--answers", "-", words="mood=3\n")
        self.assertEqual(self.log(), [])

    def test_another_home_is_not_the_units(self):
        self.keel(2, "--home", self.top + "/other", "open", "--print")
        self.keel(2, "open", "--print", EVENKEEL_HOME=self.top + "/other")
        self.assertEqual(self.log(), [])

    def test_without_a_manager(self):
        os.unlink(self.systemctl)
        self.assertIn("does not answer", self.keel(2, "open").stderr)


class Tells(Launcher):
    def test_that_nothing_answers(self):
        os.unlink(self.systemctl)
        for page in ("today", "hard"):
            self.keel(2, "open", page, WAYLAND_DISPLAY="wayland-0")
            *options, summary, body = self.notified()
            self.assertEqual(summary, "Evenkeel could not be opened")
            self.assertIn("Log out and in again", body)
            self.assertIn("--app-name=Evenkeel", options)
            self.assertNotIn("hard", " ".join([*options, body]).lower())

    def test_that_there_is_no_browser(self):
        self.keel(1, "open", DISPLAY=":7", BROWSER="no-such-browser")
        self.assertIn("No browser could be started", self.notified()[-1])

    def test_nobody_where_somebody_reads(self):
        os.unlink(self.systemctl)
        ours, theirs = pty.openpty()
        self.keel(2, "open", DISPLAY=":7", stderr=theirs)  # a terminal
        os.close(ours)
        os.close(theirs)
        self.keel(2, "open")  # no desktop
        self.keel(2, "open", "--print", DISPLAY=":7")  # a script
        self.keel(2, "status", DISPLAY=":7")
        # whoever was told by these waits at the pipe, and is read, too
        self.keel(2, "open", DISPLAY=":7")
        self.assertEqual(
            self.notified().count("Evenkeel could not be opened"), 1)


class Renewed(Launcher):
    def test_status_says_so(self):
        keeld = os.path.join(self.top, "keeld")
        shutil.copy(os.path.join(BIN, "keeld"), keeld)
        self.program("systemctl", SYSTEMCTL.format(keeld=keeld))
        self.keel(0, "open", "--print")
        self.assertNotIn("renewed", self.keel(0, "status").stdout)
        shutil.copy(os.path.join(BIN, "keeld"), keeld + ".new")
        os.rename(keeld + ".new", keeld)  # as dpkg does
        said = " ".join(self.keel(0, "status").stdout.split())
        self.assertIn("The program was renewed", said)
        self.assertIn("systemctl --user restart keeld.service", said)


if __name__ == "__main__":
    result = unittest.main(exit=False, verbosity=1).result
    bad = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - bad} passed, {bad} failed")
    raise SystemExit(1 if bad else 0)
