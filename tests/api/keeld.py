"""keeld - a daemon of its own for each test: a temporary home, a clock that
is told the time, requests over its Unix socket.

Nothing sleeps: a start is over when keeld says READY=1 to NOTIFY_SOCKET, a
stop when the process is gone.  EK_BIN says where keeld lies (tests/tools/run
sets it; else build/debug).
"""
import calendar
import glob
import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.environ.get("EK_BIN", os.path.join(ROOT, "build/debug"))
LIMIT = 60  # seconds until a test that waits gives up

KDF = {"salt": "00112233445566778899aabbccddeeff", "ops": 1, "mem_kib": 8}
PHRASE_KEK = "a1" * 32
PASS_KEK = "b2" * 32

PLAN = """# My plan

## When I am well at work
- I say good morning first

## Early warning signs
- skipping lunch → Walk in the garden; Call Jia
- short answers

## What helps me
- Walk in the garden
- Tea with the door closed
- Music on the way home

## People I can turn to
- Jia, a friend

## When it gets hard
- Tell Tan I need ten minutes

## Review
2026-12-01
"""

PULSE = {"name": "pulse", "instrument": "pulse",
         "rule": "FREQ=WEEKLY;BYDAY=MO,WE,FR", "start": "2026-11-02T16:30:00"}
DAILY = {"name": "pulse", "instrument": "pulse", "rule": "FREQ=DAILY",
         "start": "2026-11-02T16:30:00"}


def key():
    return secrets.token_hex(16)


def windows(data, size=16):
    """Every run of so many bytes: ciphertext is looked for by these."""
    return {data[at:at + size] for at in range(len(data) - size + 1)}


def keyspec(mode="file", phrase=PHRASE_KEK, kek=PASS_KEK):
    spec = {"mode": mode, "phrase_kek": phrase, "phrase_kdf": dict(KDF)}
    if mode == "passphrase":
        spec.update(kek=kek, kdf=dict(KDF))
    return spec


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=LIMIT)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Keeld:
    """One daemon and its home, which outlives stops and kills."""

    def __init__(self, home=None, now="2026-11-24T17:00:00Z", zone="UTC",
                 env=None, unit=False):
        self.top = tempfile.mkdtemp(prefix="ek.", dir="/tmp")
        self.home = home or os.path.join(self.top, "h")
        self.clock = os.path.join(self.top, "clock")
        self.zone, self.more = zone, env or {}
        self.process = None
        self.stepped = 0  # ms by which the wall clock was set
        # as a service manager starts it: it is told its own pid
        self.shell = ["/bin/sh", "-c", 'SYSTEMD_EXEC_PID=$$ exec "$@"',
                      "sh"] if unit else []
        os.makedirs(self.home, 0o700, exist_ok=True)
        self.set_now(now)

    # --- the process ---

    def start(self):
        ready = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        name = os.path.join(self.top, "ready")
        if os.path.exists(name):
            os.unlink(name)
        ready.bind(name)
        ready.settimeout(0.25)
        env = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C",
               "HOME": self.top, "TZ": self.zone, "NOTIFY_SOCKET": name,
               "EVENKEEL_TEST_CLOCK": self.clock}
        for name_of in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LLVM_PROFILE_FILE"):
            if name_of in os.environ:
                env[name_of] = os.environ[name_of]
        env.update(self.more)
        self.log = open(os.path.join(self.top, "log"), "ab")
        self.process = subprocess.Popen(
            self.shell + [os.path.join(BIN, "keeld"), "--home", self.home],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            env=env)
        began = time.monotonic()
        while True:
            try:
                if b"READY=1" in ready.recv(4096):
                    break
            except TimeoutError:
                pass
            if self.process.poll() is not None or \
                    time.monotonic() - began > LIMIT:
                ready.close()
                raise RuntimeError("keeld did not start: " + self.logged())
        ready.close()
        return self

    def stop(self, how=signal.SIGTERM):
        if self.process is None:
            return 0
        self.process.send_signal(how)
        status = self.process.wait(LIMIT)
        self.process = None
        self.log.close()
        return status

    def kill(self):
        return self.stop(signal.SIGKILL)

    def restart(self):
        self.stop()
        return self.start()

    def logged(self):
        with open(os.path.join(self.top, "log"), errors="replace") as f:
            return f.read()

    def close(self):
        status = self.stop()
        text = self.logged() if os.path.exists(
            os.path.join(self.top, "log")) else ""
        shutil.rmtree(self.top, ignore_errors=True)
        if "Sanitizer" in text or "runtime error" in text or status not in (
                0, None):
            raise AssertionError(f"keeld ended with {status}:\n{text}")

    # --- the clock ---

    def set_now(self, utc):
        """'2026-11-24T17:00:00Z'"""
        self.ms = 1000 * calendar.timegm(
            time.strptime(utc, "%Y-%m-%dT%H:%M:%SZ"))
        self._tell()

    def pass_time(self, days=0, hours=0, minutes=0, seconds=0):
        self.ms += 1000 * (seconds + 60 * (minutes + 60 * (hours + 24 * days)))
        self._tell()

    def step(self, hours):
        """Somebody sets the clock; no time passes."""
        self.ms += 3600000 * hours
        self.stepped += 3600000 * hours
        self._tell()

    def _tell(self):
        with open(self.clock + ".new", "w") as f:
            f.write(f"{self.ms} {self.ms - self.stepped}")
        os.rename(self.clock + ".new", self.clock)
        if self.process is not None:
            self.process.send_signal(signal.SIGUSR1)

    def turn(self):
        """What was to be done by the time it was told is done.

        The signal may come up together with one request, and its timers a
        turn later; never behind a second request."""
        self.get("/v1/status")
        self.get("/v1/status")

    def children(self):
        """The processes that it started and has not reaped."""
        found = set()
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/stat") as f:
                    fields = f.read().rsplit(")", 1)[1].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[1]) == self.process.pid:
                found.add(int(pid))
        return found

    # --- requests ---

    @property
    def sock(self):
        return os.path.join(self.home, "run", "api.sock")

    def raw(self, method, path, body=None, headers=None):
        """(status, bytes)"""
        connection = UnixConnection(self.sock)
        headers = dict(headers or {})
        if isinstance(body, (dict, list)):
            body = json.dumps(body, ensure_ascii=False)
        if isinstance(body, str):
            body = body.encode()
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        try:
            connection.request(method, path, body, headers)
            reply = connection.getresponse()
            return reply.status, reply.read()
        finally:
            connection.close()

    def ask(self, method, path, body=None, idem=None):
        """(status, json)"""
        headers = {} if idem is None else {"Idempotency-Key": idem}
        status, data = self.raw(method, path, body, headers)
        return status, json.loads(data)

    def get(self, path):
        return self._good(self.ask("GET", path), path)

    def post(self, path, body=None, idem=None):
        return self._good(
            self.ask("POST", path, {} if body is None else body, idem), path)

    def put(self, path, body, idem=None):
        return self._good(self.ask("PUT", path, body, idem), path)

    def delete(self, path, idem=None):
        return self._good(self.ask("DELETE", path, None, idem), path)

    @staticmethod
    def _good(answer, path):
        status, body = answer
        if status not in (200, 201):
            raise AssertionError(f"{path}: {status} {body}")
        return body

    # --- common steps ---

    def make_book(self, mode="file", plan=PLAN, schedules=(), **more):
        body = {"key": keyspec(mode), "lang": "en", "plan": plan,
                "shared_login": False, "schedules": list(schedules)}
        body.update(more)
        return self.post("/v1/book", body, key())

    def checkin(self, idem=None, **members):
        body = {"instrument": "pulse", "answers": {"mood": 6, "energy": 5}}
        body.update(members)
        return self.post("/v1/checkins", body, idem or key())

    def export(self, query=""):
        status, data = self.raw("GET", "/v1/export" + query)
        if status != 200:
            raise AssertionError(f"export: {status} {data[:200]}")
        return data

    def records(self, kind=None):
        every = [json.loads(line) for line in self.export().splitlines()]
        return [r for r in every if kind is None or r["kind"] == kind]

    def entries(self, query=""):
        return self.get("/v1/diary" + query)["entries"]

    def drafts(self):
        """The sealed drafts, as any program reads them."""
        path, = glob.glob(self.home + "/**/book.db", recursive=True)
        db = sqlite3.connect(path)
        rows = [blob for blob, in db.execute("SELECT blob FROM drafts")]
        db.close()
        return rows

    def files(self):
        """Every file under the home: {path: bytes}"""
        found = {}
        for folder, _, names in os.walk(self.home):
            for name in names:
                path = os.path.join(folder, name)
                if os.path.isfile(path):
                    with open(path, "rb") as f:
                        found[path] = f.read()
        return found


