#!/usr/bin/python3
"""The bubble as keeld orders it, with a helper of the test's own: it hands
every line on to the test and the test's lines on to keeld."""
import contextlib
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import threading
import unittest

import keeld
from keeld import DAILY, LIMIT, key
from test_page import Browser

RELAY = """#!/usr/bin/python3
import os, select, socket
test = socket.socket(socket.AF_UNIX)
test.connect({path!r})
test.sendall(b"pid %d\\n" % os.getpid())
keeld = socket.socket(fileno=0)
while True:
    ready = select.select([test, keeld], [], [])[0]
    if keeld in ready:
        try:
            got = keeld.recv(65536)
        except ConnectionResetError:  # let go with a line of ours unread
            got = b""
        if not got:
            test.sendall(b"eof\\n")
            test.setblocking(False)
            try:  # closed with something unread, it would be a reset
                test.recv(65536)
            except OSError:
                pass
            break
        test.sendall(got)
    if test in ready:
        got = test.recv(65536)
        if not got:
            break
        try:  # keeld may have let go of it meanwhile
            keeld.sendall(got)
        except OSError:
            pass
"""


class Helper:
    """One run of the helper, seen from the test."""

    def __init__(self, listener):
        self.sock = listener.accept()[0]
        self.sock.settimeout(LIMIT)
        self.file = self.sock.makefile("r")
        self.pid = int(self.line().split()[1])

    def line(self):
        return self.file.readline().rstrip("\n")

    def say(self, line):
        self.sock.sendall(line.encode() + b"\n")

    def until(self, last):
        """The lines up to this one."""
        lines = []
        while not lines or lines[-1] != last:
            line = self.line()
            assert line, (lines, "the helper ended")
            lines.append(line)
        return lines

    def shown(self, number=7):
        self.say("free")
        self.words = self.until("show")
        self.say(f"shown {number}")
        return self.words

    def ended(self):
        """It was let go, not killed."""
        return self.file.read().splitlines()[-1:] == ["eof"]

    def close(self):
        self.file.close()
        self.sock.close()


@unittest.skipIf(os.environ.get("EK_KIND") == "release",
                 "release programs take no other helper")
class Waiting(unittest.TestCase):
    mode = "file"

    def setUp(self):
        self.k = keeld.Keeld(now="2026-11-24T10:00:00Z")
        self.known = set()  # helpers
        self.addCleanup(self.k.close)
        path = os.path.join(self.k.top, "relay")
        self.listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(self.listener.close)
        self.listener.bind(path)
        self.listener.listen()
        self.helper = os.path.join(self.k.top, "helper")
        with open(self.helper, "w") as f:
            f.write(RELAY.format(path=path))
        os.chmod(self.helper, 0o700)
        self.k.more = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
                       "EVENKEEL_TEST_NOTIFY": self.helper}
        self.k.start()
        self.k.make_book(self.mode, schedules=[DAILY])

    def at(self, time, day=24):
        self.k.set_now(f"2026-11-{day}T{time}:00Z")

    def started(self):
        self.listener.settimeout(LIMIT)
        helper = Helper(self.listener)
        self.known.add(helper.pid)
        self.addCleanup(helper.close)
        return helper

    def gone(self, helper):
        """It was reaped, and keeld has drawn its conclusion."""
        while os.path.exists(f"/proc/{helper.pid}"):
            self.k.get("/v1/today")

    def none_started(self):
        """keeld has looked at the time, and whoever it started is known; or it
        could not be started, and is reaped."""
        self.k.turn()
        self.listener.setblocking(False)
        while True:
            unknown = self.k.children() - self.known
            with self.assertRaises(BlockingIOError):
                self.listener.accept()
            if not unknown:
                return
            self.states()

    def drain(self):
        """Those that ended are no concern of what comes."""
        self.listener.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                self.listener.accept()[0].close()

    def crash(self, helper):
        os.kill(helper.pid, signal.SIGKILL)
        self.gone(helper)

    def noted(self, number):
        """The bubble's number has come to keeld."""
        path = os.path.join(self.k.home, "run/bubble")
        while True:
            self.k.get("/v1/today")
            if os.path.exists(path):
                with open(path) as f:
                    if f.read().split()[0] == number:
                        return

    def states(self):
        return [r["state"] for r in self.k.records("slot")]

    @contextlib.contextmanager
    def one_turn(self):
        """What is done here comes to a keeld at rest in one turn."""
        pid, state = self.k.process.pid, ""
        while state != "S":
            with open(f"/proc/{pid}/stat") as f:
                state = f.read().rsplit(")", 1)[1].split()[0]
        os.kill(pid, signal.SIGSTOP)
        os.waitid(os.P_PID, pid, os.WSTOPPED)
        yield
        os.kill(pid, signal.SIGCONT)

    def page(self, order):
        """What she sees who follows the link of this order."""
        self.assertRegex(order, "^open http://127.0.0.1:[0-9]+/o/[0-9a-f]+$")
        return Browser(self, url=order.split()[1]).follow()


