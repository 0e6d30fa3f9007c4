#!/usr/bin/env python3
"""A person's days with the real keeld: plan, check-ins, hard day, diary,
coping, schedule, asks, and what each says when it is refused.  Where a slot
must be due, keeld is told the time (builds for tests only)."""

import json
import os
import signal
import unittest

from terminal import CTRL_C, ENTER, Home, Terminal

PLAN = """# My plan

## Early warning signs
- skipping lunch → Walk in the garden; Call Jia
- staying late without being asked

## What helps me
- Walk in the garden
- Call Jia
- Write three lines before the handover meeting

## People I can turn to
- Jia, extension 4

## When it gets hard
- Go outside for five minutes

## Review
2026-12-01
"""
START = ("sign=skipping lunch\nhelps=Walk in the garden\nperson=Jia\n"
         "when=suggested\nshared=no\nkey=file\n")
TOLD = os.environ.get("EK_KIND", "debug") != "release"


class Person(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.close)
        # a Tuesday; the suggested pulse is due on Wednesday at 16:30
        self.home.start_real("2026-11-24T10:00" if TOLD else None)
        self.ok("start", "--answers", "-", words=START)

    def run_keel(self, status, *args, words=None, **env):
        done = self.home.run(*args, words=words, **env)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        if status != 0:
            self.assertTrue(done.stderr.startswith("keel: "), done.stderr)
            self.assertIn(";", done.stderr)
        else:
            self.assertEqual(done.stderr, "")
        return done.stdout

    def ok(self, *args, **more):
        return self.run_keel(0, *args, **more)

    def no(self, *args, status=1, **more):
        return self.run_keel(status, *args, **more)

    def json(self, *args, **more):
        return json.loads(self.ok(*args, "--json", **more))

    def terminal(self, *args, **env):
        term = Terminal(self.home, *args, **env)
        self.addCleanup(term.close)
        return term

    def entries(self):
        return self.json("diary")["entries"]

    def editor(self, *lines):
        """An editor that runs these shell lines, one a call."""
        path = os.path.join(self.home.path, "editor")
        with open(path, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nn=$(cat %s/calls 2>/dev/null || echo 0)\n"
                       "echo $((n + 1)) > %s/calls\ncase $n in\n" %
                       (self.home.path, self.home.path))
            for i, line in enumerate(lines):
                file.write("%d) %s ;;\n" % (i, line))
            file.write("esac\n")
        os.chmod(path, 0o700)
        return path

    def plan(self):
        self.ok("plan", "import", "-", words=PLAN)


