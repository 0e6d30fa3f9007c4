#!/usr/bin/env python3
"""keel as someone means it ill, or slips: names of files, arguments and
streams that are not what they should be.  Whatever is given, the reason is
one line with a remedy, nothing of it reaches the terminal raw, and --json has
its error object."""

import json
import os
import re
import subprocess
import unittest

from terminal import BIN, ROOT, Home

KEEL = os.path.join(BIN, "keel")
WHO5 = os.path.join(ROOT, "share/instruments/who-5.json")
CONTROLS = set(range(0x20)) - {0x0A} | set(range(0x7F, 0xA0)) | {
    0x061C, 0x200E, 0x200F} | set(range(0x202A, 0x202F)) | set(
    range(0x2066, 0x206A))


def raw_controls(text):
    return sorted({"U+%04X" % ord(c) for c in text if ord(c) in CONTROLS})


def brief(args):
    return [a[:30] for a in args]


class Hostile(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.close)
        self.home.start_real()

    def keel(self, *args, **more):
        """Arguments may be bytes."""
        more.setdefault("stdin", subprocess.DEVNULL)
        more.setdefault("stdout", subprocess.PIPE)
        args = [a.encode() if isinstance(a, str) else a for a in args]
        done = subprocess.run(
            [KEEL.encode(), *args], stderr=subprocess.PIPE,
            env=self.home.env(LC_ALL="C.UTF-8"), timeout=60, check=False,
            cwd=self.home.path, **more)
        self.assertIn(done.returncode, (0, 1, 2, 3), (brief(args), done.stderr))
        for stream in (done.stdout or b"", done.stderr):
            text = stream.decode("utf-8")  # strictly
            self.assertEqual(raw_controls(text), [], (brief(args), text))
        return done

    def refused(self, *args, **more):
        """The reason, which is the same with --json."""
        plain = self.keel(*args, **more)
        self.assertIn(plain.returncode, (1, 3), brief(args))
        reason = plain.stderr.decode()
        self.assertTrue(reason.startswith("keel: "), reason)
        self.assertIn("; ", reason, brief(args))
        self.assertEqual(reason.count("\n"), 1, reason)
        self.assertLess(len(reason), 420, brief(args))
        more.pop("stdout", None)
        done = self.keel("--json", *args, **more)
        self.assertEqual(done.returncode, plain.returncode, brief(args))
        error = json.loads(done.stdout)["error"]
        self.assertEqual(list(error), ["code", "message"])
        return reason


class Streams(Hostile):
    """What keel writes to or reads from may be full, gone or a folder."""

    WRITERS = (("help",), ("--version",), ("status",), ("status", "--json"),
               ("instrument", "show", WHO5),
               ("schedule", "next", "--rule", "FREQ=DAILY", "--start",
                "2025-01-01T09:00", "--count", "1000", "--json"))

    def test_output_full(self):
        for args in self.WRITERS:
            with open("/dev/full", "wb") as full:
                done = self.keel(*args, stdout=full)
            self.assertEqual(done.returncode, 1, args)
            self.assertIn(b"could not be written", done.stderr)

    def test_output_closed(self):
        for args in self.WRITERS:
            done = self.keel(*args, stdout=None,
                             preexec_fn=lambda: os.close(1))
            self.assertEqual(done.returncode, 1, args)
            self.assertIn(b"could not be written", done.stderr)

    def test_reader_gone(self):
        for args in self.WRITERS:
            reads, writes = os.pipe()
            os.close(reads)
            done = self.keel(*args, stdout=writes)
            os.close(writes)
            self.assertEqual(done.returncode, 1, args)
            self.assertEqual(done.stderr, b"", args)  # `keel diary | head`

    def test_input_folder_or_closed(self):
        # with a book: that there is none would be said before anything else
        self.assertEqual(self.home.run(
            "start", "--answers", "-", words="key=file\n").returncode, 0)
        for args in (("plan", "import", "-"), ("import", "csv", "-"),
                     ("instrument", "show", "-"),
                     ("instrument", "score", WHO5, "--answers", "-")):
            folder = os.open("/tmp", os.O_RDONLY)
            reason = self.refused(*args, stdin=folder)
            os.close(folder)
            self.assertRegex(reason, "folder|directory", args)
            self.refused(*args, stdin=None, preexec_fn=lambda: os.close(0))

    def test_nowhere_to_complain(self):
        def close_all():
            for fd in range(3):
                os.close(fd)
        done = self.keel("status", stdout=None, preexec_fn=close_all)
        self.assertEqual(done.returncode, 1)


