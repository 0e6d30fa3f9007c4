#!/usr/bin/env python3
"""The operations commands with the real keeld: first run, keys, lock, copy,
restore, export, import, erase, status and doctor, asked at a terminal and by
script; and what each says when it is refused."""

import io
import json
import os
import shutil
import signal
import stat
import subprocess
import tarfile
import unittest

from terminal import CTRL_C, ENTER, KEEL, Home, Terminal

START = "sign=skipping lunch\nhelps=Walk in the garden\nperson=Jia\nkey=file\n"
PULSE = "mood=6\nenergy=5\ntense=3\npressure=5\nhelpful=6\n"
PASS = "correct horse battery"


def phrase_of(text):
    """The line of eight words that is shown once."""
    lines = [l.strip() for l in text.splitlines() if l.startswith("    ")]
    return next(l for l in lines if len(l.split()) == 8)


class Operations(unittest.TestCase):
    def home(self, start=True):
        home = Home()
        self.addCleanup(home.close)
        home.start_real()
        if start:
            home.phrase = phrase_of(self.ok(home, "start", "--answers", "-",
                                            words=START))
        return home

    def run_keel(self, home, status, *args, words=None, **env):
        done = home.run(*args, words=words, **env)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def ok(self, home, *args, **more):
        return self.run_keel(home, 0, *args, **more).stdout

    def no(self, home, *args, status=1, **more):
        done = self.run_keel(home, status, *args, **more)
        self.assertTrue(done.stderr.startswith("keel: "), done.stderr)
        self.assertIn(";", done.stderr)
        return done.stderr

    def state(self, home):
        return json.loads(self.ok(home, "status", "--json"))["state"]

    def terminal(self, home, *args, **env):
        term = Terminal(home, *args, **env)
        self.addCleanup(term.close)
        return term

    def answer(self, term, question, typed):
        term.expect(question)
        term.type(typed + ENTER)