class Plan(Person):
    def test_round_trip(self):
        self.plan()
        self.assertEqual(self.ok("plan", "show"), PLAN)
        self.assertEqual(self.ok("plan", "export", "-"), PLAN)
        path = os.path.join(self.home.path, "out.md")
        self.ok("plan", "export", path)
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        self.no("plan", "export", path)
        self.assertIn("Nothing was changed", self.ok("plan", "import", path))
        shown = self.ok("plan", "show", "--ids")
        self.assertIn("s2   - staying late", shown)
        self.assertRegex(shown, "p[0-9]   - Jia, extension 4")

    def test_versions(self):
        self.plan()
        self.assertIn("+ Call Jia", self.ok("plan", "diff"))
        versions = self.json("plan", "history")["versions"]
        self.assertEqual(len(versions), 2)
        first = versions[0]["version"][:8]
        self.assertIn("skipping lunch", self.ok("plan", "show", "--version", first))
        self.ok("plan", "diff", first, versions[1]["version"][:6])
        self.ok("plan", "agree", "Tan")
        self.assertIn("agreed with Tan", self.ok("plan", "history"))
        self.ok("plan", "same", "s1", "s2")
        self.assertIn("s2   - skipping lunch", self.ok("plan", "show", "--ids"))

    def test_refused(self):
        self.plan()
        for bad in ("no heading\n", "## What helps me\n- a\n## What helps me\n",
                    "## Review\nsoon\n", "## What helps me\n- \x07bell\n",
                    "## What helps me\n- " + "x" * 70000 + "\n"):
            self.no("plan", "import", "-", words=bad)
        binary = os.path.join(self.home.path, "binary")
        with open(binary, "wb") as file:
            file.write(bytes(range(256)) * 100)
        self.no("plan", "import", binary)
        self.no("plan", "import", os.path.join(self.home.path, "missing"))
        self.no("plan", "import", self.home.path)
        self.no("plan", "same", "s1", "h1")
        self.no("plan", "same", "s1", status=3)
        self.no("plan", "show", "--version", "ffffffff")
        self.assertEqual(self.ok("plan", "show"), PLAN)
        self.assertEqual(len(self.json("plan", "history")["versions"]), 2)

    def test_edit(self):
        self.plan()
        editor = self.editor("true", 'echo "- Ring Tan" >> "$1"')
        term = self.terminal("plan", "edit", VISUAL=editor)
        term.expect("Nothing was changed")
        self.assertEqual(term.end(), 0)
        term = self.terminal("plan", "edit", VISUAL=editor)
        term.expect("Saved as version")
        self.assertEqual(term.end(), 0)

    def test_edit_refused_is_not_lost(self):
        self.plan()
        editor = self.editor(
            'printf "## What helps me\\n- Ring Tan\\n## What helps me\\n" > "$1"',
            'grep -q "Ring Tan" "$1" && printf "## What helps me\\n- Ring Tan\\n" > "$1"')
        term = self.terminal("plan", "edit", VISUAL=editor)
        term.expect("Your text is still here")
        term.type("e\r")
        term.expect("Saved as version")
        self.assertEqual(term.end(), 0)
        self.assertIn("Ring Tan", self.ok("plan", "show"))

    def test_edit_refused_and_left(self):
        """Ctrl-C and Ctrl-D at the question leave the text on the screen."""
        self.plan()
        for key in (CTRL_C, "\x04"):
            with self.subTest(key=key):
                editor = self.editor('printf "## My role\n- Ring Tan\n'
                                     '## My role\n" > "$1"')
                term = self.terminal("plan", "edit", VISUAL=editor)
                term.expect("Your text is still here")
                term.type(key)
                self.assertEqual(term.end(), 1)
                self.assertIn("- Ring Tan", term.screen.kept())
                os.unlink(os.path.join(self.home.path, "calls"))

    def test_edit_conflict(self):
        self.plan()
        fifo = os.path.join(self.home.path, "wait")
        os.mkfifo(fifo)
        editor = self.editor('echo "- Ring Tan" > "$1.x"; '
                             'printf "## What helps me\\n- Ring Tan\\n" > "$1"; '
                             'rm "$1.x"; cat %s > /dev/null' % fifo)
        term = self.terminal("plan", "edit", VISUAL=editor)
        with open(fifo, "w", encoding="ascii"):
            self.ok("plan", "import", "-", words=PLAN + "\nAnd more.\n## My role\n- mine\n")
        term.expect("saved from another place")
        term.expect("+ mine")
        term.type("m\r")
        term.expect("Saved as version")
        self.assertEqual(term.end(), 0)
        self.assertEqual(self.ok("plan", "show"), "## What helps me\n- Ring Tan\n")
        self.assertEqual(len(self.json("plan", "history")["versions"]), 4)

    def test_edit_without_daemon(self):
        self.plan()
        editor = self.editor('printf "## What helps me\\n- Ring Tan\\n" > "$1"; '
                             'kill %d; while kill -0 %d 2>/dev/null; do :; done'
                             % (self.home.keeld.pid, self.home.keeld.pid))
        term = self.terminal("plan", "edit", VISUAL=editor)
        # the editor's loop ends only once the daemon was reaped
        self.home.keeld.wait()
        self.home.keeld = None
        term.expect("Your text is still here")
        self.home.start_real("2026-11-24T10:00" if TOLD else None)
        term.type("r\r")
        term.expect("Saved as version")
        self.assertEqual(term.end(), 0)
        self.assertIn("Ring Tan", self.ok("plan", "show"))