class Case(unittest.TestCase):
    """A test with one daemon; `book` None leaves it without a book."""

    book = "file"
    schedules = ()
    plan = PLAN
    now = "2026-11-24T17:00:00Z"
    zone = "UTC"

    def setUp(self):
        self.k = Keeld(now=self.now, zone=self.zone)
        self.addCleanup(self.k.close)
        self.k.start()
        if self.book is not None:
            self.k.make_book(self.book, self.plan, self.schedules)

    def another(self, **more):
        other = Keeld(now=self.now, zone=self.zone, **more)
        self.addCleanup(other.close)
        return other

    def refused(self, status, code, method, path, body=None, idem=None,
                says=None):
        """The refusal's message; it must hold a remedy."""
        got, reply = self.k.ask(method, path, body, idem)
        self.assertEqual((got, reply.get("error", {}).get("code")),
                         (status, code), reply)
        message = reply["error"]["message"]
        self.assertIn(";", message, "a reason has a remedy: " + message)
        if says is not None:
            self.assertIn(says, message)
        return message

    def invalid(self, method, path, body=None, says=None):
        return self.refused(400, "invalid", method, path, body, key(), says)


def main():
    """Runs the test file and prints what the runner counts."""
    result = unittest.main(exit=False, verbosity=1).result
    failed = len(result.failures) + len(result.errors) + \
        len(result.unexpectedSuccesses)
    skipped = len(result.skipped)
    passed = max(0, result.testsRun - failed - skipped)  # setUpClass fails, too
    print(f"{passed} passed, {failed} failed"
          + (f", {skipped} skipped" if skipped else ""))
    sys.exit(1 if failed else 0)