class Start(Operations):
    def test_terminal(self):
        home = self.home(start=False)
        term = self.terminal(home, "start", "--key", "file", rows=60)
        self.answer(term, "1 of 5", "perhaps")
        self.answer(term, "y or n", "")
        self.answer(term, "2 of 5", "skipping lunch")
        self.answer(term, "3 of 5", "Walk in the garden")
        self.answer(term, "4 of 5", "")
        self.answer(term, "5 of 5", "sometime")
        self.answer(term, "write them like", "tue thu 15:00")
        self.assertEqual(term.end(), 0)
        text = term.screen.kept()
        phrase = phrase_of(text)
        for part in ("notification", "Nothing here shows", "book.key", "Nobody is watching",
                     "your local", home.path):
            self.assertIn(part, " ".join(text.split()))
        # five questions and no more, the phrase nowhere but on the screen
        self.assertEqual(text.count(" of 5. "), 7)  # two were asked again
        for folder, _, files in os.walk(home.path):
            for name in set(files) - {"api.sock"}:
                with open(os.path.join(folder, name), "rb") as file:
                    self.assertNotIn(phrase.encode(), file.read())
        plan = self.ok(home, "plan", "show")
        self.assertIn("- skipping lunch", plan)
        rules = json.loads(self.ok(home, "schedule", "list", "--json"))
        pulse = [s for s in rules["schedules"] if s["name"] == "pulse"][0]
        self.assertEqual(pulse["rule"], "FREQ=WEEKLY;BYDAY=TU,TH")
        self.assertIn("already", self.no(home, "start", "--answers", "-",
                                         words=START))

    def test_which_answer(self):
        """With --json the error names the answer it is about."""
        home = self.home(start=False)
        for answer, status, lines in (
                ("sign", 1, "sign=" + "x" * 301),
                ("person", 1, "person=" + "x" * 301),
                ("when", 1, "when=sometime"),
                ("shared", 1, "shared=yes"),
                ("shared", 3, "shared=perhaps"),
                ("key", 3, "key=pocket"),
                ("passphrase", 1, "key=passphrase\npassphrase=short"),
                (None, 3, "key=file\nnumber=7")):
            done = self.run_keel(home, status, "start", "--answers", "-",
                                 "--json", words=lines + "\n")
            error = json.loads(done.stdout)["error"]
            self.assertEqual(error.get("answer"), answer, error)
        self.assertEqual(self.state(home), "none")

    def test_left(self):
        for keys in ("\x04", CTRL_C):
            home = self.home(start=False)
            term = self.terminal(home, "start", "--key", "file")
            self.answer(term, "1 of 5", "n")
            self.answer(term, "2 of 5", "skipping lunch")
            term.expect("3 of 5")
            term.type(keys)
            self.assertEqual(term.end(), 1 if keys == "\x04" else -2)
            self.assertIn("nothing was saved", term.screen.kept())
            self.assertEqual(self.state(home), "none")

    def test_shared_login_is_refused_first(self):
        home = self.home(start=False)
        term = self.terminal(home, "start", "--key", "file")
        self.answer(term, "1 of 5", "y")
        self.assertEqual(term.end(), 1)
        self.assertNotIn("2 of 5", term.screen.kept())
        self.assertEqual(self.state(home), "none")

    def test_hard_day_without_a_book(self):
        home = self.home(start=False)
        done = self.run_keel(home, 1, "hard")
        self.assertIn("Nobody is watching", done.stdout)
        self.assertIn("keel start", done.stderr)

    def test_no_book_is_said_first(self):
        """Before a terminal, words or a file are asked for."""
        home = self.home(start=False)
        nowhere = os.path.join(home.path, "nowhere")
        for args in (["checkin"], ["checkin", "--answer", "mood=5"],
                     ["diary"], ["diary", "fix", "abcd"],
                     ["diary", "delete", "abcd"], ["plan"], ["plan", "edit"],
                     ["plan", "import", nowhere], ["coping"], ["schedule"],
                     ["schedule", "next"], ["schedule", "add", "pulse"],
                     ["skip"], ["asks"], ["asks", "add", "-"],
                     ["asks", "done", "abcd"], ["export", nowhere], ["key"],
                     ["lock"], ["unlock"]):
            with self.subTest(args=args):
                self.assertIn("nothing was started here yet; run: keel start",
                              self.no(home, *args))
                term = self.terminal(home, *args)
                self.assertEqual(term.end(), 1)
                self.assertIn("keel start", term.screen.text())
        self.assertIn("no book here", self.no(home, "erase"))
        self.assertIn("no book here", self.no(home, "erase", "--yes"))

    def test_passphrase_is_not_shown(self):
        home = self.home(start=False)
        term = self.terminal(home, "start", "--key", "passphrase", rows=60)
        for number in range(1, 6):
            self.answer(term, f"{number} of 5", "")
        self.answer(term, "A passphrase", "short")
        self.answer(term, "at least 8", PASS)
        self.answer(term, "once more", PASS + "x")
        self.answer(term, "not alike", PASS)
        term.expect("once more", gone=None)
        term.until(lambda: term.screen.text().count("once more") == 2)
        term.type(PASS + ENTER)
        self.assertEqual(term.end(), 0)
        self.assertNotIn("horse", term.raw.decode())
        self.assertEqual(self.ok(home, "lock").split(".")[0], "Locked")
        self.ok(home, "unlock", "--passphrase", "-", words=PASS + "\n")

    def test_passphrase_left(self):
        home = self.home(start=False)
        for typed in ("", PASS + ENTER):
            term = self.terminal(home, "start", "--key", "passphrase", rows=60)
            for number in range(1, 6):
                self.answer(term, f"{number} of 5", "")
            term.expect("A passphrase")
            term.type(typed)
            term.expect("once more" if typed else "A passphrase")
            term.type("\x04")
            self.assertEqual(term.end(), 1)
            self.assertIn("nothing was saved", term.screen.kept())
            self.assertEqual(self.state(home), "none")

    def test_typed_ahead(self):
        """Who knows what comes types on; no line of it is lost or shown."""
        home = self.home(start=False)
        term = self.terminal(home, "start", "--key", "passphrase", rows=60)
        for number in range(1, 6):
            self.answer(term, f"{number} of 5", "")
        self.answer(term, "A passphrase", ENTER.join(["short", PASS, PASS]))
        self.assertEqual(term.end(), 0)
        self.ok(home, "lock")
        self.ok(home, "checkin", "pulse", "--answers", "-", words=PULSE)
        seen = term.raw.decode()
        term = self.terminal(home, "unlock")
        self.answer(term, "Your passphrase", PASS + ENTER + "n")
        self.assertEqual(term.end(), 0)
        self.assertIn("Dropped", term.screen.kept())
        self.assertNotIn("horse", seen + term.raw.decode())

    def test_terminal_is_put_right(self):
        home = self.home()
        self.ok(home, "key", "passphrase", "--yes", "--passphrase", "-",
                words=PASS + "\n")
        self.ok(home, "lock")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            term = self.terminal(home, "unlock")
            term.expect("not shown")
            term.type("half a pass")
            term.signal(number)
            self.assertEqual(term.end(), -number)
            self.assertTrue(term.restored())
        term = self.terminal(home, "unlock")
        term.expect("not shown")
        term.type("half a pass" + CTRL_C)
        self.assertEqual(term.end(), -2)
        self.assertTrue(term.restored())
        self.assertIn("nothing was saved", term.screen.kept())

    def test_refused(self):
        home = self.home(start=False)
        cases = [("shared=yes\n", 1, "login"), ("shared=x\n", 3, "yes or no"),
                 ("sgin=x\nkey=file\n", 3, "line 1"), ("sign\n", 3, "line 1"),
                 ("when=FREQ=MINUTELY\nkey=file\n", 1, "DAILY"),
                 ("key=drawer\n", 3, "keyring, passphrase or file"),
                 ("key=passphrase\n", 3, "passphrase="),
                 ("key=passphrase\npassphrase=short\n", 1, "at least 8"),
                 ("sign=" + "x" * 301 + "\nkey=file\n", 1, "300"),
                 ("sign=\x1b[1m\nkey=file\n", 1, "control")]
        for words, status, part in cases:
            with self.subTest(words[:20]):
                self.assertIn(part, self.no(home, "start", "--answers", "-",
                                            words=words, status=status))
        self.assertIn("--answers -", self.no(home, "start", status=3))
        self.no(home, "start", "now", status=3)
        self.no(home, "start", "--answers", "file", status=3)
        self.assertEqual(self.state(home), "none")


