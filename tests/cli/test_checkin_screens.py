#!/usr/bin/env python3
"""keel checkin and keel hard at a terminal: keys and screens counted, nothing
left behind on any way out, one request however often it is tried; and the
same all from a script.  keeld is played."""

import json
import os
import signal
import unittest

from terminal import (BACK, CTRL_C, CTRL_E, DOWN, ENTER, ESC, LEFT, ROOT, UP,
                      Home, Terminal)

DATA = os.path.join(ROOT, "tests/data/checkin")
# words that are only ever hers
HERS = ("skipping lunch", "Walk in the garden", "Call Jia", "long day",
        "extension 4")


def routes(**more):
    with open(f"{DATA}/routes.json", encoding="utf-8") as file:
        found = json.load(file)
    found.update({k.replace("_", " ", 1): v for k, v in more.items()})
    return found


class Screens(unittest.TestCase):
    def open(self, *args, change=None, **env):
        self.home = Home({**routes(), **(change or {})})
        self.addCleanup(self.home.close)
        return self.again(*args, **env)

    def again(self, *args, **env):
        term = Terminal(self.home, *(args or ("checkin",)), **env)
        self.addCleanup(term.close)
        return term

    def sent(self):
        return [r for r in self.home.requests("POST")]

    def nothing_left(self, term):
        self.assertTrue(term.restored())
        for words in HERS:
            self.assertNotIn(words, term.screen.kept())

    def test_everyday(self):
        term = self.open()
        keys, screens = 0, set()

        def press(key, then):
            nonlocal keys
            term.type(key)
            keys += 1
            term.expect(then)
            screens.add(next(line for line in term.screen.text().split("\n")
                             if line.strip())[-6:])

        term.expect("How is your mood")
        self.assertIn("Nobody is watching", term.screen.text())
        for value, shown in (("7", "[ 7]"), ("3", "[ 3]"), ("5", "[ 5]"),
                             ("8", "[ 8]"), ("6", "2 of 5")):
            press(value, shown)
        press(ENTER, "3 of 5")
        press(ENTER, "4 of 5")
        press(ENTER, "Saved.")
        self.assertIn("Nobody is watching", term.screen.text())
        self.assertIn("Walk in the garden", term.screen.text())
        term.type(ENTER)
        keys += 1
        self.assertEqual(term.end(), 0)
        self.assertLessEqual(keys, 15)
        self.assertLessEqual(len(screens), 5)
        self.assertEqual(len(self.sent()), 1)
        self.assertEqual(self.sent()[0]["body"]["answers"], {
            "mood": 7, "energy": 3, "tense": 5, "pressure": 8, "helpful": 6})
        self.assertRegex(self.sent()[0]["key"], "^[0-9a-f]{32}$")
        self.nothing_left(term)

    def test_all_of_it(self):
        """Tens, a sign, a strategy, a note, back, arrows."""
        term = self.open()
        term.expect("mood")
        term.type("10" + "1" + ENTER + LEFT + "0" + "5" + "5" + "5")
        term.expect("2 of 5")
        term.type("22" + UP + " ")
        term.expect("a little")
        term.type(ENTER)
        term.expect("3 of 5")
        term.type("1")
        term.expect("How much did it help?")
        term.type("3" + "2" + ENTER)
        term.type(ENTER)
        term.expect("4 of 5")
        term.type(BACK)
        term.expect("3 of 5")
        term.type(ENTER)
        term.expect("4 of 5")
        term.type("A long day, " + "午" + "é")
        term.expect("午")
        term.type(ENTER)
        term.expect("Saved.")
        term.type("q")
        self.assertEqual(term.end(), 0)
        body = self.sent()[0]["body"]
        self.assertEqual(body["answers"]["mood"], 10)
        self.assertEqual(body["signs"], {"s1": 1, "s2": 2})
        self.assertEqual(body["used"], {"h1": 3, "h2": None})
        self.assertEqual(body["note"], "A long day, 午é")
        self.nothing_left(term)

    def test_leaving_keeps_nothing(self):
        self.home = Home(routes())
        self.addCleanup(self.home.close)
        for keys in ("q", ESC, CTRL_C, "7q", "73586" + ESC):
            with self.subTest(keys=keys):
                term = self.again()
                term.expect("mood")
                term.type(keys)
                self.assertEqual(term.end(), 1)
                self.assertIn("nothing was kept", term.screen.text())
                self.nothing_left(term)
        self.assertEqual(self.sent(), [])

    def test_words_are_not_lost_by_a_slip(self):
        term = self.open()
        term.expect("mood")
        term.type(ENTER * 7 + "a long day" + ESC)
        term.expect("y leaves")
        term.type("n")
        term.expect("a long day", gone="y leaves")
        term.type(ESC)
        term.expect("y leaves")
        term.type("y")
        self.assertEqual(term.end(), 1)
        self.assertEqual(self.sent(), [])
        self.nothing_left(term)

    def test_signals(self):
        self.home = Home(routes())
        self.addCleanup(self.home.close)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT,
                       signal.SIGQUIT):
            with self.subTest(number=number):
                term = self.again()
                term.expect("mood")
                term.type("73586")
                term.expect("skipping lunch")
                term.signal(number)
                self.assertEqual(term.end(), -number)
                self.nothing_left(term)
        self.assertEqual(self.sent(), [])

    def test_killed(self):
        """kill -9: a child puts the terminal back."""
        term = self.open()
        term.expect("mood")
        term.type("73586")
        term.expect("skipping lunch")
        term.signal(signal.SIGKILL)
        self.assertEqual(term.end(), -signal.SIGKILL)
        term.until(term.restored)
        self.nothing_left(term)
        self.assertEqual(self.sent(), [])

    def test_stopped_and_continued(self):
        term = self.open()
        term.expect("mood")
        term.type("7")
        term.expect("[ 7]")
        term.signal(signal.SIGSTOP)
        term.signal(signal.SIGCONT)
        term.type("3586")
        term.expect("2 of 5")
        term.type(CTRL_C)
        self.assertEqual(term.end(), 1)
        self.nothing_left(term)

    def test_gone_terminal(self):
        term = self.open()
        term.expect("mood")
        os.close(term.master)
        _, status = os.waitpid(term.pid, 0)
        term.status, term.master = status, os.open("/dev/null", os.O_RDONLY)
        self.assertEqual(self.sent(), [])

    def test_resize(self):
        term = self.open()
        term.expect("mood")
        term.type("7")
        term.expect("[ 7]")
        for rows, columns in ((24, 40), (10, 40), (50, 132), (5, 20), (24, 80)):
            term.resize(rows, columns)
            self.assertIn("[  ]", term.screen.text())
        term.type("3586")
        term.expect("2 of 5")
        term.type("q")
        term.end()
        self.nothing_left(term)

    def test_poor_surroundings(self):
        term = self.open(LC_ALL="C", NO_COLOR="1", columns=40)
        term.expect("mood")
        term.type("73586")
        term.expect("???")
        term.type(ENTER * 3)
        term.expect("Saved.")
        term.type(ENTER)
        self.assertEqual(term.end(), 0)
        term.raw.decode("ascii")
        self.assertFalse(term.screen.sgr)
        self.nothing_left(term)

    def test_dumb(self):
        """No escape sequence at all, line by line."""
        term = self.open(TERM="dumb", rows=60)
        term.expect("mood")
        for line, then in (("7", "energy"), ("10", "restless"), ("", "pressure"),
                           ("b", "restless"), ("5", "pressure"),
                           ("eight", "0 to 10"), ("8", "helpful"),
                           ("6", "2 of 5"), ("1 2=2", "3 of 5"),
                           ("1=3", "4 of 5"), ("a long day", "Saved.")):
            term.type(line + "\n")
            term.expect(then)
        self.assertEqual(term.end(), 0)
        self.assertNotIn(b"\x1b", term.raw)
        body = self.sent()[0]["body"]
        self.assertEqual(body["answers"], {"mood": 7, "energy": 10, "tense": 5,
                                           "pressure": 8, "helpful": 6})
        self.assertEqual(body["signs"], {"s1": 1, "s2": 2})
        self.assertEqual(body["used"], {"h1": 3})
        self.assertEqual(body["note"], "a long day")

    def test_dumb_left(self):
        """Ctrl-C and Ctrl-D say what q says."""
        self.home = Home(routes())
        self.addCleanup(self.home.close)
        for key in (CTRL_C, "\x04", "q\n"):
            with self.subTest(key=key):
                term = self.again("checkin", "--plain", rows=60)
                for words, typed in (("mood", "7\n"), ("energy", key)):
                    term.expect(words)
                    term.until(lambda: term.screen.text().endswith("\n>"))
                    term.type(typed)
                self.assertEqual(term.end(), 1)
                self.assertIn("\nLeft; nothing was kept.", term.screen.text())
        self.assertEqual(self.sent(), [])

    def test_lost_on_the_way(self):
        """The daemon is lost in the middle: tried again under one key."""
        term = self.open(change={"POST /v1/checkins": {
            "lose": 1, "file": "saved.json"}})
        term.expect("mood")
        term.type("73586" + ENTER * 3)
        term.expect("Saved.")
        term.type(ENTER)
        self.assertEqual(term.end(), 0)
        self.assertGreaterEqual(len(self.sent()), 2)
        self.assertEqual(len({r["key"] for r in self.sent()}), 1)

    def test_not_saved_is_said(self):
        term = self.open()
        term.expect("mood")
        term.type("73586" + ENTER * 2)
        term.expect("4 of 5")
        self.home.stop()
        term.type(ENTER)
        term.expect("Not saved")
        self.home.start(routes())
        term.type(ENTER)
        term.expect("Saved.", gone="Not saved")
        term.type(ENTER)
        self.assertEqual(term.end(), 0)
        self.assertEqual(len(self.sent()), 1)

    def test_nothing_answered(self):
        term = self.open()
        term.expect("mood")
        term.type(ENTER * 8)
        term.expect("Nothing was answered")
        term.type(ENTER)
        self.assertEqual(term.end(), 0)
        self.assertEqual(self.sent(), [])

    def test_editor(self):
        term = self.open()
        script = os.path.join(self.home.path, "editor")
        with open(script, "w", encoding="utf-8") as file:
            file.write('#!/bin/sh\nprintf "from\\nthe editor\\n" > "$1"\n')
        os.chmod(script, 0o700)
        term = self.again(VISUAL=script)
        term.expect("mood")
        term.type(ENTER * 7)
        term.expect("4 of 5")
        term.type(CTRL_E)
        term.expect("the editor")
        term.type("!" + ENTER)
        term.expect("Saved.")
        term.type(ENTER)
        self.assertEqual(term.end(), 0)
        self.assertEqual(self.sent()[0]["body"]["note"], "from\nthe editor!")
        self.nothing_left(term)

    def test_paste(self):
        term = self.open()
        term.expect("mood")
        term.type(ENTER * 7)
        term.expect("4 of 5")
        term.type("\x1b[200~two\rlines q\x1b[201~")
        term.expect("lines q")
        term.type(ENTER)
        term.expect("Saved.")
        term.type(ENTER)
        self.assertEqual(term.end(), 0)
        self.assertEqual(self.sent()[0]["body"]["note"], "two\nlines q")

    def test_other_instruments(self):
        term = self.open("checkin", "who-5")
        term.expect("cheerful")
        term.type("3")
        term.expect("More than half")
        term.type("5")
        term.expect("2 of 3")
        term.type(ENTER)
        term.expect("Saved.")
        term.type(ENTER)
        self.assertEqual(term.end(), 0)
        term = self.again("checkin", "wave")
        term.expect("Who has been")
        term.type("Jia" + DOWN)
        term.type("clear enough" + ENTER * 3)
        term.expect("Saved.")
        term.type(ENTER)
        self.assertEqual(term.end(), 0)
        self.assertEqual(self.sent()[1]["body"]["texts"],
                         {"support": "Jia", "role": "clear enough"})

    def test_off_record(self):
        term = self.open("checkin", "--off-record")
        term.expect("Off the record")
        term.type("73586" + ENTER * 2)
        term.expect("4 of 5")
        term.type(CTRL_E)
        term.expect("No editor off the record")
        term.type(ENTER)
        term.expect("none of it was kept")
        term.type(ENTER)
        self.assertEqual(term.end(), 0)
        self.assertIs(self.sent()[0]["body"]["off_record"], True)

    def test_hard(self):
        term = self.open("hard")
        term.expect("sends nothing")
        self.assertIn("Nobody is watching", term.screen.text())
        term.type(ENTER)
        term.expect("Walk in the garden")
        term.type(ENTER)
        self.assertEqual(term.end(), 0)
        self.assertEqual([r["path"] for r in self.sent()], ["/v1/hard"])
        self.nothing_left(term)
        term = self.again("hard")
        term.expect("sends nothing")
        term.type(ENTER)
        term.expect("extension 4")
        term.type("n")
        term.expect("Words of your own")
        term.type("a long day" + ENTER)
        self.assertEqual(term.end(), 0)
        self.assertEqual(self.sent()[2]["body"], {
            "of": "aa000000000000000000000000000002", "text": "a long day"})
        self.nothing_left(term)

    def test_hard_left(self):
        """Words of her own that were left are not said to be written down."""
        term = self.open("hard")
        term.expect("sends nothing")
        term.type(ENTER)
        term.expect("extension 4")
        term.type("n")
        term.expect("Words of your own")
        term.type("a long day" + ESC)
        term.expect("y leaves")
        term.type("y")
        self.assertEqual(term.end(), 0)
        self.assertIn("your words were left out", term.screen.text())
        self.assertEqual([r["path"] for r in self.sent()], ["/v1/hard"])
        self.nothing_left(term)

    def test_mending(self):
        term = self.open("diary", "fix", "a3f1")
        term.expect("[ 7]")
        term.type("6" + ENTER * 5)  # the number moved on by itself
        term.expect("2 of 5")
        self.assertIn("a lot", term.screen.text())
        term.type(ENTER * 2)
        term.expect("A long day")
        term.type(ENTER)
        term.expect("Saved.")
        term.type(ENTER)
        self.assertEqual(term.end(), 0)
        self.assertEqual(self.sent()[0]["body"],
                         {"answers": {"mood": 6, "energy": 3}})


    def test_mending_nothing(self):
        """What was left alone is said to be as it was, in every way out."""
        self.home = Home(routes())
        self.addCleanup(self.home.close)
        for keys, status in (("q", 1), (CTRL_C, 1), ("6q", 1),
                             (ENTER * 5 + UP + "q", 1)):
            with self.subTest(keys=keys):
                term = self.again("diary", "fix", "a3f1")
                term.expect("[ 7]")
                self.assertIn("q: leave it as it was", term.screen.text())
                term.type(keys)
                self.assertEqual(term.end(), status)
                self.assertIn("the entry is as it was", term.screen.text())
                self.assertNotIn("nothing was kept", term.screen.text())
        term = self.again("diary", "fix", "a3f1")
        term.expect("[ 7]")
        term.type(ENTER * 8)
        term.expect("Nothing was changed; the entry is as it was.")
        term.type(ENTER)
        self.assertEqual(term.end(), 0)
        self.assertIn("the entry is as it was", term.screen.text())
        self.assertEqual(self.sent(), [])