class Daemon(unittest.TestCase):
    """keeld's own command line."""

    def keeld(self, *args, **more):
        env = {"PATH": os.environ["PATH"], "HOME": "/nowhere"}
        more.setdefault("stdout", subprocess.PIPE)
        return subprocess.run([os.path.join(BIN, "keeld"), *args], env=env,
                              stderr=subprocess.PIPE, timeout=60, check=False,
                              stdin=subprocess.DEVNULL, **more)

    def test_usage(self):
        for args, words in ((["--home"], b"--home needs a folder"),
                            (["--home", ""], b"--home is empty"),
                            (["--home="], b"--home is empty"),
                            (["--zzz"], b"not known"), (["word"], b"not known"),
                            ([""], b"not known"),
                            (["\x1b[31m"], b"not known")):
            done = self.keeld(*args)
            self.assertEqual(done.returncode, 3, (args, done.stderr))
            self.assertIn(words, done.stderr)
            self.assertIn(b"; ", done.stderr)
            self.assertNotIn(b"\x1b", done.stderr)

    def test_help_to_a_full_disk(self):
        for arg in ("--help", "--version"):
            self.assertEqual(self.keeld(arg).returncode, 0)
            with open("/dev/full", "wb") as full:
                self.assertEqual(self.keeld(arg, stdout=full).returncode, 1)


class Plans(Hostile):
    def setUp(self):
        super().setUp()
        done = self.home.run("start", "--answers", "-",
                             words="when=none\nshared=no\nkey=file\n")
        self.assertEqual(done.returncode, 0, done.stderr)

    def show(self, text):
        path = os.path.join(self.home.path, "plan.md")
        with open(path, "wb") as file:
            file.write(text)
        self.assertEqual(self.keel("plan", "import", path).returncode, 0)
        self.keel("plan", "show", "--json")  # looks for raw controls
        return self.keel("plan", "show", "--ids").stdout.decode()

    def test_line_ends(self):
        """Every way to end a line that Markdown knows."""
        for end in (b"\n", b"\r\n", b"\r"):
            said = self.show(b"## What helps me" + end + b"- walk" + end +
                             end + b"- tea" + end)
            self.assertRegex(said, r"(?m)^     ## What helps me$")
            self.assertRegex(said, r"(?m)^h\d+ +- walk\n\nh\d+ +- tea$")

    def test_bidi(self):
        said = self.show("## What helps me\n- \u202ewalk\u2066 home\n".encode())
        self.assertRegex(said, r"(?m)^h\d+ +- walk home$")


class Arguments(Hostile):
    def commands(self):
        """Every command and subcommand: [["plan"], ["plan", "show"], …]"""
        table = json.loads(self.keel("help", "--json").stdout)["commands"]
        found, todo = [], [([], c) for c in table]
        while todo:
            path, command = todo.pop()
            found.append(path + [command["name"]])
            todo += [(found[-1], sub) for sub in command["subs"]]
        self.assertGreater(len(found), 40)
        return found

    def test_no_folders(self):
        """The reason is why there are none, not that there are none."""
        env = {"PATH": os.environ["PATH"], "HOME": self.home.path}
        for args in (["status"], ["schedule", "next"], ["today"]):
            done = subprocess.run([KEEL, *args], env=env, timeout=60,
                                  capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn("XDG_RUNTIME_DIR is not set", done.stderr, args)
        for args in (["status"], ["schedule", "next"]):
            done = subprocess.run([KEEL, "--home", "/nowhere", *args], env=env,
                                  timeout=60, capture_output=True, text=True,
                                  check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn("`keeld --home /nowhere`", done.stderr, args)

    def test_the_remedy_is_there(self):
        """The remedy for an unknown option is a command that runs."""
        for command in self.commands():
            with self.subTest(command=command):
                reason = self.refused(*command, "--no-such-option")
                for named in re.findall("`keel ([^`]*)`", reason):
                    self.assertEqual(
                        self.keel(*named.split()).returncode, 0, reason)


class Names(Hostile):
    """What a file is called may be anything but NUL and a slash."""

    HOSTILE = (b"", b"\x1b[31mred", "\u202eabc".encode(), "\u009b31m".encode(),
               b"\xff\xfe", b"a\nb", b"a\tb", b"n" * 101, b"n" * 255, b"n" * 3000)

    def test_files(self):
        for name in self.HOSTILE:
            for command in (("instrument", "show"), ("instrument", "score"),
                            ("plan", "import"), ("import", "csv")):
                with self.subTest(command=command, name=name[:30]):
                    self.refused(*command, name)

    def test_a_plain_name_is_told(self):
        reason = self.refused("instrument", "show", "lost-one.json")
        self.assertIn("lost-one.json", reason)
        self.assertIn("is not there", reason)
        name = "\u202eabc.json"
        with open(os.path.join(self.home.path, name), "w",
                  encoding="utf-8") as file:
            file.write("{")
        self.assertIn("that file is not JSON at line 1",
                      self.refused("instrument", "show", name))


if __name__ == "__main__":
    unittest.main()
