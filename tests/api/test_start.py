#!/usr/bin/python3
"""The first start, the key, locking and what comes while locked."""
import os
import stat
import unittest

import keeld
from keeld import DAILY, KDF, PASS_KEK, PHRASE_KEK, PLAN, PULSE, key, keyspec


def first(**more):
    body = {"key": keyspec(), "lang": "en", "plan": PLAN,
            "shared_login": False, "schedules": [PULSE]}
    body.update(more)
    return body


class Folders(unittest.TestCase):
    """The folders that are closed are ours, and no others: somebody may name
    / or /tmp as the home."""

    def opened(self, mode, *folders):
        """A home with that mode and these folders in it, and its keeld."""
        desk = keeld.Keeld()
        self.addCleanup(desk.close)
        for name in folders:
            os.makedirs(os.path.join(desk.home, name))
        with open(os.path.join(desk.home, "a-file"), "w", encoding="ascii"):
            pass
        os.chmod(desk.home, mode)
        return desk

    def mode(self, path):
        return stat.S_IMODE(os.stat(path).st_mode)

    def test_closed(self):
        for mode in (0o755, 0o777, 0o770, 0o701, 0o2755):
            with self.subTest(oct(mode)):
                desk = self.opened(mode, "run", "instruments").start()
                self.assertEqual(self.mode(desk.home) & 0o777, 0o700)
                self.assertEqual(
                    self.mode(os.path.dirname(desk.sock)), 0o700)
                self.assertEqual(desk.get("/v1/status")["state"], "none")

    def test_left_open(self):
        for mode, folders in ((0o755, ["Documents"]), (0o777, [".config"]),
                              (0o1777, [])):
            with self.subTest(oct(mode)):
                desk = self.opened(mode, *folders).start()
                self.assertEqual(self.mode(desk.home), mode)
                status = desk.get("/v1/status")
                self.assertEqual(status["state"], "broken")
                self.assertIn("open to others", status["message"])
                os.chmod(desk.home, 0o700)  # as she may decide
                desk.restart()
                self.assertEqual(desk.get("/v1/status")["state"], "none")

    def test_runtime_folder_left_open(self):
        desk = self.opened(0o700, "run/user")
        os.chmod(os.path.join(desk.home, "run"), 0o755)
        with self.assertRaisesRegex(RuntimeError, "folder of the socket"):
            desk.start()
        self.assertEqual(self.mode(os.path.join(desk.home, "run")), 0o755)
        desk.process = None


