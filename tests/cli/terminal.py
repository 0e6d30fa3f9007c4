"""terminal - for tests of keel at a terminal: a pseudo-terminal with a small
screen behind it, a home of its own, and a keeld that is played (or real).

The screen understands what keel sends and nothing more; anything else raises,
so that a test notices.  It keeps the alternate screen and the main one apart:
what is on the main one, or scrolled off it, is what stays when keel is gone.
"""

import datetime
import fcntl
import json
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.environ.get("EK_BIN", os.path.join(ROOT, "build"))
KEEL = os.path.join(BIN, "keel")
LIMIT = 20  # seconds for anything that should happen at once

ENTER, ESC, BACK = "\r", "\x1b", "\x7f"
UP, DOWN, RIGHT, LEFT = ("\x1b[" + c for c in "ABCD")
SHOWN = b"\x1b[?25h"  # the cursor is shown again when all else is drawn
CTRL_C, CTRL_E, CTRL_L = "\x03", "\x05", "\x0c"


def wide(char):
    return 2 if "\u1100" <= char <= "\u115f" or "\u2e80" <= char <= "\uffe6" else 1


class Screen:
    """What the terminal shows."""

    def __init__(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.main, self.alt = self.blank(), None
        self.scrolled = []  # lines that left the main screen
        self.row = self.col = 0
        self.saved = (0, 0)
        self.left_alt = 0
        self.sgr = False  # any style was ever sent

    def blank(self):
        return [[" "] * self.columns for _ in range(self.rows)]

    @property
    def cells(self):
        return self.main if self.alt is None else self.alt

    def resize(self, rows, columns):
        self.rows, self.columns = rows, columns
        for name in ("main", "alt"):
            old = getattr(self, name)
            if old is not None:
                new = self.blank()
                for i, line in enumerate(old[:rows]):
                    new[i][:min(len(line), columns)] = line[:columns]
                setattr(self, name, new)

    def text(self):
        return "\n".join("".join(line).rstrip() for line in self.cells).rstrip()

    def kept(self):
        """All that stays readable: the main screen and what scrolled off."""
        return "\n".join(self.scrolled + ["".join(l).rstrip() for l in self.main])

    def newline(self):
        if self.row + 1 < self.rows:
            self.row += 1
            return
        if self.alt is not None:
            raise AssertionError("the alternate screen scrolled")
        self.scrolled.append("".join(self.main.pop(0)).rstrip())
        self.main.append([" "] * self.columns)

    def put(self, char):
        if self.col + wide(char) > self.columns:
            if self.alt is not None:
                raise AssertionError("a line is too wide for the screen")
            self.col = 0
            self.newline()
        self.cells[self.row][self.col] = char
        if wide(char) == 2:
            self.cells[self.row][self.col + 1] = ""
        self.col += wide(char)

    def control(self, params, final):
        if final == "H":
            row, col = (int(p or 1) for p in (params or ";").split(";"))
            self.row, self.col = min(row, self.rows) - 1, col - 1
        elif final == "K":
            cells = self.cells[self.row]
            # after a full line the cursor is still on its last column
            start = 0 if params == "2" else min(self.col, self.columns - 1)
            cells[start:] = [" "] * (self.columns - start)
        elif final == "m":
            self.sgr = self.sgr or params not in ("", "0")
        elif final in "hl" and params == "?1049":
            if final == "h":
                self.saved, self.alt = (self.row, self.col), self.blank()
            elif self.alt is not None:
                self.alt = None
                self.left_alt += 1
                self.row, self.col = self.saved
        elif final not in "hl" or params not in ("?25", "?2004"):
            raise AssertionError(f"unknown sequence {params}{final}")

    def feed(self, text):
        """Takes what is whole; returns the rest."""
        at = 0
        while at < len(text):
            char = text[at]
            if char == "\x1b":
                match = re.match(r"\x1b\[([?0-9;]*)([A-Za-z])", text[at:])
                if match is None:
                    if len(text) - at > 16:
                        raise AssertionError(f"odd escape {text[at:at + 8]!r}")
                    return text[at:]
                self.control(match[1], match[2])
                at += len(match[0])
                continue
            if char == "\n":
                self.newline()
            elif char == "\r":
                self.col = 0
            elif char == "\b":
                self.col = max(0, self.col - 1)
            elif char >= " ":
                self.put(char)
            elif char != "\a":
                raise AssertionError(f"odd control {char!r}")
            at += 1
        return ""


class Home:
    """A folder of one person, with a played keeld listening in it."""

    def __init__(self, routes=None, base="tests/data/checkin"):
        self.path = tempfile.mkdtemp(prefix="ek-e2e-")
        self.log = os.path.join(self.path, "log")
        self.keeld = None
        if routes is not None:
            self.start(routes, base)

    def start(self, routes, base="tests/data/checkin"):
        source = os.path.join(self.path, "routes.json")
        folder = os.path.join(ROOT, base)
        for reply in routes.values():
            if isinstance(reply, dict) and "file" in reply:
                reply["file"] = os.path.join(folder, reply["file"])
        with open(source, "w", encoding="utf-8") as file:
            json.dump(routes, file)
        self.keeld = subprocess.Popen(
            [sys.executable, os.path.join(ROOT, "tests/tools/fake-keeld.py"),
             os.path.join(self.path, "run", "api.sock"), source, self.log],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.keeld.stdout.readline() == "ready\n"

    def start_real(self, now=None):
        """A real keeld, its clock told where the build allows it."""
        if now is not None:
            self.clock = os.path.join(self.path, "clock")
            self.set_clock(now)
        with open(os.path.join(self.path, "keeld.log"), "ab") as log:
            self.keeld = subprocess.Popen(
                [os.path.join(BIN, "keeld"), "--home", self.path],
                env=self.env(EVENKEEL_TEST_CLOCK=getattr(self, "clock", None)),
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)
        end = time.monotonic() + LIMIT
        while self.run("status").returncode == 2:
            assert time.monotonic() < end and self.keeld.poll() is None

    def set_clock(self, now):
        """now: "2026-11-24T16:31" UTC."""
        when = datetime.datetime.fromisoformat(now + "+00:00")
        with open(self.clock + ".new", "w", encoding="ascii") as file:
            file.write(str(int(when.timestamp() * 1000)))
        os.rename(self.clock + ".new", self.clock)

    def stop_real(self):
        if self.keeld is not None:
            self.keeld.terminate()
            self.keeld.wait(LIMIT)
            self.keeld = None

    def requests(self, method=None):
        if not os.path.exists(self.log):
            return []
        with open(self.log, encoding="utf-8") as file:
            asked = [json.loads(line) for line in file]
        return [r for r in asked if method in (None, r["method"])]

    def stop(self):
        if self.keeld is not None and self.keeld.stdin is None:
            self.stop_real()
        if self.keeld is not None:
            self.keeld.stdin.close()
            self.keeld.wait(LIMIT)
            self.keeld.stdout.close()
            self.keeld = None

    def close(self):
        self.stop()
        shutil.rmtree(self.path, ignore_errors=True)

    def env(self, **more):
        env = {k: v for k, v in os.environ.items() if "SAN_OPTIONS" in k}
        env.update({"PATH": os.environ["PATH"], "HOME": self.path, "TZ": "UTC",
                    "EVENKEEL_HOME": self.path, "TERM": "xterm-256color",
                    "LC_ALL": "C.UTF-8", **more})
        return {k: v for k, v in env.items() if v is not None}

    def run(self, *args, words=None, **more):
        """keel without a terminal."""
        return subprocess.run([KEEL, *args], input=words, env=self.env(**more),
                              capture_output=True, text=True, timeout=LIMIT,
                              stdin=subprocess.DEVNULL if words is None else None)


class Terminal:
    """keel on a pseudo-terminal."""

    def __init__(self, home, *args, rows=24, columns=80, **env):
        self.screen = Screen(rows, columns)
        self.raw, self.rest, self.status = b"", "", None
        self.undecoded = b""
        self.master, slave = pty.openpty()
        self.size(rows, columns)
        self.before = termios.tcgetattr(self.master)
        self.pid = os.fork()
        if self.pid == 0:
            # as a login would: a test run in the background ignores these
            for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            for fd in (0, 1, 2):
                os.dup2(slave, fd)
            os.closerange(3, 256)
            os.execve(KEEL, [KEEL, *args], home.env(**env))
        os.close(slave)

    def size(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ,
                    struct.pack("HHHH", rows, columns, 0, 0))

    def drawn(self):
        """How often a screen was drawn to its end; None within one."""
        return self.raw.count(SHOWN) if self.raw.endswith(SHOWN) else None

    def redrawn(self, change):
        """Makes a change between two drawings, and waits for the second."""
        self.until(lambda: self.drawn() is not None)
        before = self.drawn()
        change()
        self.until(lambda: self.drawn() == before + 1)

    def resize(self, rows, columns):
        def change():
            # what is drawn for one size is never read at another
            self.screen.resize(rows, columns)
            self.size(rows, columns)  # the kernel sends SIGWINCH, once

        self.redrawn(change)

    def press(self, key):
        """One key, and the screen it leads to."""
        self.redrawn(lambda: self.type(key))

    def type(self, keys):
        os.write(self.master, keys.encode("utf-8"))

    def read(self, seconds):
        """Takes what comes within that time; False at the end."""
        if not select.select([self.master], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        self.raw += data
        data = self.undecoded + data
        text = data.decode("utf-8", "ignore")
        tail = len(data) - len(text.encode("utf-8"))
        self.undecoded = data[len(data) - tail:] if 0 < tail < 4 else b""
        self.rest = self.screen.feed(self.rest + text)
        return True

    def shows(self, text, gone):
        """Text is there and gone is not, on a screen drawn to its end."""
        shown = self.screen.text()
        return text in shown and (gone is None or gone not in shown) and \
            (self.screen.alt is None or self.drawn() is not None)

    def expect(self, text, gone=None):
        end = time.monotonic() + LIMIT
        while not self.shows(text, gone):
            if time.monotonic() > end or not self.read(0.2):
                raise AssertionError(
                    f"{text!r} did not come; the screen is\n{self.screen.text()}")

    def signal(self, number):
        os.kill(self.pid, number)

    def end(self):
        """Waits for keel to end, and for all it said; the exit status, or
        minus the signal."""
        end = time.monotonic() + LIMIT
        while self.read(0.2):
            if time.monotonic() > end:
                raise AssertionError("keel does not end; the screen is\n" +
                                     self.screen.text())
        _, status = os.waitpid(self.pid, 0)
        self.status = os.waitstatus_to_exitcode(status)
        return self.status

    def until(self, true):
        """Reads on until true() is, for what happens after the end."""
        end = time.monotonic() + LIMIT
        while not true():
            if time.monotonic() > end:
                raise AssertionError("it did not happen")
            self.read(0.05)

    def restored(self):
        return termios.tcgetattr(self.master) == self.before and \
            self.screen.alt is None

    def close(self):
        if self.status is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
            except (ProcessLookupError, ChildProcessError):
                pass
        os.close(self.master)