class Keys(Operations):
    def test_lock_and_pending(self):
        home = self.home()
        self.assertIn("passphrase", self.no(home, "lock"))
        phrase = phrase_of(self.ok(home, "key", "passphrase", "--yes",
                                   "--passphrase", "-", words=PASS + "\n"))
        self.assertNotEqual(phrase, home.phrase)
        self.ok(home, "lock")
        self.assertIn("locked", self.no(home, "plan", "show"))
        self.ok(home, "checkin", "pulse", "--answers", "-", words=PULSE)
        for words in (PASS + "x\n", "\n", "x" * 2000):
            self.no(home, "unlock", "--passphrase", "-", words=words)
        self.no(home, "unlock", "--phrase", "-", words=home.phrase)
        self.assertIn("words", self.no(home, "unlock", "--phrase", "-",
                                       words=home.phrase + " acorn"))
        self.no(home, "unlock", status=3)
        self.no(home, "unlock", PASS, status=3)
        self.no(home, "unlock", "--passphrase=" + PASS, status=3)
        self.assertEqual(self.state(home), "locked")
        done = self.run_keel(home, 0, "unlock", "--passphrase", "-",
                             words="  " + PASS + " \r\n")
        self.assertIn("--keep", done.stderr)
        self.assertIn("Kept", self.ok(home, "unlock", "--keep", "yes"))
        self.ok(home, "lock")
        shouted = ", ".join(w[:4].upper() for w in phrase.split())
        self.ok(home, "unlock", "--phrase", "-", words=shouted)
        self.ok(home, "lock")
        term = self.terminal(home, "unlock", "--phrase")
        self.answer(term, "eight words", "acorn")
        self.answer(term, "has 8 words and these are 1", phrase)
        self.assertEqual(term.end(), 0)
        self.ok(home, "lock")
        self.ok(home, "checkin", "pulse", "--answers", "-", words=PULSE)
        term = self.terminal(home, "unlock")
        self.answer(term, "Your passphrase", PASS)
        self.answer(term, "Keep it?", "n")
        self.assertEqual(term.end(), 0)
        entries = json.loads(self.ok(home, "diary", "--json"))["entries"]
        self.assertEqual(len(entries), 1)

    def test_new_phrase(self):
        home = self.home()
        self.assertIn("--yes", self.no(home, "key", "phrase", status=3))
        term = self.terminal(home, "key", "phrase")
        self.answer(term, "ends at once", "")
        self.assertEqual(term.end(), 1)
        self.assertIn("already lies in a file", self.ok(home, "key", "file"))
        one = phrase_of(self.ok(home, "key", "phrase", "--yes"))
        two = json.loads(self.ok(home, "key", "phrase", "--yes",
                                 "--json"))["phrase"]
        self.assertEqual(len({home.phrase, one, two}), 3)
        self.assertIn("book.key", self.ok(home, "key"))


