"""desk - one keeld on one home folder, for whole-daemon tests.

Talks HTTP over the Unix socket with the standard library only.  Every desk
has its own folder; nothing outside it is touched.
"""
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Lost(Exception):
    """The daemon went away in the middle of an exchange."""


class Refused(Exception):
    def __init__(self, status, code, message):
        super().__init__("%d %s: %s" % (status, code, message))
        self.status, self.code, self.message = status, code, message


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout=20):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def new_key():
    return uuid.uuid4().hex


FILE_KEY = {
    "mode": "file",
    "phrase_kek": "07" * 32,
    "phrase_kdf": {"salt": "00" * 16, "ops": 3, "mem_kib": 65536},
}


class Desk:
    def __init__(self, keeld=None, home=None, env=None):
        self.keeld = keeld or os.path.join(
            os.environ.get("EK_BIN", os.path.join(ROOT, "build")), "keeld")
        self.own = home is None
        self.home = home or tempfile.mkdtemp(prefix="ek-desk-")
        self.env = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8",
                        EVENKEEL_HOME=self.home, HOME=self.home, **(env or {}))
        self.env.pop("NOTIFY_SOCKET", None)
        self.sock = os.path.join(self.home, "run", "api.sock")
        self.process = None
        self.log = open(os.path.join(self.home, "log"), "ab")

    def start(self, before=(), wait=20.0):
        self.process = subprocess.Popen(
            list(before) + [self.keeld, "--home", self.home],
            env=self.env, stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=self.log)
        end = time.monotonic() + wait
        while time.monotonic() < end:
            if self.process.poll() is not None:
                return False
            try:
                self.call("GET", "/v1/status")
                return True
            except Refused as no:
                # it is up: its turn had a prompt to keep, and no room
                if no.code in ("no-space", "io"):
                    return True
                raise
            except (Lost, OSError):
                time.sleep(0.005)
        raise RuntimeError("keeld did not answer; see %s/log" % self.home)

    def keeld_pid(self):
        """Under strace the daemon is the child."""
        pid = self.process.pid
        try:
            with open("/proc/%d/task/%d/children" % (pid, pid)) as file:
                children = file.read().split()
            return int(children[0]) if children else pid
        except (OSError, IndexError):
            return pid

    def kill(self):
        if self.process is None:
            return
        try:
            os.kill(self.keeld_pid(), signal.SIGKILL)
        except OSError:
            pass
        self.process.wait()
        self.process = None

    def stop(self):
        if self.process is None:
            return 0
        self.process.terminate()
        status = self.process.wait(timeout=20)
        self.process = None
        return status

    def close(self):
        self.kill()
        self.log.close()
        if self.own:
            shutil.rmtree(self.home, ignore_errors=True)

    def raw(self, method, path, body=None, headers=None):
        """(status, bytes); Lost when the exchange broke off."""
        connection = UnixConnection(self.sock)
        head = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None:
            head.setdefault("Content-Type", "application/json")
        try:
            connection.request(method, path, body, head)
            reply = connection.getresponse()
            return reply.status, reply.read()
        except (OSError, http.client.HTTPException) as error:
            raise Lost(str(error)) from None
        finally:
            connection.close()

    def call(self, method, path, body=None, key=None):
        status, text = self.raw(method, path, body,
                                {"Idempotency-Key": key} if key else None)
        reply = json.loads(text) if text else {}
        if status >= 300:
            error = reply.get("error", {})
            raise Refused(status, error.get("code"), error.get("message"))
        return reply

    def make(self, plan=None, schedules=()):
        return self.call("POST", "/v1/book", {
            "key": FILE_KEY, "lang": "en", "plan": plan,
            "shared_login": False, "schedules": list(schedules)})

    def export(self):
        status, text = self.raw("GET", "/v1/export")
        if status != 200:
            raise Refused(status, "export", text.decode())
        return text

    def records(self, kind=None):
        lines = [json.loads(line) for line in self.export().splitlines()]
        return [r for r in lines if kind is None or r["kind"] == kind]