class Prompt(Waiting):
    # --- one bubble ---

    def test_shown_is_kept_first(self):
        self.at("16:29")
        self.none_started()
        self.at("16:30")
        helper = self.started()
        self.assertEqual(self.states(), [])
        lines = helper.shown()
        self.assertEqual(self.states(), ["shown"])
        text = "\n".join(lines)
        for word in ("skipping", "pulse", "work", "mood"):
            self.assertNotIn(word, text)
        helper.say("closed")
        self.assertTrue(helper.ended())
        self.at("16:40")
        self.none_started()
        self.assertEqual(self.states(), ["shown"])

    def test_no_bus(self):
        self.k.more.pop("DBUS_SESSION_BUS_ADDRESS")
        self.k.restart()
        self.at("16:30")
        self.none_started()
        self.assertEqual(len(self.k.get("/v1/today")["open"]), 1)

    def test_held(self):
        self.at("16:30")
        helper = self.started()
        helper.say("held locked")
        helper.say("held dnd")
        self.at("17:30")
        self.assertEqual(self.states(), [])
        helper.shown()
        self.assertEqual(self.states(), ["shown"])

    def test_held_to_the_end(self):
        self.at("16:30")
        helper = self.started()
        helper.say("held locked")
        self.at("04:31", day=25)
        helper.say("free")
        self.assertTrue(helper.ended())
        self.assertEqual(self.states(), [])

    def test_answered_elsewhere(self):
        self.at("16:30")
        helper = self.started()
        helper.shown()
        self.k.checkin()
        self.assertTrue(helper.ended())
        self.at("19:00")
        self.none_started()

    def test_put_away_at_the_end(self):
        self.at("16:30")
        helper = self.started()
        helper.shown()
        self.at("04:31", day=25)
        self.assertTrue(helper.ended())

    # --- its buttons ---

    def test_snooze(self):
        self.at("16:30")
        helper = self.started()
        helper.shown()
        helper.say("action snooze")
        self.assertTrue(helper.ended())
        self.assertEqual(self.states(), ["shown", "snoozed"])
        self.at("16:59")
        self.none_started()
        self.at("17:00")
        helper = self.started()
        helper.shown()
        self.assertEqual(self.states(), ["shown", "snoozed", "shown"])
        self.k.post("/v1/slots/snooze", {"minutes": 5}, key())
        self.assertTrue(helper.ended())
        self.at("17:05")
        self.started().shown()

    def test_snooze_at_the_end(self):
        self.at("04:10", day=25)
        helper = self.started()
        helper.shown()
        helper.say("action snooze")
        self.assertTrue(helper.ended())
        self.assertEqual(self.states(), ["shown"])

    def test_not_today(self):
        self.at("16:30")
        helper = self.started()
        helper.shown()
        helper.say("action skip")
        self.assertTrue(helper.ended())
        self.assertEqual(self.states(), ["shown", "skipped"])
        self.at("19:00")
        self.none_started()

    def test_check_in_opens_its_slot(self):
        """The click's link is the check-in of the slot it was about."""
        self.at("16:30")
        helper = self.started()
        helper.shown()
        helper.say("action checkin")
        page = self.page(helper.line())
        helper.say("opened")
        self.assertTrue(helper.ended())
        self.assertIn("mood", page)
        self.assertEqual(self.states(), ["shown"])
        self.at("18:29")
        self.none_started()
        self.at("18:30")  # looked at, not answered
        self.started().shown()

    def test_check_in_of_what_has_ended_opens_today(self):
        self.at("16:30")
        helper = self.started()
        helper.shown()
        self.noted("7")
        with self.one_turn():  # both: the click, the end
            with open(self.k.clock, "w") as f:  # its timer is not told
                f.write(str(self.k.ms + 13 * 3600 * 1000))
            helper.say("action checkin")
        self.assertNotIn("mood", self.page(helper.line()))

    def test_no_browser_says_what_to_type(self):
        self.at("16:30")
        helper = self.started()
        helper.shown()
        helper.say("action checkin")
        self.assertRegex(helper.line(), "^open http://127")
        helper.say("failed")
        self.assertIn("keel checkin", helper.until("tell")[0])
        helper.say("shown 8")
        self.k.checkin()
        self.assertTrue(helper.ended())

    def test_no_link_says_what_to_type(self):
        """No socket is to be had for the page."""
        self.at("16:30")
        helper = self.started()
        helper.shown()
        self.noted("7")
        pid = self.k.process.pid
        hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)[1]
        with self.one_turn():
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (0, hard))
            helper.say("action checkin")
        self.assertIn("keel checkin", helper.line())
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (hard, hard))

    # --- the nudge ---

    def test_one_nudge(self):
        self.at("16:30")
        helper = self.started()
        helper.shown()
        helper.say("closed")
        helper.ended()
        self.at("18:29")
        self.none_started()
        self.at("18:30")
        helper = self.started()
        helper.shown()
        helper.say("closed")
        helper.ended()
        self.at("22:00")
        self.k.kill()
        self.k.start()
        self.none_started()
        self.assertEqual(self.states(), ["shown"])

    def log_out_and_in(self):
        """The runtime folder goes with the last session."""
        self.k.stop()
        shutil.rmtree(os.path.join(self.k.home, "run"))
        self.k.start()

    def put_away(self):
        helper = self.started()
        helper.shown()
        helper.say("closed")
        self.assertTrue(helper.ended())

    def test_one_nudge_also_after_a_login(self):
        self.at("16:30")
        self.put_away()
        self.at("17:10")
        self.log_out_and_in()  # before it: nobody was nudged yet
        self.none_started()
        self.at("18:30")
        self.put_away()
        self.at("19:00")
        self.log_out_and_in()
        self.at("20:00")
        self.none_started()
        self.k.restart()
        self.none_started()
        self.at("16:30", 25)  # the next one has its own
        self.put_away()
        self.at("18:30", 25)
        self.put_away()

    def test_nudge_of_what_is_up(self):
        """It may lie in a list that nobody opens: shown anew, once."""
        self.at("16:30")
        helper = self.started()
        helper.shown()
        self.at("18:31")
        self.assertEqual(helper.until("show"), helper.words)
        helper.say("shown 8")
        self.noted("8")
        self.at("20:40")
        self.states()
        self.k.stop()
        self.assertEqual(helper.file.read().splitlines(), ["eof"])
        self.k.start()
        self.none_started()
        self.assertEqual(self.states(), ["shown"])

    def test_nudge_is_held(self):
        self.at("16:30")
        helper = self.started()
        helper.shown()
        helper.say("held locked")
        self.at("18:31")
        self.states()
        self.at("19:30")
        helper.say("free")
        helper.until("show")
        helper.say("shown 8")
        helper.say("held idle")
        helper.say("free")
        helper.say("closed")
        self.assertTrue(helper.ended())
        self.none_started()

    # --- what goes wrong ---

    def test_killed_between_shown_and_show(self):
        """Whatever the moment of kill -9, one record and one bubble at most."""
        for day in (24, 25, 26):
            self.at("16:30", day)
            helper = self.started()
            helper.say("free")
            if day > 24:  # the first is killed as soon as it was said
                helper.line()
            self.k.kill()
            shows = helper.file.read().splitlines().count("show")
            self.k.start()
            before = len(self.states())
            if before < day - 23:  # not kept: then it was not shown
                self.assertEqual(shows, 0)
                self.started().shown()
            else:
                self.none_started()
            self.assertEqual(self.states(), ["shown"] * (day - 23))

    def test_helper_that_crashes(self):
        self.at("16:30")
        self.crash(self.started())
        self.none_started()
        self.at("16:31")
        self.crash(self.started())
        self.none_started()
        self.at("16:32")
        self.none_started()  # later and later
        self.at("16:33")
        self.started().shown()
        self.assertEqual(self.states(), ["shown"])

    def test_helper_that_hangs(self):
        """Before its first fact, and when it was told to show."""
        self.k.more["EVENKEEL_TEST_NOTIFY_MS"] = "100"
        self.k.restart()
        self.at("16:30")
        self.k.turn()
        while self.k.children():  # however far it came
            self.states()
        self.assertEqual(self.states(), [])
        self.drain()
        self.k.more["EVENKEEL_TEST_NOTIFY_MS"] = "3000"  # enough to begin in
        self.k.restart()
        helper = self.started()
        helper.say("free")
        helper.until("show")
        self.gone(helper)
        self.assertEqual(self.states(), ["shown"])
        self.at("16:50")
        self.none_started()
        self.assertEqual(len(self.k.get("/v1/today")["open"]), 1)

    def test_helper_that_cannot_start(self):
        os.unlink(self.helper)
        self.at("16:30")
        self.none_started()
        self.assertEqual(len(self.k.get("/v1/today")["open"]), 1)

    def test_rubbish(self):
        for n, rubbish in enumerate(("\0\0", "x" * 300, "shown 5", "closed",
                                     "action erase", "")):
            self.at("16:30", 24 + n)
            helper = self.started()
            helper.say(rubbish)
            self.gone(helper)
            self.assertEqual(self.states(), [])
            self.at("20:00", 24 + n)
            helper = self.started()
            helper.say("held dnd")
            self.k.checkin()
            self.crash(helper)

    def test_orphan(self):
        self.at("16:30")
        helper = self.started()
        helper.shown(4711)
        self.noted("4711")
        self.crash(helper)
        helper = self.started()  # at once: nobody answers its buttons
        self.assertEqual(helper.line(), "close 4711")
        helper.say("free")
        self.assertTrue(helper.ended())
        self.assertEqual(self.states(), ["shown"])
        self.at("16:45")
        self.none_started()

    def test_orphan_of_a_helper_that_crashes_on(self):
        """At once the first time only; then later and later, and no more."""
        self.at("16:30")
        helper = self.started()
        helper.shown(4711)
        self.noted("4711")
        self.crash(helper)
        self.crash(self.started())
        self.none_started()
        self.at("16:32")
        helper = self.started()
        helper.say("free")
        self.assertTrue(helper.ended())
        self.at("16:45")
        self.none_started()

    def test_server_that_restarts(self):
        self.at("16:30")
        helper = self.started()
        helper.shown()
        for again in (True, False):
            helper.say("held no-server")
            helper.say("free")
            if again:
                helper.until("show")
                helper.say("shown 1")
        helper.say("closed")
        self.assertTrue(helper.ended())
        self.assertEqual(self.states(), ["shown"])

    def test_stop_puts_it_away(self):
        self.at("16:30")
        helper = self.started()
        helper.shown()
        self.k.stop()
        self.assertTrue(helper.ended())
        self.k.start()
        self.none_started()