class Copies(Operations):
    def test_restore(self):
        one = self.home()
        two = self.home(start=False)
        place = os.path.join(one.path, "net home")
        os.mkdir(place)
        self.assertIn("up to date", self.ok(one, "copy", "set", place))
        words = f"phrase={one.phrase.upper()}\nkey=file\n"
        wrong = f"phrase={' '.join(reversed(one.phrase.split()))}\nkey=file\n"
        self.assertIn("not the recovery phrase", self.no(
            two, "restore", "--from", place, "--answers", "-", words=wrong))
        self.no(two, "restore", "--from", place, status=3)
        self.no(two, "restore", status=3)
        self.no(two, "restore", "--from", place + "x", "--answers", "-",
                words=words)
        self.no(two, "restore", "--from", place, "--with", "luck", status=3)
        self.assertEqual(self.state(two), "none")
        self.assertIn("Restored", self.ok(
            two, "restore", "--from", place, "--answers", "-", words=words))
        self.assertEqual(self.ok(one, "plan", "show"),
                         self.ok(two, "plan", "show"))
        # the phrase typed is the phrase there, too
        self.ok(two, "checkin", "pulse", "--answers", "-", words=PULSE)
        self.ok(two, "copy", "set", place)
        self.assertIn("Joined: 1", self.ok(
            one, "restore", "--from", place, "--answers", "-", words=words))
        self.ok(one, "copy", "off")
        self.assertIn("No sealed copy", self.ok(one, "copy"))
        self.no(one, "copy", "set", status=3)
        self.no(one, "copy", "set", "a", "b", status=3)
        self.no(one, "copy", "now")

    def test_an_old_copy(self):
        """Its old phrase opens it, and it is said what becomes of the key."""
        def plain(text):
            return " ".join(text.split())
        one = self.home()
        two = self.home(start=False)
        place, stick = (os.path.join(one.path, n) for n in ("copy", "stick"))
        os.mkdir(place)
        self.ok(one, "copy", "set", place)
        shutil.copytree(place, stick)
        os.rename(place, place + ".away")
        changed = self.ok(one, "key", "phrase", "--yes")
        self.assertIn("still opens with the old recovery phrase", plain(changed))
        new = phrase_of(changed)
        os.rename(place + ".away", place)
        self.assertIn("up to date", self.ok(one, "copy", "now"))
        old = f"phrase={one.phrase}\nkey=file\n"
        said = self.ok(one, "restore", "--from", stick, "--answers", "-",
                       words=old)
        self.assertIn("keeps the key and the recovery phrase it has", plain(said))
        self.assertIn("not the recovery phrase of this copy", self.no(
            one, "restore", "--from", place, "--answers", "-", words=old))
        self.ok(two, "copy", "set", place)
        said = self.ok(two, "restore", "--from", stick, "--answers", "-",
                       words=old)
        self.assertIn("the book has the key it had then", plain(said))
        self.assertIn("was not written over", plain(said))
        said = self.ok(two, "restore", "--from", place, "--answers", "-",
                       words=f"phrase={new}\nkey=file\n")
        self.assertIn("changed on another desk", plain(said))
        reply = json.loads(self.ok(
            two, "restore", "--from", place, "--answers", "-", "--json",
            words=f"phrase={new}\nkey=file\n"))
        self.assertEqual((reply["key"], "phrase" in reply), ("same", False))

    def test_deleted_but_for_what_lies_aside(self):
        home = self.home()
        place = os.path.join(home.path, "copy")
        os.mkdir(place)
        self.ok(home, "copy", "set", place)
        self.ok(home, "checkin", "pulse", "--answers", "-", words=PULSE)
        entry, = json.loads(self.ok(home, "diary", "--json"))["entries"]
        copy, = [n for n in os.listdir(place) if n.endswith(".copy")]
        with open(os.path.join(place, copy), "r+b") as file:
            file.seek(5000)
            file.write(b"damage")
        self.ok(home, "copy", "now")
        said = self.ok(home, "diary", "delete", entry["id"], "--yes")
        self.assertIn(copy + ".damaged1", said)
        self.assertIn("keel doctor", said)
        told = home.run("doctor").stdout
        self.assertIn("What you delete", " ".join(told.split()))

    def test_erase(self):
        home = self.home()
        place = os.path.join(home.path, "copy")
        os.mkdir(place)
        self.ok(home, "copy", "set", place)
        self.no(home, "erase", status=3)
        term = self.terminal(home, "erase")
        self.answer(term, "Type erase", "yes")
        self.assertEqual(term.end(), 1)
        self.assertEqual(self.state(home), "open")
        term = self.terminal(home, "erase")
        self.answer(term, "Type erase", "erase")
        self.assertEqual(term.end(), 0)
        self.assertIn("What remains", term.screen.kept())
        self.assertEqual(self.state(home), "none")
        self.assertIn("erased by its owner", self.no(
            home, "restore", "--from", place, "--answers", "-",
            words=f"phrase={home.phrase}\n"))

    def aside_alone(self):
        """What was set aside as damaged, its key beside it, and no book."""
        home = self.home()
        place = json.loads(self.ok(home, "status", "--json"))["place"]
        home.stop_real()
        with open(os.path.join(place, "book.db"), "r+b") as file:
            file.write(b"no book " * 12)
        with open(os.path.join(place, "aside.pending"), "w") as file:
            file.write("1\n")
        home.start_real()
        self.assertEqual(self.state(home), "none")
        key = os.path.join(place, "book.key.damaged1")
        self.assertTrue(os.path.exists(key))
        return home, key

    def test_erase_what_lies_aside(self):
        home, key = self.aside_alone()
        term = self.terminal(home, "erase")
        term.expect("set aside as damaged")
        self.answer(term, "Type erase", "erase")
        self.assertEqual(term.end(), 0)
        self.assertIn("book.key.damaged1", term.screen.kept())
        self.assertFalse(os.path.exists(key))
        self.assertIn("no book here", self.no(home, "erase", "--yes"))