class NoBook(keeld.Case):
    book = None

    def test_status_says_none(self):
        status = self.k.get("/v1/status")
        self.assertEqual(status["state"], "none")
        self.assertEqual(status["records"], 0)
        self.assertIsNone(status["key"])
        self.assertTrue(status["one_home"])
        self.assertFalse(status["network_home"])
        self.assertIn("emergency number", status["nobody"])
        self.assertEqual(status["help"], {"site": False, "lines": []})
        self.assertEqual(status["copy"]["state"], "none")

    def test_reads_want_a_book(self):
        for path in ("/v1/diary", "/v1/plan", "/v1/coping", "/v1/asks",
                     "/v1/words", "/v1/form?instrument=pulse", "/v1/key",
                     "/v1/export", "/v1/plan/history", "/v1/plan/diff"):
            with self.subTest(path):
                self.refused(409, "no-book", "GET", path, says="keel start")

    def test_writes_want_a_book(self):
        checkin = {"instrument": "pulse", "answers": {"mood": 1}}
        for method, path, body in (
                ("POST", "/v1/checkins", checkin), ("POST", "/v1/hard", {}),
                ("POST", "/v1/notes", {"of": key(), "text": "x"}),
                ("PUT", "/v1/plan", {"text": PLAN, "base": None}),
                ("POST", "/v1/asks", {"text": "x"}),
                ("POST", "/v1/schedules", PULSE),
                ("POST", "/v1/lock", {}), ("POST", "/v1/pending",
                                           {"keep": True}),
                ("PUT", "/v1/key", {"key": keyspec()}),
                ("POST", "/v1/slots/skip", {"slot": None})):
            with self.subTest(path):
                self.refused(409, "no-book", method, path, body)

    def test_today_and_suggestions_without_a_book(self):
        self.assertEqual(self.k.get("/v1/today")["state"], "none")
        schedules = self.k.get("/v1/schedules")
        self.assertEqual(schedules["schedules"], [])
        self.assertEqual([s["name"] for s in schedules["suggested"]],
                         ["pulse", "work-check", "wave"])
        self.assertTrue(all(s["why"] and not s["added"]
                            for s in schedules["suggested"]))

    def test_first_start(self):
        made = self.k.ask("POST", "/v1/book", first(), key())
        self.assertEqual(made, (201, {"made": True}))
        status = self.k.get("/v1/status")
        self.assertEqual(status["state"], "open")
        self.assertEqual(status["records"], 4)  # 2 settings, plan, schedule
        self.assertIs(status["shared_login"], False)
        self.assertEqual(status["key"]["mode"], "file")
        self.assertTrue(status["key"]["phrase"])
        self.assertIn("administers", status["key"]["words"])
        kinds = sorted(r["kind"] for r in self.k.records())
        self.assertEqual(kinds, ["plan", "schedule", "setting", "setting"])
        schedule = self.k.records("schedule")[0]
        self.assertEqual(schedule["from"], "2026-11-24")

    def test_files_are_hers_alone(self):
        self.k.make_book()
        for path in self.k.files():
            mode = os.stat(path).st_mode
            if not stat.S_ISSOCK(mode):
                self.assertEqual(mode & 0o077, 0, path)

    def test_first_start_repeated(self):
        idem, body = key(), first()
        self.assertEqual(self.k.ask("POST", "/v1/book", body, idem)[0], 201)
        before = self.k.export()
        self.k.pass_time(days=1)
        self.assertEqual(self.k.ask("POST", "/v1/book", body, idem)[0], 201)
        self.k.kill()
        self.k.start()
        self.assertEqual(self.k.ask("POST", "/v1/book", body, idem)[0], 201)
        self.assertEqual(self.k.export(), before)
        other = first(shared_login=True)
        self.refused(409, "conflict", "POST", "/v1/book", other, idem)
        self.assertEqual(self.k.export(), before)

    def test_second_start_is_refused(self):
        self.k.make_book()
        before = self.k.export()
        self.refused(409, "conflict", "POST", "/v1/book", first(), key())
        self.assertEqual(self.k.export(), before)

    def test_nothing_half(self):
        """Whatever is wrong, there is no book afterwards, not even a file."""
        bad_kdf = dict(KDF, ops=0)
        bad = {
            "unknown member": dict(first(), colour="blue"),
            "no key": {"lang": "en"},
            "key of a wrong mode": first(key=dict(keyspec(), mode="paper")),
            "short phrase kek": first(key=dict(keyspec(), phrase_kek="ab")),
            "no phrase": first(key={"mode": "file"}),
            "bad kdf": first(key=dict(keyspec(), phrase_kdf=bad_kdf)),
            "too much memory": first(key=dict(keyspec(), phrase_kdf=dict(
                KDF, mem_kib=4 * 1024 * 1024 + 1))),
            "unknown in kdf": first(key=dict(keyspec(), phrase_kdf=dict(
                KDF, x=1))),
            "kek with a file": first(key=dict(keyspec(), kek=PASS_KEK)),
            "passphrase without kek": first(
                key=dict(keyspec(), mode="passphrase")),
            "plan without headings": first(plan="just words"),
            "plan twice": first(plan=PLAN + PLAN),
            "lang": first(lang="e n"),
            "shared_login": first(shared_login="no"),
            "schedules no list": first(schedules={}),
            "rule": first(schedules=[dict(PULSE, rule="FREQ=SECONDLY")]),
            "start": first(schedules=[dict(PULSE, start="soon")]),
            "zone": first(schedules=[dict(PULSE, zone="Nowhere/Here")]),
            "name twice": first(schedules=[PULSE, DAILY]),
            "member of a schedule": first(schedules=[dict(PULSE, x=1)]),
            "not an object": first(schedules=["pulse"]),
        }
        for what, body in bad.items():
            with self.subTest(what):
                self.invalid("POST", "/v1/book", body)
        body = first(schedules=[dict(PULSE, instrument="nothing")])
        self.refused(404, "not-found", "POST", "/v1/book", body, key())
        self.assertEqual(self.k.get("/v1/status")["state"], "none")
        self.assertFalse(any("book.db" in f or "book.key" in f
                             for f in self.k.files()))

    def test_limits(self):
        wishes = [dict(PULSE, name=f"n{i}") for i in range(51)]
        self.refused(413, "too-large", "POST", "/v1/book",
                     first(schedules=wishes), key())
        pad = 65536 - len(PLAN.encode())
        self.refused(413, "too-large", "POST", "/v1/book",
                     first(plan=PLAN + "\n" * (pad + 1)), key())
        self.k.post("/v1/book", first(plan=PLAN + "\n" * pad,
                                      schedules=wishes[:50]), key())
        self.assertEqual(len(self.k.get("/v1/schedules")["schedules"]), 50)

    def test_bad_idempotency_keys(self):
        for bad in ("", "x", "0" * 31, "0" * 33, "g" * 32):
            with self.subTest(bad):
                self.refused(400, "invalid", "POST", "/v1/book", first(), bad)
        self.assertEqual(self.k.get("/v1/status")["state"], "none")

    def test_status_takes_no_query(self):
        self.invalid("GET", "/v1/status?x=1")

    def test_pass_mode_says_so(self):
        self.k.make_book("passphrase")
        status = self.k.get("/v1/status")
        self.assertEqual(status["key"]["mode"], "passphrase")
        self.assertNotIn("book.key", " ".join(self.k.files()))
        self.assertEqual(self.k.get("/v1/key"),
                         {"mode": "passphrase", "passphrase": KDF,
                          "phrase": KDF})


