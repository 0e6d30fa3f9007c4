"""A browser that goes where it is sent, and a keel that can be held up: for
the tests of pages that take another turn of the loop."""
import html
import os
import re
import socket
import subprocess
import time
import unittest
import urllib.parse

import keeld
from test_page import Browser

KEEL = os.path.join(keeld.BIN, "keel")

# Says how it was started and that it is there, waits to be let go, goes on;
# when "after" lies there, it has done its work by then.
HELD = """#!/bin/sh
top=${0%/*}
{ printf '%s\\n' "$@"; env; } >>"$top/started"
echo $$ >"$top/pid"
[ -e "$top/after" ] && KEEL "$@" >"$top/after"
[ -p "$top/there" ] && { echo there >"$top/there"; read go <"$top/go"; }
exec KEEL "$@"
"""


class Visitor(Browser):
    """Follows what answers with 303."""

    def go(self, address):
        """(status, text) where it ended."""
        for _ in range(5):
            status, headers, text = self.ask("GET", address)
            if status != 303:
                return status, text
            address = self.page = headers["Location"]
        raise AssertionError("it leads on for ever")

    def enter(self):
        """The first page's text, wherever the link leads."""
        status, headers, _ = self.ask("GET", self.link)
        self.case.assertEqual(status, 303)
        self.path = headers["Location"].rsplit("/", 1)[0]
        self.cookie = headers["Set-Cookie"].split("; ")[0]
        self.status, text = self.go(headers["Location"])
        return text

    def send(self, address, fields):
        """(status, text) of a form, of the page it leads to."""
        status, headers, text = self.ask(
            "POST", address, urllib.parse.urlencode(fields))
        self.page = address
        if status == 303:
            self.page = headers["Location"]
            return self.go(headers["Location"])
        return status, text

    def start_send(self, address, fields):
        """Sent, and not waited for: the connection."""
        body = urllib.parse.urlencode(fields).encode()
        raw = socket.create_connection(("127.0.0.1", self.port))
        raw.settimeout(keeld.LIMIT)
        raw.sendall(
            f"POST {address} HTTP/1.1\r\nHost: {self.host}\r\n"
            f"Cookie: {self.cookie}\r\nConnection: close\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        return raw

    @staticmethod
    def answer(raw):
        """What came on it: (status, location, text)"""
        data = b""
        while part := raw.recv(65536):
            data += part
        raw.close()
        head, _, text = data.partition(b"\r\n\r\n")
        found = re.search(rb"\r\nLocation: (\S+)", head)
        return int(head.split()[1]), found and found[1].decode(), \
            text.decode()

    def form(self, text, button):
        """Its hidden fields as they are meant."""
        address, _ = Browser.form(self, text, button)
        inside = text.split(f'action="{address}">')
        inside = next(part for part in inside[1:]
                      if f">{button}</button>" in part.split("</form>")[0])
        return address, {
            name: html.unescape(value) for name, value in re.findall(
                r'type="hidden" name="(\w+)" value="([^"]*)"',
                inside.split("</form>")[0])}


@unittest.skipIf(os.environ.get("EK_KIND") == "release",
                 "release programs take no other keel")
class Case(keeld.Case):
    """One daemon whose keel is ours to hold."""

    book = None

    def setUp(self):
        super().setUp()
        self.k.stop()
        self.folder = os.path.join(self.k.top, "k")
        os.mkdir(self.folder)
        path = os.path.join(self.folder, "keel")
        with open(path, "w") as f:
            f.write(HELD.replace("KEEL", KEEL))
        os.chmod(path, 0o700)
        self.k.more["EVENKEEL_TEST_KEEL"] = path
        self.k.start()

    def hold(self, after=False):
        if after:
            open(os.path.join(self.folder, "after"), "w").close()
        for name in ("there", "go"):
            os.mkfifo(os.path.join(self.folder, name))

    def wait_held(self):
        """Till keel is there, held; its process."""
        with open(os.path.join(self.folder, "there")) as f:
            self.assertEqual(f.read(), "there\n")
        with open(os.path.join(self.folder, "pid")) as f:
            return int(f.read())

    def let_go(self):
        with open(os.path.join(self.folder, "go"), "w") as f:
            f.write("go\n")

    def started(self):
        """How keel was started, each time: arguments and environment."""
        path = os.path.join(self.folder, "started")
        if not os.path.exists(path):
            return ""
        with open(path) as f:
            return f.read()

    def wait_gone(self, pid):
        """keeld reaps it; asked again and again, each time a turn."""
        self.till(lambda: not os.path.exists(f"/proc/{pid}"))

    def wait_state(self, wanted):
        self.till(lambda: self.state() == wanted)

    def till(self, done):
        """However slow the machine is; each look is a turn."""
        last = time.monotonic() + keeld.LIMIT
        while not done():
            self.assertLess(time.monotonic(), last, "it never comes to that")
            self.state()

    def state(self):
        return self.k.get("/v1/status")["state"]

    def command(self, k, *args, text=""):
        done = subprocess.run(
            [KEEL, "--home", k.home, "--json", *args], input=text,
            capture_output=True, text=True, timeout=keeld.LIMIT,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})
        return done.returncode, done.stdout