class Scripted(unittest.TestCase):
    def setUp(self):
        self.home = Home(routes())
        self.addCleanup(self.home.close)

    def sent(self):
        return [r["body"] for r in self.home.requests("POST")]

    def test_lines(self):
        done = self.home.run("checkin", "--answers", "-", words=(
            "# today\nmood=7\r\n\nsign.s2=2\nused.h1=3\nused.h2=\n"
            "note=A long day\nnote=and = a sign\n"))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("Walk in the garden", done.stdout)
        self.assertIn("Nobody is watching", done.stdout)
        body = self.sent()[0]
        self.assertEqual(body["answers"], {"mood": 7})
        self.assertEqual(body["signs"], {"s2": 2})
        self.assertEqual(body["used"], {"h1": 3, "h2": None})
        self.assertEqual(body["note"], "A long day\nand = a sign")

    def test_options(self):
        done = self.home.run("checkin", "--answer", "mood=0", "--sign=s1=1",
                             "--used", "h2", "--note", "-", "--json",
                             words="from stdin\n")
        self.assertEqual(done.returncode, 0)
        self.assertIs(json.loads(done.stdout)["saved"], True)
        self.assertEqual(self.sent()[0]["note"], "from stdin")

    def test_texts(self):
        done = self.home.run("checkin", "wave", "--answers", "-",
                             words="support=Jia\nsupport=and Tan\n")
        self.assertEqual(done.returncode, 0)
        self.assertEqual(self.sent()[0]["texts"], {"support": "Jia\nand Tan"})

    def test_refused(self):
        for args, words in (
                (["--answer", "mood=11"], None), (["--answer", "mood"], None),
                (["--answer", "nosuch=1"], None), (["--sign", "s9=1"], None),
                (["--sign", "s1=3"], None), (["--used", "h1=4"], None),
                (["--answers", "file"], None), (["--note=words"], None),
                (["--took-place", "--answer", "mood=1"], None),
                (["--off-record", "--note", "--answer", "mood=1"], None),
                (["--answers", "-", "--note", "-"], "mood=1\n"),
                (["--answers", "-"], ""), (["--answers", "-"], "mood\n"),
                (["--answers", "-"], "mood=1\nmood=2\n"),
                (["wave", "--answer", "support=1"], None),
                (["pulse", "words", "of", "zebra"], None), ([], None),
                (["a zebra"], None), (["--note", "tired, a zebra"], None)):
            with self.subTest(args=args, words=words):
                done = self.home.run("checkin", *args, words=words)
                self.assertEqual(done.returncode, 3, done.stderr)
                self.assertTrue(done.stderr.startswith("keel: "))
                self.assertNotIn("zebra", done.stderr)
        self.assertIn("words are never arguments",
                      self.home.run("checkin", "--note", "so tired").stderr)
        done = self.home.run("checkin", "--answers", "-", words="mood=1\nx\x1b=2\n")
        self.assertIn(done.returncode, (1, 3))
        self.assertEqual(self.sent(), [])

    def test_hard(self):
        done = self.home.run("hard", "--note", "-", words="enough\n")
        self.assertEqual(done.returncode, 0)
        self.assertIn("sends nothing", done.stdout)
        self.assertEqual(self.sent()[1]["text"], "enough")

    def test_delete(self):
        done = self.home.run("diary", "delete", "a3f2")
        self.assertEqual(done.returncode, 3)
        done = self.home.run("diary", "delete", "a3f2", "--yes")
        self.assertEqual(done.returncode, 0)
        for bad in ("a3", "zzzz", "a3f", "0000"):
            done = self.home.run("diary", "delete", bad, "--yes")
            self.assertIn(done.returncode, (1, 3))
        self.assertEqual(len(self.home.requests("DELETE")), 1)

    def test_fix(self):
        done = self.home.run("diary", "fix", "a3f1", "--answers", "-",
                             words="mood=6\nnote=Better said\n")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(self.sent()[0], {
            "answers": {"mood": 6, "energy": 3}, "note": "Better said"})
        done = self.home.run("diary", "fix", "a3f1", "--sign", "s1=0")
        self.assertEqual(self.sent()[1]["signs"], {})
        done = self.home.run("diary", "fix", "a3f2", "--answer", "mood=1")
        self.assertEqual(done.returncode, 1)
        done = self.home.run("diary", "fix", "a3f1", "--answer", "mood=7")
        self.assertIn("the entry is as it was", done.stdout)


if __name__ == "__main__":
    unittest.main()