class Locking(keeld.Case):
    book = "passphrase"
    schedules = (DAILY,)

    def unlock(self, **body):
        body = body or {"with": "passphrase", "kek": PASS_KEK}
        return self.k.post("/v1/unlock", body)

    def test_lock_and_unlock(self):
        self.k.checkin()
        before = self.k.export()
        self.assertEqual(self.k.post("/v1/lock"), {"state": "locked"})
        self.assertEqual(self.k.post("/v1/lock"), {"state": "locked"})
        self.assertEqual(self.k.get("/v1/status")["state"], "locked")
        self.assertEqual(self.k.get("/v1/today")["state"], "locked")
        self.assertEqual(self.unlock(), {"state": "open", "pending": 0})
        self.assertEqual(self.unlock(), {"state": "open", "pending": 0})
        self.assertEqual(self.k.export(), before)

    def test_locked_after_a_restart(self):
        self.k.checkin()
        self.k.restart()
        self.assertEqual(self.k.get("/v1/status")["state"], "locked")
        self.unlock(**{"with": "phrase", "kek": PHRASE_KEK})
        self.assertEqual(len(self.k.entries()), 1)

    def test_wrong_keys(self):
        self.k.post("/v1/lock")
        self.refused(403, "wrong-key", "POST", "/v1/unlock",
                     {"with": "passphrase", "kek": "00" * 32})
        self.refused(403, "wrong-key", "POST", "/v1/unlock",
                     {"with": "phrase", "kek": PASS_KEK})
        for body in ({}, {"with": "passphrase"}, {"with": "paper"},
                     {"with": "passphrase", "kek": "zz" * 32},
                     {"with": "passphrase", "kek": PASS_KEK, "x": 1},
                     {"with": "keyring", "kek": PASS_KEK}):
            with self.subTest(body=body):
                self.invalid("POST", "/v1/unlock", body)
        self.refused(404, "not-found", "POST", "/v1/unlock",
                     {"with": "keyring"})
        self.assertEqual(self.k.get("/v1/status")["state"], "locked")

    def test_reads_are_locked(self):
        self.k.post("/v1/lock")
        for path in ("/v1/diary", "/v1/plan", "/v1/plan/history",
                     "/v1/plan/diff", "/v1/coping", "/v1/asks", "/v1/words",
                     "/v1/schedules", "/v1/export"):
            with self.subTest(path):
                self.refused(423, "locked", "GET", path, says="keel unlock")
        for method, path, body in (
                ("PUT", "/v1/plan", {"text": PLAN, "base": None}),
                ("POST", "/v1/asks", {"text": "x"}),
                ("POST", "/v1/schedules", PULSE),
                ("POST", "/v1/slots/skip", {"slot": None}),
                ("PUT", "/v1/key", {"key": keyspec()}),
                ("POST", "/v1/pending", {"keep": True}),
                ("DELETE", "/v1/diary/" + key(), None)):
            with self.subTest(path):
                self.refused(423, "locked", method, path, body)

    def test_form_while_locked(self):
        self.k.post("/v1/lock")
        form = self.k.get("/v1/form?instrument=pulse")
        self.assertTrue(form["locked"])
        self.assertEqual((form["signs"], form["strategies"], form["plan"]),
                         ([], [], None))
        self.assertEqual(len(form["instrument"]["items"]), 5)

    def test_checkins_while_locked_kept(self):
        self.k.post("/v1/lock")
        idem = key()
        body = {"instrument": "pulse", "answers": {"mood": 3}, "note": "quiet"}
        status, saved = self.k.ask("POST", "/v1/checkins", body, idem)
        self.assertEqual(status, 201)
        self.assertEqual(saved["scores"][0]["measure"], "mood")
        self.assertEqual(saved["words"], {"linked": [], "best": [],
                                          "people": [], "steps": []})
        again = self.k.post("/v1/checkins", body, idem)
        self.assertEqual(again["id"], saved["id"])
        self.k.pass_time(seconds=1)
        self.k.post("/v1/notes", {"of": saved["id"], "text": "more"}, key())
        self.k.pass_time(seconds=1)
        self.k.post("/v1/hard", {}, key())
        self.assertEqual(self.k.get("/v1/status")["pending"], 4)
        self.k.kill()
        self.k.start()
        self.assertEqual(self.unlock()["pending"], 4)
        self.assertEqual(self.k.entries(), [])
        self.assertEqual(self.k.post("/v1/pending", {"keep": True}),
                         {"kept": 4, "aside": []})
        entries = self.k.entries()
        self.assertEqual([e["kind"] for e in entries], ["check-in", "hard-day"])
        self.assertEqual([n["text"] for n in entries[0]["notes"]],
                         ["quiet", "more"])
        # the request again, now that the book is open
        self.assertEqual(self.k.post("/v1/checkins", body, idem)["id"],
                         saved["id"])
        self.assertEqual(len(self.k.entries()), 2)

    def test_checkins_while_locked_dropped(self):
        self.k.post("/v1/lock")
        self.k.checkin()
        self.unlock()
        self.assertEqual(self.k.post("/v1/pending", {"keep": False}),
                         {"kept": 0, "aside": []})
        self.assertEqual(self.k.get("/v1/status")["pending"], 0)
        self.assertEqual(self.k.entries(), [])

    def test_pending_takes_a_clear_answer(self):
        for body in ({}, {"keep": "yes"}, {"keep": True, "x": 1}):
            with self.subTest(body=body):
                self.invalid("POST", "/v1/pending", body)

    def test_signs_while_locked(self):
        plan = self.k.get("/v1/plan")["version"]
        self.k.post("/v1/lock")
        body = {"instrument": "pulse", "signs": {"s1": 2}}
        self.refused(423, "locked", "POST", "/v1/checkins", body, key())
        self.k.post("/v1/checkins", dict(body, plan=plan), key())
        self.invalid("POST", "/v1/checkins",
                     dict(body, plan=plan, signs={"S1": 2}))
        self.unlock()
        self.k.post("/v1/pending", {"keep": True})
        self.assertEqual(self.k.entries()[0]["signs"][0]["text"],
                         "skipping lunch")

    def test_a_slot_while_locked(self):
        self.k.set_now("2026-11-25T16:45:00Z")
        slot = self.k.get("/v1/today")["open"][0]["slot"]
        self.k.post("/v1/lock")
        self.k.checkin(slot=slot)
        self.unlock()
        self.assertEqual(len(self.k.get("/v1/today")["open"]), 1)
        self.k.post("/v1/pending", {"keep": True})
        self.assertEqual(self.k.get("/v1/today")["open"], [])

    def test_due_while_locked_is_counted(self):
        self.k.post("/v1/lock")
        self.assertEqual(self.k.get("/v1/today")["locked_due"], 0)
        self.k.pass_time(days=1)
        today = self.k.get("/v1/today")
        self.assertEqual((today["state"], today["locked_due"]), ("locked", 1))

    def test_file_mode_does_not_lock(self):
        other = self.another()
        other.start()
        other.make_book("file")
        status, reply = other.ask("POST", "/v1/lock", {})
        self.assertEqual((status, reply["error"]["code"]), (409, "conflict"))


