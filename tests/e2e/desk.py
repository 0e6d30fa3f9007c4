"""A desktop of a test's own: a bus, what is started on it, keeld, a browser
that says what it was given.  What is awaited of another program is asked for
again and again; no time is guessed."""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "../api"))
import dbus  # noqa: E402

import keeld  # noqa: E402
from keeld import DAILY, LIMIT  # noqa: E402
from test_page import Browser as Page  # noqa: E402

# Says what it was given, then stays until it is ended.
BROWSER = """#!/usr/bin/python3
import json, os, signal, sys
with open({told!r} + ".new", "w") as file:
    json.dump({{"pid": os.getpid(), "argv": sys.argv[1:],
               "env": sorted(os.environ), "leads": os.getsid(0) == os.getpid(),
               "fds": [os.readlink("/proc/self/fd/" + fd)
                       for fd in os.listdir("/proc/self/fd")
                       if os.path.exists("/proc/self/fd/" + fd)]}}, file)
os.rename(file.name, {told!r})
signal.pause()
"""
BUS = """<busconfig><type>session</type><listen>unix:dir=/tmp</listen>
<servicedir>{services}</servicedir>
<policy context="default"><allow send_destination="*"/><allow own="*"/>
<allow eavesdrop="true"/></policy></busconfig>"""
SERVICES = "/usr/share/dbus-1/services"


class Desk(unittest.TestCase):
    """One keeld with a daily check-in at 16:30; the desktop is desktop()'s."""

    services = ()  # that the bus may start

    def desktop(self):
        raise NotImplementedError

    def setUp(self):
        self.top = tempfile.mkdtemp(prefix="ek.", dir="/tmp")
        self.addCleanup(shutil.rmtree, self.top, True)
        self.procs = []
        self.addCleanup(self.end_all)
        self.env = {"PATH": os.environ["PATH"], "HOME": self.top,
                    "LC_ALL": "C.UTF-8", "XDG_RUNTIME_DIR": self.top}
        self.start_bus()
        self.desktop()
        self.told = os.path.join(self.top, "told")
        self.env["BROWSER"] = "/none/such:" + os.path.join(
            self.top, "browser") + " --new"
        with open(os.path.join(self.top, "browser"), "w") as file:
            file.write(BROWSER.format(told=self.told))
        os.chmod(file.name, 0o700)
        self.k = keeld.Keeld(now="2026-11-24T10:00:00Z", env=self.env)
        self.addCleanup(self.k.close)
        self.k.start()
        self.k.make_book(schedules=[DAILY])

    def start_bus(self):
        services = os.path.join(self.top, "services")
        os.mkdir(services)
        for name in self.services:
            shutil.copy(os.path.join(SERVICES, name + ".service"), services)
        with open(os.path.join(self.top, "bus.conf"), "w") as file:
            file.write(BUS.format(services=services))
        self.bus = self.run_on(["dbus-daemon", "--nofork", "--print-address",
                                "--config-file", file.name],
                               stdout=subprocess.PIPE)
        self.env["DBUS_SESSION_BUS_ADDRESS"] = \
            self.bus.stdout.readline().decode().strip()
        self.bus.stdout.close()
        # logind's stand-in lives on the same bus
        self.env["DBUS_SYSTEM_BUS_ADDRESS"] = \
            self.env["DBUS_SESSION_BUS_ADDRESS"]

    def connection(self):
        connection = dbus.bus.BusConnection(
            self.env["DBUS_SESSION_BUS_ADDRESS"])
        self.addCleanup(connection.close)
        return connection

    def run_on(self, argv, **more):
        process = subprocess.Popen(argv, env=self.env,
                                   stderr=subprocess.DEVNULL, **more)
        self.procs.append(process)
        return process

    def end_all(self):
        for process in reversed(self.procs):
            if process.poll() is None:
                process.kill()
            process.wait(LIMIT)

    def until(self, is_so):
        """Asks again until it is so: another program's doing is awaited."""
        began = time.monotonic()
        while not is_so():
            self.assertLess(time.monotonic() - began, LIMIT, "not in time")
            select_a_moment()

    def states(self):
        return [r["state"] for r in self.k.records("slot")]

    def due(self, time_of="16:30"):
        self.k.set_now(f"2026-11-24T{time_of}:00Z")

    def mock(self, name, path, iface, *more):
        """An object of python3-dbusmock on this test's bus."""
        self.run_on([sys.executable, "-m", "dbusmock", "--session", *(
            more or (name, path, iface))], stdout=subprocess.DEVNULL)
        connection = self.connection()
        self.until(lambda: connection.name_has_owner(name))
        return dbus.Interface(connection.get_object(name, path),
                              "org.freedesktop.DBus.Mock")

    def noted(self):
        """The number of what is shown, as keeld keeps it."""
        path = os.path.join(self.k.home, "run/bubble")
        self.until(lambda: os.path.exists(path))
        with open(path) as file:
            return file.read().split()[0]

    def helpers(self):
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/stat") as file:
                    stat = file.read()
            except OSError:
                continue
            if stat.split(") ")[1].split()[1] == str(self.k.process.pid):
                found.append(int(pid))
        return found

    def browser(self):
        """What the browser says of itself, once it runs."""
        self.until(lambda: os.path.exists(self.told))
        with open(self.told) as file:
            told = json.load(file)
        self.addCleanup(self.end, told["pid"])
        return told

    def end(self, pid):
        """It is nobody's child: init's to reap."""
        os.kill(pid, signal.SIGKILL)
        self.until(lambda: not self.runs(pid))

    @staticmethod
    def runs(pid):
        try:
            with open(f"/proc/{pid}/stat") as file:
                return file.read().rsplit(")", 1)[1].split()[0] != "Z"
        except OSError:
            return False

    def follow(self, told):
        """The check-in that is asked for, where the link leads."""
        self.assertEqual(told["argv"][0], "--new")
        text = Page(self, url=told["argv"][1]).follow()
        self.assertIn("mood", text)
        return text


def select_a_moment():
    """Lets the other programs run; what is awaited is asked for, not timed."""
    time.sleep(0.02)
