#!/usr/bin/python3
"""Check-ins, hard days, notes, forms, words: what is saved, what is refused,
what a repeat does, and what off the record leaves."""
import resource
import threading
import unittest

import keeld
from keeld import DAILY, PLAN, key

PULSE_ITEMS = ("mood", "energy", "tense", "pressure", "helpful")


class CheckIn(keeld.Case):
    schedules = (DAILY,)

    def body(self, **more):
        body = {"instrument": "pulse", "answers": {"mood": 6, "tense": 2}}
        body.update(more)
        return body

    def post(self, idem=None, **more):
        return self.k.post("/v1/checkins", self.body(**more), idem or key())

    def test_saved(self):
        status, reply = self.k.ask(
            "POST", "/v1/checkins", self.body(
                signs={"s1": 2, "s2": 1}, used={"h1": 3, "h2": None, "h3": 0},
                note="a long morning\nand a short one"), key())
        self.assertEqual(status, 201)
        self.assertIs(reply["saved"], True)
        self.assertIs(reply["off_record"], False)
        scores = {s["measure"]: s["value"] for s in reply["scores"]}
        self.assertEqual((scores["mood"], scores["tense"]), (6, 2))
        self.assertIsNone(scores["energy"])
        self.assertIn("Nobody is watching", reply["nobody"])
        linked = reply["words"]["linked"]
        self.assertEqual(linked[0]["sign"], "skipping lunch")
        self.assertEqual([u["text"] for u in linked[0]["strategies"]],
                         ["Walk in the garden", "Jia, a friend"])
        self.assertEqual(linked[0]["strategies"][0]["times"], 1)
        self.assertEqual([p["text"] for p in reply["words"]["people"]],
                         ["Jia, a friend"])
        self.assertEqual([p["text"] for p in reply["words"]["steps"]],
                         ["Tell Tan I need ten minutes"])
        entry, = self.k.entries()
        self.assertEqual(entry["id"], reply["id"])
        self.assertEqual(entry["local"], "2026-11-24T17:00:00")
        self.assertEqual(entry["answers"], {"mood": 6, "tense": 2})
        self.assertEqual({s["id"]: s["level"] for s in entry["signs"]},
                         {"s1": 2, "s2": 1})
        self.assertEqual({u["id"]: u["helped"] for u in entry["used"]},
                         {"h1": 3, "h2": None, "h3": 0})
        self.assertEqual([n["text"] for n in entry["notes"]],
                         ["a long morning\nand a short one"])
        self.assertEqual([r["kind"] for r in self.k.records()].count("note"), 1)

    def test_local_time_is_the_zones(self):
        other = keeld.Keeld(zone="Asia/Singapore", now="2026-11-24T17:00:00Z")
        self.addCleanup(other.close)
        other.start()
        other.make_book()
        other.checkin()
        self.assertEqual(other.entries()[0]["local"], "2026-11-25T01:00:00")

    def test_refusals(self):
        plan = self.k.get("/v1/plan")["version"]
        bad = {
            "unknown member": self.body(colour=1),
            "no instrument": {"answers": {"mood": 1}},
            "instrument no text": self.body(instrument=5),
            "answers no object": self.body(answers=[1]),
            "unknown item": self.body(answers={"nothing": 1}),
            "answer no number": self.body(answers={"mood": "6"}),
            "answer null": self.body(answers={"mood": None}),
            "answer true": self.body(answers={"mood": True}),
            "out of range": self.body(answers={"mood": 11}),
            "below range": self.body(answers={"mood": -1}),
            "not whole": self.body(answers={"mood": 5.5}),
            "nothing answered": {"instrument": "pulse"},
            "nothing at all": self.body(answers={}, note=" \n"),
            "text for a number": self.body(texts={"mood": "fine"}),
            "text of an unknown item": self.body(texts={"x": "fine"}),
            "texts no object": self.body(texts="x"),
            "note no text": self.body(note=5),
            "note with escapes": self.body(note="a\u001b[31mred"),
            "note with bidi": self.body(note="a\u202eb"),
            "sign not of the plan": self.body(signs={"s9": 1}),
            "sign of another section": self.body(signs={"h1": 1}),
            "sign level": self.body(signs={"s1": 3}),
            "sign half": self.body(signs={"s1": 1.5}),
            "sign null": self.body(signs={"s1": None}),
            "signs no object": self.body(signs=["s1"]),
            "sign no id": self.body(signs={"skipping lunch": 1}),
            "used not of the plan": self.body(used={"h9": 1}),
            "used too much": self.body(used={"h1": 4}),
            "used below": self.body(used={"h1": -1}),
            "used text": self.body(used={"h1": "3"}),
            "plan no id": self.body(plan="abc"),
            "slot no id": self.body(slot="abc"),
            "slot number": self.body(slot=1),
            "off_record no bool": self.body(off_record=1),
            "took_place alone": self.body(took_place=True),
        }
        for what, body in bad.items():
            with self.subTest(what):
                self.invalid("POST", "/v1/checkins", body)
        for what, body in {
                "instrument": self.body(instrument="nothing"),
                "plan": self.body(plan=key()),
                "slot": self.body(slot=plan + "@2026-11-24T16:30:00")}.items():
            with self.subTest(what):
                self.refused(404, "not-found", "POST", "/v1/checkins", body)
        self.assertEqual(self.k.entries(), [])
        self.assertEqual(self.k.get("/v1/status")["records"], 4)

    def test_reasons_hold_no_words_of_hers(self):
        for body in (self.body(answers={"xyzzyplugh": 1}),
                     self.body(signs={"xyzzyplugh": 1}),
                     self.body(note="\u001bxyzzyplugh"),
                     self.body(xyzzyplugh=1, note="xyzzyplugh"),
                     self.body(instrument="xyzzy plugh"),
                     self.body(texts={"xyzzyplugh": "xyzzyplugh"})):
            with self.subTest(body=body):
                status, data = self.k.raw("POST", "/v1/checkins", body)
                self.assertIn(status, (400, 404))
                if "xyzzyplugh" not in body:  # a member's name is our word
                    self.assertNotIn(b"xyzzyplugh", data)

    def test_nothing_in_the_log(self):
        self.post(note="xyzzyplugh wrote this")
        self.k.post("/v1/hard", {}, key())
        self.post(off_record=True, note="xyzzyplugh")
        self.k.restart()
        self.assertNotIn("xyzzyplugh", self.k.logged())
        self.assertNotIn("check", self.k.logged().lower())

    def test_limits(self):
        self.post(note="n" * 8192)
        self.refused(413, "too-large", "POST", "/v1/checkins",
                     self.body(note="n" * 8193))
        self.post(note="é" * 4096)
        self.refused(413, "too-large", "POST", "/v1/checkins",
                     self.body(note="é" * 4096 + "n"))
        many = {f"s{i}": 1 for i in range(129)}
        self.refused(413, "too-large", "POST", "/v1/checkins",
                     self.body(signs=many))
        self.refused(413, "too-large", "POST", "/v1/checkins", self.body(
            answers={f"a{i}": 1 for i in range(65)}))
        self.assertEqual(len(self.k.entries()), 2)

    def test_every_scale_end(self):
        for value in (0, 10):
            self.post(answers={i: value for i in PULSE_ITEMS})
        self.assertEqual(len(self.k.entries()), 2)

    def test_body_sizes(self):
        pad = " " * (262144 - len('{"instrument":"pulse","answers":{"mood":1}}'))
        fits = '{"instrument":"pulse","answers":{"mood":1}' + pad + "}"
        self.assertEqual(
            self.k.raw("POST", "/v1/checkins", fits)[0], 201)
        self.assertEqual(
            self.k.raw("POST", "/v1/checkins", fits + " ")[0], 413)

    def test_bodies_that_are_none(self):
        for body in ("", "{", "[]", '"x"', '{"a":1,"a":2}', "{} {}",
                     '{"note":"\\u0000"}', "\xff", "[" * 20 + "]" * 20):
            with self.subTest(body=body):
                status, _ = self.k.raw("POST", "/v1/checkins",
                                       body.encode("latin-1"))
                self.assertEqual(status, 400)

    # --- repeats ---

    def test_repeat(self):
        idem = key()
        more = dict(note="once", signs={"s1": 1}, used={"h1": None})
        first = self.post(idem, **more)
        before = self.k.export()
        self.k.pass_time(minutes=3)
        self.assertEqual(self.post(idem, **more)["id"], first["id"])
        self.k.kill()
        self.k.start()
        again = self.post(idem, **more)
        self.assertEqual((again["id"], again["scores"], again["slot"]),
                         (first["id"], first["scores"], first["slot"]))
        self.assertEqual(self.k.export(), before)

    def test_repeat_with_other_content(self):
        idem = key()
        self.post(idem, note="once", signs={"s1": 1})
        before = self.k.export()
        for other in (dict(note="twice", signs={"s1": 1}),
                      dict(signs={"s1": 1}), dict(note="once"),
                      dict(note="once", signs={"s1": 2}),
                      dict(note="once", signs={"s1": 1}, used={"h1": 1}),
                      dict(note="once", signs={"s1": 1},
                           answers={"mood": 7}),
                      dict(off_record=True)):
            with self.subTest(other=other):
                self.refused(409, "conflict", "POST", "/v1/checkins",
                             self.body(**other), idem)
        for path, body in (("/v1/hard", {}), ("/v1/asks", {"text": "x"})):
            self.refused(409, "conflict", "POST", path, body, idem)
        self.assertEqual(self.k.export(), before)

    def test_repeat_after_the_plan_changed(self):
        idem = key()
        first = self.post(idem, signs={"s1": 1})
        version = self.k.get("/v1/plan")["version"]
        self.k.put("/v1/plan", {"text": PLAN.replace("- short answers\n", ""),
                                "base": version}, key())
        self.assertEqual(self.post(idem, signs={"s1": 1})["id"], first["id"])
        self.assertEqual(len(self.k.entries()), 1)

    def test_many_at_once(self):
        """Several writers, each key sent twice: every one there once."""
        ids, lock = [], threading.Lock()

        def write():
            for i in range(20):
                idem = key()
                for _ in range(2):
                    got = self.post(idem, answers={"mood": i % 11})["id"]
                with lock:
                    ids.append(got)

        threads = [threading.Thread(target=write) for _ in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(sorted(ids), sorted(e["id"] for e in self.k.entries()))
        self.assertEqual(len(set(ids)), 80)

    # --- slots ---

    def open_slot(self):
        self.k.set_now("2026-11-25T16:45:00Z")
        slot, = self.k.get("/v1/today")["open"]
        return slot["slot"]

    def test_the_open_slot_is_answered(self):
        slot = self.open_slot()
        self.assertEqual(
            self.k.get("/v1/form?instrument=pulse")["slot"], slot)
        self.assertEqual(self.post()["slot"], slot)
        self.assertEqual(self.k.get("/v1/today")["open"], [])
        record, = self.k.records("check-in")
        self.assertEqual(record["start"], "2026-11-25T16:30:00")
        self.assertIsNone(self.post()["slot"])

    def test_a_slot_named_and_repeated(self):
        slot, idem = self.open_slot(), key()
        self.assertEqual(self.post(idem, slot=slot)["slot"], slot)
        self.assertEqual(self.post(idem, slot=slot)["slot"], slot)
        self.assertEqual(self.post(idem)["slot"], slot)
        self.refused(409, "conflict", "POST", "/v1/checkins",
                     self.body(slot=slot), key())
        self.assertEqual(len(self.k.entries()), 1)

    def test_no_slot_wanted(self):
        slot = self.open_slot()
        self.assertIsNone(self.post(slot=None)["slot"])
        self.assertEqual(self.k.get("/v1/today")["open"][0]["slot"], slot)

    def test_slots_end(self):
        slot = self.open_slot()
        self.k.set_now("2026-11-26T04:29:59Z")
        self.k.get("/v1/form?instrument=pulse&slot=" + slot)
        self.k.set_now("2026-11-26T04:30:01Z")
        self.refused(409, "conflict", "POST", "/v1/checkins",
                     self.body(slot=slot), key())
        self.refused(409, "conflict", "POST", "/v1/slots/skip",
                     {"slot": slot}, key())

    def test_slots_that_are_not_due(self):
        slot = self.open_slot().replace("11-25", "11-27")
        self.refused(409, "conflict", "POST", "/v1/checkins",
                     self.body(slot=slot), key())
        self.refused(404, "not-found", "POST", "/v1/checkins",
                     self.body(slot=slot.replace("16:30", "16:31")), key())

    def test_a_slot_of_another_instrument(self):
        slot = self.open_slot()
        self.invalid("POST", "/v1/checkins", {
            "instrument": "work-check", "answers": {"role": 5}, "slot": slot})
        self.assertIsNone(self.k.post("/v1/checkins", {
            "instrument": "work-check", "answers": {"role": 5}},
            key())["slot"])

    def test_skip(self):
        self.refused(404, "not-found", "POST", "/v1/slots/skip", {}, key())
        slot, idem = self.open_slot(), key()
        self.assertEqual(self.k.post("/v1/slots/skip", {"slot": None}, idem),
                         {"skipped": True, "slot": slot})
        self.k.restart()
        for body in ({"slot": None}, {"slot": slot}, {}):
            self.assertEqual(self.k.post("/v1/slots/skip", body, idem),
                             {"skipped": True, "slot": slot})
        self.assertEqual(self.k.get("/v1/today")["open"], [])
        self.assertEqual(len(self.k.records("slot")), 1)
        self.invalid("POST", "/v1/slots/skip", {"slot": "x"})
        self.invalid("POST", "/v1/slots/skip", {"slot": slot, "x": 1})
        self.refused(404, "not-found", "POST", "/v1/slots/skip",
                     {"slot": "0" * 32 + "@2026-11-25T16:30:00"}, key())

    def test_skip_with_two_open(self):
        self.k.post("/v1/schedules", dict(
            DAILY, name="work", instrument="work-check"), key())
        self.open_one = self.k.set_now("2026-11-25T16:45:00Z")
        self.assertEqual(len(self.k.get("/v1/today")["open"]), 2)
        self.refused(409, "conflict", "POST", "/v1/slots/skip", {}, key())

    def test_snooze(self):
        self.refused(404, "not-found", "POST", "/v1/slots/snooze", {}, key())
        slot, idem = self.open_slot(), key()
        want = {"snoozed": True, "slot": slot, "until": "2026-11-25T17:15:00"}
        self.assertEqual(self.k.post("/v1/slots/snooze", {}, idem), want)
        self.k.pass_time(minutes=5)
        self.k.restart()
        for body in ({"slot": None}, {"slot": slot, "minutes": None},
                     {"minutes": 30}):
            self.assertEqual(self.k.post("/v1/slots/snooze", body, idem), want)
        self.refused(409, "conflict", "POST", "/v1/slots/snooze",
                     {"minutes": 31}, idem)
        record, = self.k.records("slot")
        self.assertEqual(record["state"], "snoozed")
        shown, = self.k.get("/v1/today")["open"]
        self.assertEqual(shown["snoozed_until"], want["until"])
        self.k.set_now("2026-11-25T17:15:00Z")
        shown, = self.k.get("/v1/today")["open"]
        self.assertIsNone(shown["snoozed_until"])
        self.assertEqual(self.post()["slot"], slot)
        self.refused(409, "conflict", "POST", "/v1/slots/snooze",
                     {"slot": slot}, key())

    def test_snooze_never_passes_the_end(self):
        slot = self.open_slot()
        self.k.set_now("2026-11-26T04:00:01Z")
        self.refused(409, "conflict", "POST", "/v1/slots/snooze", {}, key(),
                     "end")
        self.refused(409, "conflict", "POST", "/v1/slots/snooze",
                     {"slot": slot, "minutes": 10080}, key(), "end")
        self.assertEqual(self.k.records("slot"), [])
        self.k.post("/v1/slots/snooze", {"minutes": 29}, key())

    def test_snooze_refuses(self):
        slot = self.open_slot()
        for minutes in (0, -1, 1.5, "30", True):
            self.invalid("POST", "/v1/slots/snooze", {"minutes": minutes})
        self.invalid("POST", "/v1/slots/snooze", {"slot": "x"})
        self.invalid("POST", "/v1/slots/snooze", {"slot": slot, "x": 1})
        self.refused(413, "too-large", "POST", "/v1/slots/snooze",
                     {"minutes": 10081}, key())
        self.assertEqual(self.k.records("slot"), [])

    # --- off the record ---

    def shape(self, record):
        """A record but for what is drawn: its id and its time."""
        return {k: v for k, v in record.items() if k not in ("id", "time")}

    def test_off_record_is_a_skip(self):
        slot = self.open_slot()
        other = self.another()
        other.start()
        other.post("/v1/import", {
            "records": self.k.records(), "key": keeld.keyspec()}, key())
        other.set_now("2026-11-25T16:45:00Z")
        idem = key()
        body = self.body(off_record=True, note="xyzzyplugh",
                         signs={"s1": 2}, used={"h1": 3}, answers={"mood": 0})
        reply = self.k.post("/v1/checkins", body, idem)
        self.assertIsNone(reply["id"])
        self.assertIs(reply["off_record"], True)
        self.assertEqual(reply["slot"], slot)
        self.assertEqual(reply["words"]["linked"][0]["sign"], "skipping lunch")
        self.assertEqual(self.k.post("/v1/checkins", body, idem)["slot"], slot)
        other.post("/v1/slots/skip", {"slot": slot}, key())
        self.assertEqual([self.shape(r) for r in self.k.records()],
                         [self.shape(r) for r in other.records()])
        self.assertEqual(self.k.entries(), [])
        self.assertEqual(self.k.get("/v1/coping")["strategies"][0]["times"], 0)
        self.assertFalse(any(b"xyzzyplugh" in data
                             for data in self.k.files().values()))

    def test_off_record_took_place(self):
        slot = self.open_slot()
        self.post(off_record=True, took_place=True)
        record, = self.k.records("slot")
        self.assertEqual((record["state"], slot.endswith(record["start"])),
                         ("off-record", True))

    def test_off_record_without_a_slot_writes_nothing(self):
        before = {f: d for f, d in self.k.files().items() if "book" in f}
        self.post(off_record=True)
        self.post(off_record=True, took_place=True)
        self.assertEqual(
            {f: d for f, d in self.k.files().items() if "book" in f}, before)

    # --- hard days and notes ---

    def test_hard(self):
        idem = key()
        reply = self.k.post("/v1/hard", {}, idem)
        self.assertIs(reply["saved"], True)
        self.assertIn("nothing", reply["sends"])
        self.assertEqual([p["text"] for p in reply["words"]["people"]],
                         ["Jia, a friend"])
        self.assertEqual(len(reply["words"]["best"]), 3)
        self.k.pass_time(minutes=9)
        self.k.restart()
        self.assertEqual(self.k.post("/v1/hard", {}, idem)["id"], reply["id"])
        entry, = self.k.entries()
        self.assertEqual((entry["kind"], entry["local"]),
                         ("hard-day", "2026-11-24T17:00:00"))
        self.invalid("POST", "/v1/hard", {"note": "x"})
        self.k.post("/v1/notes", {"of": reply["id"], "text": "rain"}, key())
        self.assertEqual(self.k.entries()[0]["notes"][0]["text"], "rain")

    def test_notes(self):
        entry, idem = self.post()["id"], key()
        note = self.k.post("/v1/notes", {"of": entry, "text": "more"}, idem)
        self.assertEqual(
            self.k.post("/v1/notes", {"of": entry, "text": "more"}, idem), note)
        self.refused(409, "conflict", "POST", "/v1/notes",
                     {"of": entry, "text": "other"}, idem)
        for body in ({}, {"of": entry}, {"text": "x"},
                     {"of": entry, "text": ""}, {"of": entry, "text": " \n"},
                     {"of": entry, "text": "\u001b"}, {"of": 1, "text": "x"},
                     {"of": entry, "text": "x", "y": 1},
                     {"of": entry[:8], "text": "x"}):
            with self.subTest(body=body):
                self.invalid("POST", "/v1/notes", body)
        self.refused(404, "not-found", "POST", "/v1/notes",
                     {"of": key(), "text": "x"}, key())
        self.refused(404, "not-found", "POST", "/v1/notes",
                     {"of": note["id"], "text": "x"}, key())
        self.k.post("/v1/notes", {"of": entry, "text": "n" * 8192}, key())
        self.refused(413, "too-large", "POST", "/v1/notes",
                     {"of": entry, "text": "n" * 8193}, key())
        self.assertEqual(len(self.k.entries()[0]["notes"]), 2)


class Forms(keeld.Case):
    def test_instruments(self):
        every = {i["name"]: i for i in
                 self.k.get("/v1/instruments")["instruments"]}
        self.assertEqual(sorted(every),
                         ["ons4", "pulse", "wave", "who-5", "work-check"])
        self.assertTrue(every["pulse"]["on"])
        self.assertFalse(every["pulse"]["validated"])
        self.assertFalse(every["who-5"]["on"])
        self.assertTrue(every["who-5"]["validated"])

    def test_form(self):
        form = self.k.get("/v1/form?instrument=pulse")
        self.assertEqual([i["id"] for i in form["instrument"]["items"]],
                         list(PULSE_ITEMS))
        item = form["instrument"]["items"][0]
        self.assertEqual((item["type"], item["min"], item["max"]),
                         ("scale", 0, 10))
        self.assertEqual([s["text"] for s in form["signs"]],
                         ["skipping lunch", "short answers"])
        self.assertEqual([s["id"] for s in form["strategies"]],
                         ["h1", "h2", "h3"])
        self.assertEqual(form["plan"], self.k.get("/v1/plan")["version"])
        self.assertIsNone(form["slot"])
        self.assertIsNone(form["ask_open_question"])
        self.assertFalse(form["locked"])

    def test_refusals(self):
        self.invalid("GET", "/v1/form")
        self.invalid("GET", "/v1/form?instrument=pulse&x=1")
        self.invalid("GET", "/v1/form?instrument=pulse&slot=x")
        self.refused(404, "not-found", "GET", "/v1/form?instrument=x")
        self.invalid("GET", "/v1/form?instrument=who-5",
                     says="evenkeel.ini")
        self.invalid("GET", "/v1/instruments?x=1")

    def test_without_a_plan(self):
        other = self.another()
        other.start()
        other.make_book(plan=None)
        form = other.get("/v1/form?instrument=pulse")
        self.assertEqual((form["plan"], form["signs"]), (None, []))
        status, reply = other.ask("POST", "/v1/checkins", {
            "instrument": "pulse", "signs": {"s1": 1}})
        self.assertEqual((status, reply["error"]["code"]), (404, "not-found"))
        self.assertEqual(other.checkin()["words"]["best"], [])

    def test_texts(self):
        texts = {"role": "clearer than in spring", "support": " \n "}
        self.k.post("/v1/checkins", {"instrument": "wave", "texts": texts,
                                     "note": "all"}, key())
        entry, = self.k.entries()
        self.assertEqual([(n["item"], n["text"]) for n in entry["notes"]],
                         [("role", "clearer than in spring"), (None, "all")])
        self.assertTrue(entry["notes"][0]["question"])
        self.assertEqual(entry["answers"], {})

    def test_who5_when_on(self):
        self.k.stop()
        with open(self.k.home + "/evenkeel.ini", "w") as f:
            f.write("[instruments]\non = who-5\n")
        config = [f for f in self.k.files() if f.endswith(".ini")]
        self.assertEqual(len(config), 1)


class OpenQuestion(keeld.Case):
    HIGH = {"mood": 9, "energy": 9, "tense": 1, "helpful": 9, "pressure": 5}

    def days(self, n, **more):
        for _ in range(n):
            self.k.pass_time(days=1)
            self.k.checkin(answers=dict(self.HIGH, **more))

    def asked(self):
        return self.k.get("/v1/form?instrument=pulse")["ask_open_question"]

    def test_asked_once_in_14_days(self):
        self.days(4)
        self.assertIsNone(self.asked())
        self.days(1)
        question = self.asked()
        self.assertTrue(question)
        self.k.pass_time(days=1)
        self.k.checkin(answers=self.HIGH, note="it is too quiet")
        self.assertIsNone(self.asked())
        entry = self.k.entries()[-1]
        self.assertEqual([(n["item"], n["question"], n["text"])
                          for n in entry["notes"]],
                         [("open-question", question, "it is too quiet")])
        self.days(13)
        self.assertIsNone(self.asked())
        self.days(1)
        self.k.pass_time(days=1)
        self.assertEqual(self.asked(), question)

    def test_skipping_counts_as_asked(self):
        self.days(5)
        self.assertTrue(self.asked())
        idem = key()
        body = {"instrument": "pulse", "answers": self.HIGH}
        self.k.pass_time(days=1)
        first = self.k.post("/v1/checkins", body, idem)
        self.assertIsNone(self.asked())
        self.assertEqual(self.k.entries()[-1]["notes"], [])
        before = self.k.export()
        self.assertEqual(self.k.post("/v1/checkins", body, idem)["id"],
                         first["id"])
        self.assertEqual(self.k.export(), before)
        self.assertNotIn(b"open-question", self.k.export("?notes=0"))

    def test_not_asked(self):
        for more in ({"mood": 7}, {"tense": 5}):
            with self.subTest(more=more):
                self.days(5, **more)
                self.assertIsNone(self.asked())

    def test_not_flat(self):
        for mood in (8, 10, 8, 10, 8, 10):
            self.days(1, mood=mood)
        self.assertIsNone(self.asked())

    def test_one_day_is_one(self):
        for _ in range(8):
            self.k.checkin(answers=self.HIGH)
        self.assertIsNone(self.asked())

    def test_old_ones_do_not_count(self):
        self.days(5)
        self.k.pass_time(days=15)
        self.assertIsNone(self.asked())

    def test_off_record_leaves_no_mark(self):
        self.days(5)
        before = self.k.export()
        self.k.checkin(answers=self.HIGH, off_record=True)
        self.assertEqual(self.k.export(), before)
        self.assertTrue(self.asked())


class Words(keeld.Case):
    def test_words_and_coping(self):
        for helped in (3, 3, 2):
            self.k.checkin(used={"h2": helped})
        self.k.checkin(used={"h1": 0, "h3": None})
        coping = self.k.get("/v1/coping")["strategies"]
        self.assertEqual([s["id"] for s in coping], ["h2", "h3", "h1"])
        tea = coping[0]
        self.assertEqual((tea["times"], tea["helped"]), (3, 2.667))
        self.assertEqual(tea["words"], "helped 2.7 of 3, 3 times")
        # (8 + 2 x 2) / (3 + 2), the overall mean being 8 / 4
        self.assertEqual(tea["rank"], 2.4)
        self.assertIsNone(coping[1]["helped"])
        self.assertEqual(coping[2]["signs"],
                         [{"id": "s1", "text": "skipping lunch"}])
        words = self.k.get("/v1/words")
        self.assertEqual([u["id"] for u in words["words"]["best"]],
                         ["h2", "h3", "h1"])
        self.assertEqual(words["words"]["linked"], [])
        self.assertIn("Nobody is watching", words["nobody"])
        self.invalid("GET", "/v1/words?x=1")
        self.invalid("GET", "/v1/coping?x=1")

    def test_without_a_plan(self):
        other = self.another()
        other.start()
        other.make_book(plan=None)
        self.assertEqual(other.get("/v1/coping"), {"strategies": []})
        self.assertEqual(other.get("/v1/words")["words"],
                         {"linked": [], "best": [], "people": [], "steps": []})


class FileSizeLimit(keeld.Case):
    def test_a_limit_is_a_full_disk(self):
        """A limit on file sizes refuses what does not fit, and no more."""
        kept = [self.k.checkin(note="a word")["id"]]
        largest = max(len(data) for data in self.k.files().values())
        resource.prlimit(self.k.process.pid, resource.RLIMIT_FSIZE,
                         (largest + 20000, resource.RLIM_INFINITY))
        for _ in range(200):
            self.k.pass_time(seconds=1)
            status, reply = self.k.ask("POST", "/v1/checkins", {
                "instrument": "pulse", "answers": {"mood": 5}}, key())
            if status != 201:
                break
            kept.append(reply["id"])
        self.assertGreaterEqual(status, 500, reply)
        self.assertIn("; ", reply["error"]["message"])
        self.assertEqual({e["id"] for e in self.k.entries()}, set(kept))
        resource.prlimit(self.k.process.pid, resource.RLIMIT_FSIZE,
                         (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        kept.append(self.k.checkin()["id"])
        self.k.restart()
        self.assertEqual({e["id"] for e in self.k.entries()}, set(kept))


if __name__ == "__main__":
    keeld.main()