class SaidAgain(keeld.Case):
    """A request's key that comes again while the book is locked: the same
    request is done once, another one is not called saved."""

    book = "passphrase"

    def setUp(self):
        super().setUp()
        self.idem = key()
        self.body = {"instrument": "pulse", "answers": {"mood": 3},
                     "note": "quiet"}

    def lock(self):
        self.k.post("/v1/lock")

    def kept(self):
        """What stands in the diary when all that waits was let in."""
        self.k.post("/v1/unlock", {"with": "passphrase", "kek": PASS_KEK})
        self.k.post("/v1/pending", {"keep": True})
        return [(e["kind"], e["answers"].get("mood"),
                 [n["text"] for n in e["notes"]]) for e in self.k.entries()]

    def other(self, method, path, body, idem=None):
        self.refused(409, "conflict", method, path, body,
                     idem or self.idem, says="key was used")

    def test_the_same_later(self):
        self.lock()
        first = self.k.post("/v1/checkins", self.body, self.idem)
        self.k.pass_time(minutes=3)
        again = self.k.post("/v1/checkins", self.body, self.idem)
        self.assertEqual(again["id"], first["id"])
        turned = dict(reversed(list(self.body.items())))
        self.k.post("/v1/checkins", turned, self.idem)
        self.assertEqual(self.k.get("/v1/status")["pending"], 2)
        self.assertEqual(self.kept(), [("check-in", 3, ["quiet"])])

    def test_another(self):
        self.lock()
        self.k.post("/v1/checkins", self.body, self.idem)
        for more in ({"answers": {"mood": 4}}, {"note": "loud"},
                     {"off_record": True}):
            with self.subTest(more):
                self.other("POST", "/v1/checkins", dict(self.body, **more))
        self.other("POST", "/v1/hard", {})
        self.assertEqual(self.k.get("/v1/status")["pending"], 2)
        self.k.post("/v1/checkins", dict(self.body, answers={"mood": 4}),
                    key())
        self.assertEqual(sorted(self.kept()),
                         [("check-in", 3, ["quiet"]),
                          ("check-in", 4, ["quiet"])])

    def test_a_note_and_a_hard_day(self):
        self.lock()
        saved = self.k.post("/v1/checkins", self.body, self.idem)
        idem, hard = key(), key()
        note = {"of": saved["id"], "text": "more"}
        for _ in range(2):
            self.k.pass_time(seconds=1)
            self.k.post("/v1/notes", note, idem)
            self.k.post("/v1/hard", {}, hard)
        self.other("POST", "/v1/notes", dict(note, text="less"), idem)
        self.other("POST", "/v1/checkins",
                   {"instrument": "pulse", "answers": {"mood": 1}}, hard)
        self.assertEqual(self.kept(), [("check-in", 3, ["quiet", "more"]),
                                       ("hard-day", None, [])])

    def test_said_while_open(self):
        self.k.post("/v1/checkins", self.body, self.idem)
        self.lock()
        self.k.post("/v1/checkins", self.body, self.idem)
        self.other("POST", "/v1/checkins",
                   dict(self.body, answers={"mood": 4}))
        self.assertEqual(self.k.get("/v1/status")["pending"], 0)
        self.assertEqual(self.kept(), [("check-in", 3, ["quiet"])])

    def test_unlocked_and_not_let_in_yet(self):
        self.lock()
        self.k.post("/v1/checkins", self.body, self.idem)
        self.k.post("/v1/unlock", {"with": "passphrase", "kek": PASS_KEK})
        self.other("POST", "/v1/checkins",
                   dict(self.body, answers={"mood": 4}))
        self.k.post("/v1/checkins", self.body, self.idem)
        self.assertEqual(self.kept(), [("check-in", 3, ["quiet"])])

    def test_what_failed_is_not_remembered(self):
        """A key of a request that was refused is free."""
        self.lock()
        self.invalid("POST", "/v1/checkins", dict(self.body, x=1))
        status, _ = self.k.ask("POST", "/v1/checkins",
                               dict(self.body, answers={"mood": 99}),
                               self.idem)
        self.assertEqual(status, 400)
        self.k.post("/v1/checkins", self.body, self.idem)
        self.assertEqual(self.kept(), [("check-in", 3, ["quiet"])])

    def test_after_a_kill(self):
        """The client's retry is exact; what was said first stands."""
        self.lock()
        self.k.post("/v1/checkins", self.body, self.idem)
        self.k.kill()
        self.k.start()
        self.k.post("/v1/checkins", self.body, self.idem)
        self.k.ask("POST", "/v1/checkins",
                   dict(self.body, answers={"mood": 4}), self.idem)
        self.assertEqual(self.k.get("/v1/status")["pending"], 2)
        self.assertEqual(self.kept(), [("check-in", 3, ["quiet"])])