class Days(Person):
    def test_checkin_and_words(self):
        self.plan()
        said = self.ok("checkin", "--answers", "-", words=(
            "mood=7\nsign.s1=2\nused.h2=3\nnote=A long day\n"))
        self.assertIn("You marked: skipping lunch", said)
        self.assertLess(said.index("Walk in the garden"), said.index("Jia, extension"))
        self.assertIn("helped 3.0 of 3", said)
        (entry,) = self.entries()
        self.assertEqual(entry["answers"], {"mood": 7})
        self.assertEqual(entry["signs"][0]["level"], 2)
        self.assertEqual(entry["notes"][0]["text"], "A long day")
        self.assertEqual(self.json("coping")["strategies"][0]["id"], "h2")
        self.assertIn("h2   Call Jia", self.ok("coping"))

    def test_screens(self):
        self.plan()
        term = self.terminal("checkin")
        term.expect("1 of 5")
        term.expect("obody is watching")
        term.type("73586" + "1" + ENTER + "13" + ENTER)
        term.expect("4 of 5")
        term.type("A long day" + ENTER)
        term.expect("Saved.")
        term.expect("You marked: skipping lunch")
        term.expect("obody is watching")
        term.type(ENTER)
        self.assertEqual(term.end(), 0)
        (entry,) = self.entries()
        self.assertEqual(entry["answers"], {"mood": 7, "energy": 3, "tense": 5,
                                            "pressure": 8, "helpful": 6})
        self.assertEqual(entry["used"][0]["helped"], 3)

    def test_quit_keeps_nothing(self):
        self.plan()
        for keys in ("q", "73586" + CTRL_C):
            term = self.terminal("checkin")
            term.expect("1 of 5")
            term.type(keys)
            self.assertEqual(term.end(), 1)
        term = self.terminal("checkin")
        term.expect("1 of 5")
        term.type("73586")
        term.expect("2 of 5")
        term.signal(signal.SIGKILL)
        term.end()
        self.assertEqual(self.entries(), [])

    def test_every_instrument(self):
        for name, keys in (("work-check", "5" * 7), ("ons4", "5" * 4),
                           ("wave", None)):
            term = self.terminal("checkin", name)
            term.expect("1 of 3")
            for key in keys or "x":
                term.press(key)
            while keys is None and "2 of 3" not in term.screen.text():
                term.press(ENTER)
            term.expect("2 of 3")
            term.type(CTRL_C)
            self.assertEqual(term.end(), 1)
        self.no("checkin", "nosuch", "--answer", "x=1")

    def test_off_record(self):
        said = self.ok("checkin", "--off-record", "--answer", "mood=3")
        self.assertIn("nothing of it was kept", said)
        self.assertEqual(self.entries(), [])

    def test_hard(self):
        self.plan()
        said = self.ok("hard", "--note", "-", words="enough for today\n")
        self.assertIn("sends nothing", said)
        self.assertIn("Go outside", said)
        (entry,) = self.entries()
        self.assertEqual(entry["kind"], "hard-day")
        self.assertEqual(entry["notes"][0]["text"], "enough for today")
        term = self.terminal("hard")
        term.expect("sends nothing")
        term.type(ENTER)
        term.expect("Go outside")
        term.type(ENTER)
        self.assertEqual(term.end(), 0)
        self.assertEqual(len(self.entries()), 2)

    def test_hard_note(self):
        """What is said of a note is true, whatever becomes of it."""
        self.plan()
        for args in (["--note"], ["--note", "-"], ["--json", "--note"]):
            self.no("hard", *args)  # an empty stdin: nothing is left behind
            self.assertEqual(self.entries(), [])
        reply = self.json("hard", "--note", words="enough\n")
        self.assertTrue(reply["saved"])
        (entry,) = self.entries()
        self.assertEqual(entry["notes"][0]["text"], "enough")
        term = self.terminal("hard", "--note", VISUAL=self.editor("true"))
        term.expect("Go outside")
        term.expect("No note was written")
        self.assertEqual(term.end(), 0)
        self.assertEqual(len(self.entries()), 2)

    def test_diary(self):
        self.plan()
        self.ok("checkin", "--answers", "-",
                words="mood=7\nenergy=4\nsign.s1=1\nnote=A long day\n")
        (entry,) = self.entries()
        self.ok("diary", "fix", entry["id"][:4], "--answers", "-",
                words="mood=6\nnote=Better said\n")
        (mended,) = self.entries()
        self.assertEqual(mended["answers"], {"mood": 6, "energy": 4})
        self.assertTrue(mended["mended"])
        self.assertEqual(mended["local"], entry["local"])
        self.assertEqual([n["text"] for n in mended["notes"]], ["Better said"])
        self.assertEqual(mended["signs"], entry["signs"])
        self.ok("diary", "fix", mended["id"][:6], "--sign", "s1=0", "--used", "h1=2")
        (again,) = self.entries()
        self.assertEqual(again["signs"], [])
        self.assertEqual(again["used"][0]["helped"], 2)
        self.assertEqual([n["text"] for n in again["notes"]], ["Better said"])
        term = self.terminal("diary", "fix", again["id"][:4])
        term.expect("[ 6]")
        term.type("5" + ENTER * 5 + ENTER * 2)
        term.expect("Better said")
        term.type(ENTER)
        term.expect("Saved.")
        term.type(ENTER)
        self.assertEqual(term.end(), 0)
        (last,) = self.entries()
        self.assertEqual(last["answers"], {"mood": 5, "energy": 4})
        self.no("diary", "delete", last["id"][:6], status=3)
        term = self.terminal("diary", "delete", last["id"][:6])
        term.expect("for good")
        term.type("n\r")
        self.assertEqual(term.end(), 1)
        self.ok("diary", "delete", last["id"][:6], "--yes")
        self.assertEqual(self.entries(), [])
        self.no("diary", "delete", last["id"], "--yes")
        self.assertIn("`keel checkin` writes the first", self.ok("diary"))
        self.no("diary", "--since", "yesterday", status=3)
        for days in (["--since", "2026-11-25", "--until", "2026-11-24"],
                     ["--until", "2025-12-31", "--since", "2026-01-01"]):
            self.no("diary", *days, status=3)
        self.no("diary", "--since", "2026-11-25", "--since", "2026-11-24",
                status=3)
        self.assertIn("No entry", self.ok("diary", "--since", "2026-01-01"))

    @unittest.skipUnless(TOLD, "a release keeps its own clock")
    def test_slot(self):
        self.home.set_clock("2026-11-25T16:31")
        self.assertIn("How work is going, till tomorrow at 04:30", self.ok())
        self.assertIn("now, till tomorrow", self.ok("schedule", "next"))
        self.ok("checkin", "--answer", "mood=5")
        self.assertNotIn("Waiting", self.ok())
        self.home.set_clock("2026-11-27T16:31")
        self.assertIn("Waiting", self.ok())
        self.no("snooze", "0", status=3)
        self.no("snooze", "soon", status=3)
        self.no("snooze", "10081", status=3)
        self.no("snooze", "10080")
        self.assertIn("asked again today at 17:01", self.ok("snooze"))
        self.assertIn("asked again today at 17:01", self.ok())
        self.assertIn("17:31", self.ok("snooze", "60"))
        self.assertIn("Skipped", self.ok("skip"))
        self.assertNotIn("Waiting", self.ok())
        self.no("skip")
        self.no("snooze")
        self.home.set_clock("2026-12-04T10:00")
        self.assertIn("keel checkin work-check", self.ok())
        term = self.terminal("checkin")  # the one that waits
        term.expect("1 of 3")
        term.type("q")
        term.end()

    def test_schedule(self):
        listed = self.ok("schedule", "list")
        for words in ("pulse: Mon, Wed and Fri at 16:30", "next: ",
                      "work-check: the first Friday of each month at 10:00"):
            self.assertIn(words, listed)
        self.assertEqual(len(self.json("schedule", "list")["schedules"][0]["next"]), 3)
        self.ok("schedule", "remove", "work-check")
        said = self.ok("schedule", "add", "pulse", "--at", "15:00", "--on", "tue,thu")
        self.assertIn("Tue and Thu at 15:00", said)
        self.assertIn("next: ", said)
        self.ok("schedule", "add", "evening", "--instrument", "pulse", "--rule",
                "FREQ=DAILY", "--start", "2026-11-24T18:00", "--zone", "Europe/London")
        self.assertIn("Europe/London time", self.ok("schedule"))
        for args in (["x"], ["pulse", "--at", "25:00"], ["pulse", "--on", "moonday"],
                     ["new", "--rule", "FREQ=DAILY"], [], ["a", "b"],
                     ["pulse", "--rule", "FREQ=DAILY", "--start",
                      "2026-11-24T18:00", "--at", "16:00"]):
            self.no("schedule", "add", *args, status=3)
        for args in (["x", "--instrument", "pulse", "--rule", "FREQ=SECONDLY",
                      "--start", "2026-11-24T18:00"],
                     ["x", "--instrument", "nosuch", "--at", "16:00", "--on", "mon"]):
            self.no("schedule", "add", *args)
        self.no("schedule", "remove", "nosuch")
        self.assertIn("type keel schedule remove NAME",
                      self.home.run("schedule", "remove").stderr)
        self.assertTrue(self.json("schedule", "next")["upcoming"])

    def test_schedule_next(self):
        """The next times of all that is planned, in their order, none left
        out between the dense and the rare ones."""
        self.ok("schedule", "add", "tea", "--instrument", "pulse", "--on",
                "daily", "--at", "8:00", "--zone", "Europe/Berlin")
        asked = self.json("schedule", "next", "--count", "20")["upcoming"]
        self.assertEqual(len(asked), 20)
        self.assertEqual(asked, sorted(asked, key=lambda one: one["utc"]))
        teas = [one["local"][:10] for one in asked if one["name"] == "tea"]
        self.assertEqual(teas, [f"2026-11-{d}" for d in range(25, 31)] +
                         [f"2026-12-{d:02}" for d in range(1, len(teas) - 5)])
        self.assertEqual(asked[0]["utc"], "2026-11-25T07:00:00Z")
        said = self.ok("schedule", "next", "--count", "1")
        self.assertIn("tomorrow at 08:00, Europe/Berlin time", said)
        self.assertEqual(len(self.json("schedule", "next")["upcoming"]), 10)
        for args in (["--count", "0"], ["--count", "101"], ["--start",
                     "2026-11-24T10:00"], ["--zone", "UTC"], ["words"]):
            self.no("schedule", "next", *args, status=3)
        done = self.home.run("schedule", "next", "--start", "2026-11-24T10:00")
        self.assertIn("neither for what is planned", done.stderr)

    def test_schedule_edit(self):
        """What is not given stays as it is in the schedule of that name, and
        the answer says what is in force, and from when."""
        def add(*args):
            return " ".join(self.ok("schedule", "add", *args).split())

        said = add("pulse", "--on", "tue,thu")
        self.assertIn("pulse is now Tue and Thu at 16:30, from tomorrow on", said)
        self.assertIn("today stays as it is", said)
        self.assertIn("Tue and Thu at 15:00", add("pulse", "--at", "15:00"))
        self.assertIn("Tue and Thu at 09:05", add("pulse", "--at", "9:05"))
        self.assertIn("Mon to Fri at 09:05", add("pulse", "--on", "weekdays"))
        before = self.json("schedule")["schedules"]
        for args in ([], ["--at", "09:05"], ["--on", "mon tue wed thu and fri"]):
            self.assertIn("stays: Mon to Fri at 09:05", add("pulse", *args))
        self.assertEqual(self.json("schedule")["schedules"], before)
        # a name of her own: instrument and zone stay as well
        said = add("evening", "--instrument", "pulse", "--on", "daily", "--at",
                   "18:00", "--zone", "Europe/London")
        self.assertIn("Planned: evening, every day at 18:00 (pulse), "
                      "Europe/London time, from today on", said)
        add("evening", "--at", "19:00")
        self.assertIn("at 19:30 (pulse), Europe/London", add("evening", "--at", "19.30"))
        self.assertNotIn("London", add("evening", "--zone", "none"))
        # counting goes on where it began: every other week stays this week
        add("fortnight", "--instrument", "pulse", "--rule",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", "--start", "2026-11-18T10:00")
        said = add("fortnight", "--at", "11:00")
        self.assertIn("Wed 2 Dec at 11:00", said)
        self.assertIn("every day at 11:00",
                      add("fortnight", "--rule", "FREQ=DAILY"))
        # a rule with its own times has none to change
        add("twice", "--instrument", "pulse", "--rule",
            "FREQ=DAILY;BYHOUR=9,17", "--start", "2026-11-18T10:00")
        self.no("schedule", "add", "twice", "--at", "11:00", status=3)
        self.no("schedule", "add", "pulse", "--at", "11:00", "--start",
                "2026-11-24T10:00", status=3)

    def test_schedule_as_suggested(self):
        """A new one takes what is suggested, and says it in words."""
        self.ok("schedule", "remove", "work-check")
        said = self.ok("schedule", "add", "work-check")
        self.assertIn("Planned as suggested: work-check, the first Friday of "
                      "each month at 10:00, from tomorrow on", " ".join(said.split()))

    def test_asks(self):
        self.ok("asks", "add", "--owner", "Tan", words="A quiet room\n")
        self.ok("asks", "add", "-", words="A second chair\n")
        self.assertIn("A quiet room — Tan, asked today", self.ok("asks"))
        self.assertIn("A quiet room — Tan", self.ok())
        asks = self.json("asks")["asks"]
        self.ok("asks", "done", asks[0]["id"][:6])
        self.assertEqual(len(self.json("asks")["asks"]), 1)
        self.assertEqual(len(self.json("asks", "--all")["asks"]), 2)
        self.assertIn("done", self.ok("asks", "--all"))
        self.no("asks", "add", "words", "of", "hers", status=3)
        self.no("asks", "add", "-", words="\n")
        self.no("asks", "add", "-", words="x" * 501)
        self.no("asks", "done", "zz", status=3)
        self.no("asks", "done", "ffffffff")


class Locked(unittest.TestCase):
    def test_locked(self):
        home = Home()
        self.addCleanup(home.close)
        home.start_real()
        done = home.run("start", "--answers", "-", words=START.replace(
            "key=file", "key=passphrase\npassphrase=correct horse battery"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(home.run("lock").returncode, 0)
        self.assertIn("locked", home.run().stdout)
        done = home.run("checkin", "--answer", "mood=5")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("unlock", done.stdout)
        self.assertEqual(home.run("diary").returncode, 1)
        term = Terminal(home, "checkin")
        self.addCleanup(term.close)
        term.expect("The book is locked")
        term.type(ENTER * 6)
        term.expect("cannot be shown while")
        term.type(ENTER)
        self.assertEqual(term.end(), 0)


if __name__ == "__main__":
    unittest.main()
