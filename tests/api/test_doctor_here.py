#!/usr/bin/python3
"""test_doctor_here - the checks `keel doctor` makes on its own side of the
socket: each thing is broken, the remedy typed, and the check is well.

What keeld answers is test_doctor's; here it may be away, or another version.
"""
import json
import os
import pty
import re
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from test_doctor import Case  # noqa: E402

FAKE = os.path.join(os.path.dirname(HERE), "tools", "fake-keeld.py")


class Here(Case):
    def setUp(self):
        super().setUp()
        self.at = self.desk()

    def doctor(self, argv=(), env=None):
        program = os.path.join(os.path.dirname(self.at.keeld), "keel")
        done = subprocess.run(
            [program, "doctor", "--json", *argv], env=env or self.at.env,
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            check=False)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return {c["name"]: c for c in json.loads(done.stdout)["checks"]}

    def bad(self, name, words, env=None):
        line = self.doctor(env=env)[name]
        self.assertFalse(line["ok"], line)
        self.assertRegex(line["words"], words)
        return line["remedy"]

    def good(self, name, env=None):
        line = self.doctor(env=env)[name]
        self.assertTrue(line["ok"], line)

    def export(self, remedy):
        """The environment after the `export NAME=VALUE` of a remedy."""
        found = re.search(r"export ([A-Z_]+)=(\S+)", remedy)
        self.assertIsNotNone(found, remedy)
        self.at.env[found[1]] = found[2]

    def test_daemon(self):
        for name in ("runtime-folder", "socket", "daemon"):
            remedy = self.bad(name, "not there|not answer|cannot be reached")
            self.assertIn("systemctl --user start keeld.socket", remedy)
        self.assertTrue(self.at.start())  # stands for systemctl
        for name in ("runtime-folder", "socket", "daemon", "versions"):
            self.good(name)

    def test_rights(self):
        self.assertTrue(self.at.start())
        for name, path in (("runtime-folder", os.path.dirname(self.at.sock)),
                           ("socket", self.at.sock)):
            os.chmod(path, 0o777)
            remedy = self.bad(name, "open to")
            self.type(self.at, remedy, "chmod [0-9]* '[^']*'")
            self.good(name)

    def test_folder_is_a_file(self):
        run = self.write(os.path.dirname(self.at.sock), "")
        remedy = self.bad("runtime-folder", "not a folder")
        self.assertIn("move it away", remedy)
        os.rename(run, run + ".away")
        self.assertTrue(self.at.start())
        self.good("runtime-folder")

    def test_socket_is_a_file(self):
        os.mkdir(os.path.dirname(self.at.sock), 0o700)
        self.write(self.at.sock, "")
        remedy = self.bad("socket", "not a socket")
        self.type(self.at, remedy, "rm '[^']*'")
        self.assertTrue(self.at.start())
        self.good("socket")

    def test_versions(self):
        os.mkdir(os.path.dirname(self.at.sock), 0o700)
        routes = self.write(self.path("routes"), json.dumps({
            "GET /v1/status": {"version": "0.0.9", "state": "none"},
            "GET /v1/doctor": {"checks": []}}))
        other = subprocess.Popen([sys.executable, FAKE, self.at.sock, routes,
                                  self.path("log")], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE)
        try:
            other.stdout.readline()  # ready
            remedy = self.bad("versions", "0.0.9")
        finally:
            other.communicate()  # it ends with its stdin
        self.assertIn("systemctl --user restart keeld.service", remedy)
        if os.path.exists(self.at.sock):
            os.unlink(self.at.sock)
        self.assertTrue(self.at.start())
        self.good("versions")

    def test_locale(self):
        self.at.env["LC_ALL"] = "C"
        self.export(self.bad("locale", "not UTF-8"))
        self.good("locale")

    def test_editor(self):
        self.program("nano", "#!/bin/sh\n:\n")
        self.program("pen", "#!/bin/sh\n:\n")
        self.at.env.pop("VISUAL", None)
        for name, words in (("pen", "not one keel knows"),
                            ("nothing-of-this-name", "no editor|not one")):
            self.at.env["EDITOR"] = name
            self.export(self.bad("editor", words))
            self.good("editor")

    def at_terminal(self):
        """keel doctor as a terminal shows it."""
        program = os.path.join(os.path.dirname(self.at.keeld), "keel")
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(program, [program, "doctor"], self.at.env)
        said = b""
        try:
            while part := os.read(terminal, 4096):
                said += part
        except OSError:
            pass  # its end
        os.waitpid(pid, 0)
        os.close(terminal)
        plain = re.sub(rb"\x1b\[[0-9;]*m", b"", said).decode()
        return " ".join(plain.split())

    def test_terminal(self):
        self.at.env["TERM"] = "dumb"
        text = self.at_terminal()
        self.assertIn("!! terminal: TERM does not name", text)
        self.export(text[text.index("terminal: TERM"):])
        self.assertIn("ok terminal:", self.at_terminal())


if __name__ == "__main__":
    unittest.main()