class NewKey(keeld.Case):
    def test_new_key(self):
        self.k.checkin()
        before = self.k.records()
        old = {f: b for f, b in self.k.files().items() if "book.db" in f}
        reply = self.k.put("/v1/key", {"key": keyspec("passphrase")})
        self.assertTrue(reply["changed"])
        self.assertEqual(reply["copy"]["state"], "none")
        after = self.k.export()
        # nothing is new but the word on which key is the later one
        kept = [r for r in self.k.records() if r.get("key") != "book-key"]
        self.assertEqual(kept, before)
        self.assertEqual(len(self.k.records()), len(before) + 1)
        self.assertNotIn("book.key", " ".join(self.k.files()))
        self.k.restart()
        self.assertEqual(self.k.get("/v1/status")["state"], "locked")
        self.k.post("/v1/unlock", {"with": "passphrase", "kek": PASS_KEK})
        self.assertEqual(self.k.export(), after)
        now = b"".join(self.k.files().values())
        for data in old.values():  # no page of rows under the old key is left
            for at in range(0, len(data) - 64, 512):
                part = data[at + 16:at + 48]
                if len(set(part)) > 24:
                    self.assertNotIn(part, now)

    def test_the_copy_follows(self):
        place = os.path.join(self.k.top, "copies")
        os.mkdir(place)
        self.k.put("/v1/copy", {"place": place})
        self.k.put("/v1/key", {"key": keyspec("file", phrase="c3" * 32)})
        self.assertEqual(self.k.get("/v1/copy")["state"], "ok")
        book = self.k.post("/v1/restore/look", {"place": place})["books"][0]
        other = self.another()
        other.start()
        body = {"file": book["file"], "with": "phrase", "kek": PHRASE_KEK,
                "key": keyspec()}
        status, reply = other.ask("POST", "/v1/restore", body)
        self.assertEqual((status, reply["error"]["code"]), (403, "wrong-key"))
        other.post("/v1/restore", dict(body, kek="c3" * 32))
        self.assertEqual(other.export(), self.k.export())

    def test_refusals(self):
        for body in ({}, {"key": {}}, {"key": keyspec(), "x": 1},
                     {"key": dict(keyspec(), x=1)}):
            with self.subTest(body=body):
                self.invalid("PUT", "/v1/key", body)


if __name__ == "__main__":
    keeld.main()