class Asked(Waiting):
    def later(self, ask):
        """A request on its way: its result."""
        answer = []
        thread = threading.Thread(target=lambda: answer.append(ask()))
        thread.start()

        def result():
            thread.join(LIMIT)
            return answer[0]
        self.addCleanup(thread.join, LIMIT)
        return result


class Sample(Asked):
    """A bubble that asks nothing: the request waits for what comes of it."""

    def asked(self):
        return self.later(lambda: self.k.post("/v1/bubble/sample"))

    def test_shown(self):
        result = self.asked()
        helper = self.started()
        helper.say("free")
        lines = helper.until("tell")  # no buttons
        helper.say("held dnd")
        helper.say("free")
        helper.say("shown 9")
        answer = result()
        self.assertEqual((answer["state"], answer["reason"]),
                         ("shown", None))
        for word in ("skipping", "pulse", "work", "mood", "keel"):
            self.assertNotIn(word, "\n".join(lines))
        self.assertEqual(self.states(), [])
        self.k.pass_time(seconds=61)
        self.assertTrue(helper.ended())
        self.assertEqual(self.states(), [])

    def test_closed(self):
        result = self.asked()
        helper = self.started()
        helper.say("free")
        helper.until("tell")
        helper.say("shown 9")
        self.assertEqual(result()["state"], "shown")
        helper.say("closed")
        self.assertTrue(helper.ended())

    def test_held(self):
        for reason in ("dnd", "idle", "inhibited", "locked"):
            result = self.asked()
            helper = self.started()
            helper.say("held " + reason)
            answer = result()
            self.assertEqual((answer["state"], answer["reason"]),
                             ("held", reason))
            self.assertTrue(helper.ended())

    def test_none(self):
        for said in ("held no-server", "held <b>", "closed", "rubbish"):
            result = self.asked()
            self.started().say(said)
            answer = result()
            self.assertEqual((answer["state"], answer["reason"]),
                             ("none", None))
            self.assertNotIn("<", answer["words"])
        for said in ("failed", "shown x"):
            result = self.asked()
            helper = self.started()
            helper.say("free")
            helper.until("tell")
            helper.say(said)
            self.assertEqual(result()["state"], "none")

    def test_crash_and_hang(self):
        result = self.asked()
        os.kill(self.started().pid, signal.SIGKILL)
        self.assertEqual(result()["state"], "none")
        result = self.asked()
        self.started()
        self.assertEqual(result()["state"], "none")

    def test_orphan_is_closed(self):
        result = self.asked()
        helper = self.started()
        helper.say("free")
        helper.until("tell")
        helper.say("shown 9")
        result()
        os.kill(helper.pid, signal.SIGKILL)
        helper = self.started()
        self.assertEqual(helper.line(), "close 9")

    def test_no_bus(self):
        self.k.more.pop("DBUS_SESSION_BUS_ADDRESS")
        self.k.restart()
        answer = self.k.post("/v1/bubble/sample")
        self.assertEqual((answer["state"], answer["reason"]), ("none", None))

    def test_one_at_a_time(self):
        result = self.asked()
        helper = self.started()
        status, answer = self.k.ask("POST", "/v1/bubble/sample", {})
        self.assertEqual((status, answer["error"]["code"]), (503, "busy"))
        helper.say("free")
        helper.until("tell")
        helper.say("shown 9")
        result()
        result = self.asked()  # in the place of the first
        self.assertTrue(helper.ended())
        self.started().say("held dnd")
        result()

    def test_asker_that_leaves(self):
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(self.k.sock)
        sock.sendall(b"POST /v1/bubble/sample HTTP/1.1\r\nHost: localhost\r\n"
                     b"Content-Type: application/json\r\n"
                     b"Content-Length: 2\r\n\r\n{}")
        helper = self.started()
        sock.close()
        self.states()
        helper.say("free")
        helper.until("tell")
        self.crash(helper)
        self.asked()
        self.started().say("held dnd")

    def test_a_question_comes_in_its_place(self):
        result = self.asked()
        helper = self.started()
        helper.say("free")
        helper.until("tell")
        helper.say("shown 9")
        result()
        self.at("16:30")
        self.assertTrue(helper.ended())
        self.started().shown()
        self.assertEqual(self.states(), ["shown"])

    def test_stopped_meanwhile(self):
        """No answer, and nothing left; close() looks for sanitizers' words."""
        sock = socket.socket(socket.AF_UNIX)
        self.addCleanup(sock.close)
        sock.connect(self.k.sock)
        sock.sendall(b"POST /v1/bubble/sample HTTP/1.1\r\nHost: localhost\r\n"
                     b"Content-Type: application/json\r\n"
                     b"Content-Length: 2\r\n\r\n{}")
        helper = self.started()
        self.k.stop()
        self.assertTrue(helper.ended())

    def test_refused(self):
        status, answer = self.k.ask("POST", "/v1/bubble/sample", {"a": 1})
        self.assertEqual((status, answer["error"]["code"]), (400, "invalid"))
        self.assertIn("a", answer["error"]["message"])