class Archives(Operations):
    def export(self, home, name, *more):
        path = os.path.join(home.path, name)
        self.ok(home, "export", path, "--notes", "yes", *more)
        with open(path, "rb") as file:
            return path, file.read()

    def test_round(self):
        home = self.home()
        self.ok(home, "checkin", "pulse", "--answers", "-", words=PULSE)
        self.ok(home, "hard")
        path, one = self.export(home, "one.tar")
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        with tarfile.open(fileobj=io.BytesIO(one)) as tar:
            self.assertEqual(tar.getnames(), [
                "README.txt", "records.jsonl", "plan.md", "diary.csv",
                "schedule.ics"])
            self.assertIn(b"ANYONE", tar.extractfile("README.txt").read())
            self.assertIn(b"hard-day", tar.extractfile("diary.csv").read())
        self.ok(home, "erase", "--yes")
        text = self.ok(home, "import", path, "--key", "file")
        self.assertEqual(len(phrase_of(text).split()), 8)
        self.assertEqual(self.export(home, "two.tar")[1], one)
        self.assertIn("0 records added", self.ok(home, "import", path))
        # an archive without notes says so and has none
        self.ok(home, "export", path, "--notes", "no", "--force")
        with tarfile.open(path) as tar:
            for member in tar:
                self.assertNotIn(b"hard-day", tar.extractfile(member).read())

    def test_import_asks_for_the_key(self):
        home = self.home()
        path, one = self.export(home, "one.tar")
        self.ok(home, "erase", "--yes")
        self.no(home, "import", path, "--key", "drawer", status=3)
        self.ok(home, "import", path, "--answers", "-",
                words=f"key=passphrase\npassphrase={PASS}\n")
        self.ok(home, "lock")
        self.assertIn("locked", self.no(home, "import", path))
        self.ok(home, "unlock", "--passphrase", "-", words=PASS)
        self.assertEqual(self.export(home, "two.tar")[1], one)

    def test_export_refused(self):
        home = self.home()
        path, one = self.export(home, "one.tar")
        self.assertIn("--force", self.no(home, "export", path, "--notes",
                                         "yes"))
        self.no(home, "export", path, status=3)  # nobody said about notes
        self.no(home, "export", status=3)
        self.no(home, "export", path, "--notes", "some", status=3)
        self.no(home, "export", home.path, "--notes", "yes", status=3)
        self.no(home, "export", home.path + "/none/x", "--notes", "yes")
        if os.path.exists("/dev/full"):
            self.no(home, "export", "/proc/x.tar", "--notes", "yes")
        with open(path, "rb") as file:
            self.assertEqual(file.read(), one)
        self.assertFalse([n for n in os.listdir(home.path)
                          if n.startswith(".keel")])
        term = self.terminal(home, "export", path + "2")
        self.answer(term, "notes", "")
        self.assertEqual(term.end(), 0)

    def test_import_refused(self):
        home = self.home()
        path, one = self.export(home, "one.tar")
        bad = os.path.join(home.path, "bad.tar")

        def tar_of(*members):
            out = io.BytesIO()
            with tarfile.open(fileobj=out, mode="w",
                              format=tarfile.USTAR_FORMAT) as tar:
                for name, data in members:
                    info = tarfile.TarInfo(name)
                    info.size = len(data)
                    tar.addfile(info, io.BytesIO(data))
            return out.getvalue()

        record = b'{"id":"' + b"0" * 32 + b'","kind":"ask","time":' \
            b'"2026-11-24T02:24:10.413Z","text":"x","day":"2026-11-24"}\n'
        cases = [
            ("empty", b""), ("zeros", bytes(10240)), ("cut", one[:-10240]),
            ("half", one[:len(one) // 2]), ("text", b"hello\n" * 999),
            ("gzip", b"\x1f\x8b\x08" + bytes(600)),
            ("up", tar_of(("records.jsonl", b""), ("../x", b"y"))),
            ("twice", tar_of(("records.jsonl", b""), ("records.jsonl", b""))),
            ("none", tar_of(("plan.md", b"# p\n"))),
            ("not json", tar_of(("records.jsonl", b"nope\n"))),
            ("half json", tar_of(("records.jsonl", record[:-9]))),
            ("no kind", tar_of(("records.jsonl", b"{}\n"))),
            ("blank line", tar_of(("records.jsonl", record + b"\n"))),
            ("one bad in many", tar_of(("records.jsonl",
                                        record + b'{"id":1}\n'))),
        ]
        before = self.export(home, "before.tar")[1]
        for name, data in cases:
            with self.subTest(name):
                with open(bad, "wb") as file:
                    file.write(data)
                self.no(home, "import", bad)
        with open(bad, "wb") as file:
            file.truncate(64 * 1024 * 1024 + 1)
        self.assertIn("larger", self.no(home, "import", bad))
        self.no(home, "import", bad + "x")
        self.no(home, "import", home.path)
        self.no(home, "import", status=3)
        self.no(home, "import", path, path, status=3)
        self.assertEqual(self.export(home, "after.tar")[1], before)


class Frame(Operations):
    def test_output_that_cannot_be_written(self):
        home = self.home()
        for args in (["status"], ["help"], ["--version"],
                     ["status", "--json"]):
            with open("/dev/full", "w", encoding="ascii") as full:
                done = subprocess.run([KEEL, *args], env=home.env(),
                                      stdout=full, stderr=subprocess.PIPE,
                                      text=True, timeout=20)
            self.assertEqual(done.returncode, 1)
            self.assertIn("could not be written", done.stderr)
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run([KEEL, "help"], env=home.env(), stdout=writer,
                              stderr=subprocess.PIPE, text=True, timeout=20)
        os.close(writer)
        self.assertEqual(done.returncode, 1)

    def test_closed_descriptors(self):
        home = self.home()
        done = subprocess.run(
            ["sh", "-c", f'exec "{KEEL}" status <&- >&- 2>&-'],
            env=home.env(), timeout=20)
        self.assertEqual(done.returncode, 1)  # what it says is not to be had

    def test_errors_are_objects_too(self):
        home = self.home()
        done = home.run("export", "--json")
        self.assertEqual(done.returncode, 3)
        self.assertEqual(json.loads(done.stdout)["error"]["code"], "usage")
        done = home.run("zzz", "--json")
        self.assertEqual(json.loads(done.stdout)["error"]["code"], "usage")
        done = home.run("key", "phrase", "--yes", "--json")
        self.assertTrue(json.loads(done.stdout)["changed"])

    def test_out_of_reach(self):
        home = Home()
        self.addCleanup(home.close)
        self.assertIn("systemctl --user start keeld.socket",
                      self.no(home, "status", status=2))
        self.assertIn(f"`keeld --home {home.path}`", self.no(
            home, "status", "--home", home.path, status=2))
        self.assertIn("HOME", self.no(home, "status", EVENKEEL_HOME=None,
                                      HOME=None, XDG_RUNTIME_DIR=None))
        self.ok(home, "help", EVENKEEL_HOME=None, HOME=None)

    def test_closed_pipe(self):
        """Closing what is read is no error to tell; a phrase not shown is."""
        home = self.home()
        for args, told in ((["help"], False), (["diary"], False),
                           (["plan", "show"], False), (["--help"], False),
                           (["status", "--json"], False),
                           (["key", "phrase", "--yes"], True)):
            with self.subTest(args=args):
                reading, writing = os.pipe()
                os.close(reading)
                done = subprocess.run([KEEL, *args], stdout=writing,
                                      stdin=subprocess.DEVNULL, text=True,
                                      stderr=subprocess.PIPE, env=home.env())
                os.close(writing)
                self.assertEqual(done.returncode, 1)
                self.assertEqual("could not be written" in done.stderr, told)

    def test_home_anywhere(self):
        home = self.home()
        for args in (["--home", home.path, "status"],
                     ["status", "--home=" + home.path],
                     ["status", "--home", os.path.relpath(home.path)]):
            self.ok(home, *args, EVENKEEL_HOME="/nowhere")


class Doctor(Operations):
    """Each check of this side: broken, its remedy followed, mended."""

    def check(self, home, name, **env):
        done = home.run("doctor", "--json", **env)
        for check in json.loads(done.stdout)["checks"]:
            if check["name"] == name:
                if not check["ok"]:
                    self.assertEqual(done.returncode, 1)
                return check
        self.fail(f"no check {name}")

    def bad(self, home, name, remedy, **env):
        check = self.check(home, name, **env)
        self.assertFalse(check["ok"], check)
        self.assertIn(remedy, check["remedy"])
        return check["remedy"]

    def good(self, home, name, **env):
        check = self.check(home, name, **env)
        self.assertTrue(check["ok"], check)
        self.assertIsNone(check["remedy"])

    def follow(self, home, remedy):
        subprocess.run(["sh", "-c", remedy], env=home.env(), check=True)

    def test_modes(self):
        home = self.home()
        run = os.path.join(home.path, "run")
        sock = os.path.join(run, "api.sock")
        for name, path, mode in (("runtime-folder", run, 0o755),
                                 ("socket", sock, 0o666)):
            self.good(home, name)
            os.chmod(path, mode)
            self.follow(home, self.bad(home, name, "chmod"))
            self.good(home, name)

    def test_daemon(self):
        home = self.home()
        self.good(home, "daemon")
        self.good(home, "versions")
        home.keeld.send_signal(signal.SIGKILL)
        home.keeld.wait()
        self.bad(home, "daemon", "start keeld")
        home.start_real()
        self.good(home, "daemon")
        home.stop_real()
        sock = os.path.join(home.path, "run", "api.sock")
        if os.path.exists(sock):
            os.unlink(sock)
        self.bad(home, "socket", "start keeld")
        with open(sock, "wb"):
            pass
        self.bad(home, "socket", "rm ")
        self.follow(home, f"rm '{sock}'")
        home.start_real()
        self.good(home, "socket")

    def test_no_runtime_folder(self):
        home = self.home()
        self.bad(home, "runtime-folder", "--home", EVENKEEL_HOME=None,
                 XDG_RUNTIME_DIR=None)
        empty = Home()
        self.addCleanup(empty.close)
        self.bad(empty, "runtime-folder", "start keeld")
        empty.start_real()
        self.good(empty, "runtime-folder")

    def test_locale(self):
        home = self.home()
        remedy = self.bad(home, "locale", "export LC_ALL=C.UTF-8",
                          LC_ALL="C")
        self.assertIn("LC_ALL", remedy)
        self.good(home, "locale", LC_ALL="C.UTF-8")

    def test_editor(self):
        home = self.home()
        self.bad(home, "editor", "export EDITOR=nano", EDITOR="/bin/cat")
        self.bad(home, "editor", "install nano", EDITOR="none-such")
        folder = os.path.join(home.path, "bin")
        os.mkdir(folder)
        nano = os.path.join(folder, "nano")
        with open(nano, "w", encoding="ascii") as file:
            file.write("#!/bin/sh\n")
        self.bad(home, "editor", "install nano", PATH=folder)
        os.chmod(nano, 0o755)
        self.good(home, "editor", PATH=folder)
        self.good(home, "editor", EDITOR=nano + " -w")

    def test_terminal(self):
        home = self.home()
        for term, good in (("dumb", False), ("xterm", True)):
            self.assertEqual(self.terminal_ok(home, 80, term), good)
        self.assertFalse(self.terminal_ok(home, 30, "xterm"))

    def terminal_ok(self, home, columns, name):
        term = self.terminal(home, "doctor", rows=100, columns=columns,
                             TERM=name)
        term.end()
        return "ok  terminal" in term.screen.kept()


if __name__ == "__main__":
    unittest.main()
