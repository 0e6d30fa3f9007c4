"""One release keeld on a folder of its own, and a book of ten years, for the
benches beside this file."""
import datetime
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEELD, KEEL = os.path.join(ROOT, "build/keeld"), os.path.join(ROOT, "build/keel")
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

    def __init__(self, name, env=None):
        # the socket's path must be short, wherever the checkout lies
        self.run = tempfile.mkdtemp(prefix="ek.")
        self.home = os.path.join(WORK, name)
        shutil.rmtree(self.home, ignore_errors=True)
        os.makedirs(self.home, mode=0o700)
        self.env = {"PATH": os.environ["PATH"], "HOME": self.home,
                    "XDG_RUNTIME_DIR": self.run, "TZ": "UTC",
                    "LC_ALL": "C.UTF-8"}
        self.env.update(env or {})
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