class Looked(Asked):
    """Could a bubble be shown?  None is, whatever the answer."""

    def asked(self):
        return self.later(lambda: self.k.get("/v1/bubble"))

    def doctor(self, *args):
        keel = os.path.join(keeld.BIN, "keel")

        def ask():
            done = subprocess.run(
                [keel, "--home", self.k.home, "doctor", "--json", *args],
                stdin=subprocess.DEVNULL, capture_output=True, text=True,
                check=False)
            return next(c for c in json.loads(done.stdout)["checks"]
                        if c["name"] == "notifications")
        return self.later(ask)

    def test_free(self):
        for ask in (self.asked, self.doctor):
            result = ask()
            helper = self.started()
            helper.say("free")
            self.assertEqual(helper.file.read(), "eof\n")  # told nothing
            answer = result()
            self.assertIn("can be shown now.", answer["words"])
            self.assertTrue(answer.get("ok", True))
        self.assertIn("keel doctor --sample", answer["words"])

    def test_held(self):
        for reason in ("dnd", "idle", "inhibited", "locked"):
            for ask in (self.asked, self.doctor):
                result = ask()
                helper = self.started()
                helper.say("held " + reason)
                answer = result()
                self.assertNotIn("sample", answer["words"])
                self.assertIn("A question waits until", answer["words"])
                self.assertTrue(answer.get("ok", True))
                self.assertTrue(helper.ended())

    def test_none(self):
        for said in ("held no-server", "closed"):
            for ask in (self.asked, self.doctor):
                result = ask()
                self.started().say(said)
                answer = result()
                self.assertIn("Nothing here shows", answer["words"])
                self.assertFalse(answer.get("ok", False))
        self.assertIn("notify-send", answer["remedy"])

    def test_hangs(self):
        result = self.asked()
        self.started()
        self.assertEqual(result()["state"], "none")

    def test_no_bus(self):
        self.k.more.pop("DBUS_SESSION_BUS_ADDRESS")
        self.k.restart()
        self.assertEqual(self.asked()()["reason"], "no-bus")
        self.assertTrue(self.doctor()()["ok"])
        self.assertFalse(self.doctor("--sample")()["ok"])

    def test_sample(self):
        """By keel doctor --sample; it stays up when it is looked again."""
        result = self.doctor("--sample")
        helper = self.started()
        helper.say("free")
        helper.until("tell")
        helper.say("shown 9")
        answer = result()
        self.assertTrue(answer["ok"])
        self.assertIn("A sample is on the screen now", answer["words"])
        answer = self.doctor()()
        self.assertIn("a sample is being shown already", answer["words"])
        self.assertTrue(answer["ok"])
        helper.say("closed")
        self.assertTrue(helper.ended())

    def test_asker_that_leaves(self):
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(self.k.sock)
        sock.sendall(b"GET /v1/bubble HTTP/1.1\r\nHost: localhost\r\n\r\n")
        helper = self.started()
        sock.close()
        self.states()
        helper.say("free")
        self.assertTrue(helper.ended())

    def test_refused(self):
        status, answer = self.k.ask("GET", "/v1/bubble?a=1")
        self.assertEqual((status, answer["error"]["code"]), (400, "invalid"))


class Locked(Waiting):
    mode = "passphrase"

    def states(self):
        self.k.get("/v1/today")

    def test_locked(self):
        """By the armed instants alone; nothing is written into the book."""
        self.k.restart()
        self.assertEqual(self.k.get("/v1/today")["state"], "locked")
        self.none_started()
        self.at("16:30")
        helper = self.started()
        helper.shown()
        helper.say("action snooze")
        self.assertTrue(helper.ended())
        self.at("16:59")
        self.none_started()
        self.at("17:00")
        helper = self.started()
        helper.shown()
        self.noted("7")
        helper.say("action checkin")
        self.page(helper.line())
        helper.say("opened")
        self.assertTrue(helper.ended())
        self.k.kill()
        self.k.start()
        self.none_started()
        self.assertEqual(self.k.get("/v1/today")["pending"], 0)

    def test_not_today(self):
        """Not asked again while it is locked, and kept nowhere: which slot it
        was cannot be known.  Opened, the book asks once, as of any slot."""
        self.k.restart()
        self.at("16:30")
        helper = self.started()
        helper.shown()
        helper.say("action skip")
        self.assertTrue(helper.ended())
        self.at("19:00")
        self.none_started()
        self.assertEqual(self.k.get("/v1/today")["pending"], 0)
        self.k.post("/v1/unlock", {"with": "passphrase",
                                   "kek": keeld.PASS_KEK})
        self.assertEqual(super().states(), [])
        helper = self.started()
        helper.shown()
        self.assertEqual(super().states(), ["shown"])
        helper.say("action skip")
        self.assertTrue(helper.ended())
        self.assertEqual(super().states(), ["shown", "skipped"])


if __name__ == "__main__":
    keeld.main()
