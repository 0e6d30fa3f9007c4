#!/usr/bin/python3
"""The diary: reading, mending, deleting."""
import os
import sqlite3
import unittest

import keeld
from keeld import DAILY, PLAN, key


class Reading(keeld.Case):
    def test_a_page_of_it(self):
        """limit, before, after."""
        ids = [self.k.checkin(note=str(n))["id"] for n in range(5)]

        def get(query):
            reply = self.k.get("/v1/diary?" + query)
            return ([ids.index(e["id"]) for e in reply["entries"]],
                    reply["older"], reply["newer"])
        self.assertEqual(get("limit=2"), ([3, 4], True, False))
        self.assertEqual(get("limit=5"), ([0, 1, 2, 3, 4], False, False))
        self.assertEqual(get("limit=2&before=" + ids[3]),
                         ([1, 2], True, True))
        self.assertEqual(get("before=" + ids[1]), ([0], False, True))
        self.assertEqual(get("before=" + ids[0]), ([], False, True))
        self.assertEqual(get("limit=1&after=" + ids[1]), ([2], True, True))
        self.assertEqual(get("after=" + ids[4]), ([], True, False))
        self.assertEqual(get("id=" + ids[2])[0], [2])
        for bad in ("limit=0", "limit=1001", "limit=-1", "limit=",
                    "limit=2x", f"before={ids[1]}&after={ids[0]}"):
            self.invalid("GET", "/v1/diary?" + bad)
        self.assertEqual(len(get("limit=1000")[0]), 5)
        self.refused(404, "not-found", "GET",
                     "/v1/diary?before=" + "0" * 32)

    def test_order_and_filters(self):
        self.k.post("/v1/history", {"rows": [
            {"local": "2026-11-20", "values": {"mood": 4}},
            {"local": "2026-11-24T08:00:00", "values": {"mood": 5.5}}]})
        self.k.checkin()
        self.k.pass_time(days=1)
        self.k.post("/v1/hard", {}, key())
        entries = self.k.entries()
        self.assertEqual(
            [(e["kind"], e["local"]) for e in entries],
            [("history", "2026-11-20"), ("history", "2026-11-24T08:00:00"),
             ("check-in", "2026-11-24T17:00:00"),
             ("hard-day", "2026-11-25T17:00:00")])
        self.assertEqual(entries[1]["answers"], {"mood": 5.5})
        self.assertEqual(entries[2]["title"], "How work is going")
        self.assertFalse(any(e["mended"] for e in entries))

        def count(query):
            return len(self.k.entries(query))

        self.assertEqual(count("?since=2026-11-24"), 3)
        self.assertEqual(count("?until=2026-11-24"), 3)
        self.assertEqual(count("?since=2026-11-24&until=2026-11-24"), 2)
        self.assertEqual(count("?since=2026-11-26"), 0)
        wanted = entries[2]["id"]
        for length in (8, 31, 32):
            self.assertEqual(
                self.k.entries("?id=" + wanted[:length])[0]["id"], wanted)
        self.assertEqual(
            self.k.entries("?id=" + wanted.upper())[0]["id"], wanted)

    def test_refusals(self):
        for query in ("?since=2026-11-25&until=2026-11-24", "?since=yesterday", "?until=2026-02-30", "?x=1",
                      "?since=2026-11-24T10:00", "?id=abc", "?id=xyzw1",
                      "?id=" + "0" * 33):
            with self.subTest(query):
                self.invalid("GET", "/v1/diary" + query)
        self.refused(404, "not-found", "GET", "/v1/diary?id=abcd1234")

    def test_signs_in_the_words_of_their_version(self):
        version = self.k.get("/v1/plan")["version"]
        self.k.checkin(signs={"s2": 1}, used={"h2": 3})
        text = PLAN.replace("short answers", "answering in single words")
        self.k.put("/v1/plan", {"text": text, "base": version}, key())
        self.k.checkin(signs={"s2": 2} if "s2" in [
            s["id"] for s in self.k.get("/v1/form?instrument=pulse")["signs"]]
            else {"s3": 2})
        old, new = self.k.entries()
        self.assertEqual(old["signs"][0]["text"], "short answers")
        self.assertEqual(old["used"][0]["text"], "Tea with the door closed")
        self.assertEqual(new["signs"][0]["text"], "answering in single words")


class Mending(keeld.Case):
    schedules = (DAILY,)

    def setUp(self):
        super().setUp()
        self.k.set_now("2026-11-25T16:45:00Z")
        self.entry = self.k.checkin(
            signs={"s1": 2}, used={"h1": 3}, note="first words")["id"]
        self.k.set_now("2026-11-25T18:00:00Z")

    def fix(self, idem=None, entry=None, **body):
        return self.k.post(f"/v1/diary/{entry or self.entry}/fix", body,
                           idem or key())

    def only(self):
        entry, = self.k.entries()
        return entry

    def test_answers_replace_the_rest_stays(self):
        before = self.only()
        new = self.fix(answers={"mood": 2})
        entry = self.only()
        self.assertEqual(entry["id"], new["id"])
        self.assertEqual(entry["answers"], {"mood": 2})
        self.assertTrue(entry["mended"])
        for member in ("local", "signs", "used", "notes", "instrument"):
            self.assertEqual(entry[member], before[member], member)
        self.assertEqual(self.k.get("/v1/today")["open"], [])
        record = self.k.records("check-in")[-1]
        self.assertEqual((record["supersedes"], record["start"]),
                         (self.entry, "2026-11-25T16:30:00"))

    def test_notes_and_marks(self):
        self.fix(note="better words")
        self.assertEqual([n["text"] for n in self.only()["notes"]],
                         ["better words"])
        self.entry = self.only()["id"]
        self.fix(signs={}, used={"h2": None},
                 plan=self.k.get("/v1/plan")["version"])
        entry = self.only()
        self.assertEqual((entry["signs"], [u["id"] for u in entry["used"]]),
                         ([], ["h2"]))
        self.fix(entry=entry["id"], note="")
        self.assertEqual(self.only()["notes"], [])
        self.fix(entry=self.only()["id"], note="again")
        self.assertEqual([n["text"] for n in self.only()["notes"]], ["again"])
        self.assertEqual(self.k.get("/v1/coping")["strategies"][0]["times"], 1)

    def test_texts_given_replace_all_texts(self):
        self.k.post("/v1/checkins", {
            "instrument": "wave", "texts": {"role": "one", "room": "two"},
            "note": "three"}, key())
        wave = self.k.entries()[-1]["id"]
        self.fix(entry=wave, texts={"room": "zwei"})
        entry = self.k.entries()[-1]
        self.assertEqual({n["item"]: n["text"] for n in entry["notes"]},
                         {"room": "zwei", None: "three"})

    def test_added_notes_stay_with_a_mended_entry(self):
        self.k.post("/v1/notes", {"of": self.entry, "text": "added"}, key())
        new = self.fix(answers={"mood": 1})["id"]
        self.k.post("/v1/notes", {"of": new, "text": "later"}, key())
        self.fix(entry=new, note="changed")
        self.assertEqual([n["text"] for n in self.only()["notes"]],
                         ["added", "later", "changed"])

    def test_repeat(self):
        for n, body in enumerate((
                dict(answers={"mood": 9}, note="other words", used={},
                     signs={}),
                dict(note="other words"), dict(note=""),
                dict(answers={"mood": 9}))):
            with self.subTest(body=body):
                entry, idem = self.only()["id"], key()
                new = self.fix(idem, entry, **body)
                before = self.k.export()
                if n == 0:
                    self.k.kill()
                    self.k.start()
                self.assertEqual(self.fix(idem, entry, **body), new)
                self.assertEqual(self.k.export(), before)
                other = dict(body, answers={"mood": 8})
                self.refused(409, "conflict", "POST",
                             f"/v1/diary/{entry}/fix", other, idem)
                other = dict(body, note="quite other words")
                self.refused(409, "conflict", "POST",
                             f"/v1/diary/{entry}/fix", other, idem)
                self.assertEqual(self.k.export(), before)

    def test_refusals(self):
        path = f"/v1/diary/{self.entry}/fix"
        version = self.k.get("/v1/plan")["version"]
        for body in ({"answers": {"x": 1}}, {"answers": {"mood": 11}},
                     {"x": 1}, {"slot": None}, {"off_record": True},
                     {"instrument": "work-check"}, {"note": 1},
                     {"signs": {"s9": 1}}, {"texts": {"mood": "x"}},
                     {"answers": {}, "signs": {}, "used": {}, "note": ""}):
            with self.subTest(body=body):
                self.invalid("POST", path, body)
        self.refused(404, "not-found", "POST",
                     f"/v1/diary/{key()}/fix", {}, key())
        self.invalid("POST", "/v1/diary/abc/fix", {})
        self.k.post("/v1/history", {"rows": [
            {"local": "2026-11-20", "values": {"mood": 4}}]})
        day = self.k.entries()[0]["id"]
        self.invalid("POST", f"/v1/diary/{day}/fix", {"note": "x"})
        # marks of two versions of the plan cannot stand in one entry
        self.k.put("/v1/plan", {"text": PLAN + "\n## My role\n- mine\n",
                                "base": version}, key())
        newest = self.k.get("/v1/plan")["version"]
        self.invalid("POST", path, {"signs": {"s1": 1}, "plan": newest})
        self.fix(signs={"s1": 1}, used={"h1": 2}, plan=newest)

    def test_mended_meanwhile(self):
        self.fix(answers={"mood": 1})
        self.refused(409, "conflict", "POST", f"/v1/diary/{self.entry}/fix",
                     {"answers": {"mood": 2}}, key())
        self.assertEqual(self.only()["answers"], {"mood": 1})

    def test_an_empty_check_in_may_keep_its_note(self):
        self.fix(answers={}, signs={}, used={})
        self.assertEqual([n["text"] for n in self.only()["notes"]],
                         ["first words"])


class Deleting(keeld.Case):
    RARE = "xyzzyplugh"

    def rows(self):
        """The sealed rows by id, read beside the daemon."""
        path = os.path.join(self.k.home, "data", "book.db")
        if not os.path.exists(path):
            path = [f for f in self.k.files() if f.endswith("book.db")][0]
        db = sqlite3.connect(path)
        try:
            return {bytes(rid).hex(): bytes(blob)
                    for rid, blob in db.execute("SELECT rid, blob FROM rows")}
        finally:
            db.close()

    def test_content_is_gone_from_every_file(self):
        place = os.path.join(self.k.top, "copies")
        os.mkdir(place)
        self.k.put("/v1/copy", {"place": place})
        for mood in range(6):
            self.k.checkin(answers={"mood": mood})
        before = set(self.rows())
        entry = self.k.checkin(note=self.RARE * 40, answers={"mood": 9})["id"]
        entry = self.k.post(f"/v1/diary/{entry}/fix",
                            {"note": self.RARE * 60}, key())["id"]
        its = {rid: blob for rid, blob in self.rows().items()
               if rid not in before}
        self.assertEqual(len(its), 4)  # 2 versions, 2 notes
        self.k.post("/v1/copy")
        with open(self.k.get("/v1/copy")["file"], "rb") as f:
            copied = f.read()
        reply = self.k.delete("/v1/diary/" + entry)
        self.assertTrue(reply["deleted"])
        self.assertEqual(reply["copy"]["state"], "ok")
        self.assertEqual(len(self.k.entries()), 6)
        every = self.k.files()
        with open(reply["copy"]["file"], "rb") as f:
            every["the copy"] = f.read()
        for path, data in every.items():
            for blob in its.values():
                for at in range(len(blob) - 15):
                    self.assertNotIn(blob[at:at + 16], data, path)
            for at in range(512, len(copied) - 15, 997):
                self.assertNotIn(copied[at:at + 16], data, path)
        gone, = self.k.records("gone")
        self.assertEqual(sorted(gone["records"]), sorted(its))

    def test_twice_is_once(self):
        entry, idem = self.k.checkin()["id"], key()
        self.k.delete("/v1/diary/" + entry, idem)
        self.k.delete("/v1/diary/" + entry, idem)
        self.k.delete("/v1/diary/" + entry)
        self.assertEqual(len(self.k.records("gone")), 1)
        self.refused(404, "not-found", "DELETE", "/v1/diary/" + key())
        self.invalid("DELETE", "/v1/diary/abc")

    def test_each_kind(self):
        self.k.post("/v1/history", {"rows": [
            {"local": "2026-11-20", "values": {"mood": 4}}]})
        hard = self.k.post("/v1/hard", {}, key())["id"]
        self.k.post("/v1/notes", {"of": hard, "text": "rain"}, key())
        self.k.checkin(note="x")
        self.assertEqual(len(self.k.entries()), 3)
        for entry in self.k.entries():
            self.k.delete("/v1/diary/" + entry["id"][:12])
        self.assertEqual(self.k.entries(), [])
        kinds = {r["kind"] for r in self.k.records()}
        self.assertEqual(kinds, {"setting", "plan", "gone"})

    def test_only_entries_can_be_deleted(self):
        plan = self.k.get("/v1/plan")["version"]
        self.refused(404, "not-found", "DELETE", "/v1/diary/" + plan)

    def test_a_deleted_entry_does_not_come_back(self):
        self.k.checkin()
        archive = self.k.records()
        self.k.delete("/v1/diary/" + self.k.entries()[0]["id"])
        reply = self.k.post("/v1/import", {"records": archive}, key())
        self.assertEqual((reply["added"], reply["gone"]), (0, 1))
        self.assertEqual(self.k.entries(), [])

    def test_deleting_frees_the_slot(self):
        self.k.post("/v1/schedules", DAILY, key())
        self.k.set_now("2026-11-25T16:45:00Z")
        entry = self.k.checkin()["id"]
        self.assertEqual(self.k.get("/v1/today")["open"], [])
        self.k.delete("/v1/diary/" + entry)
        self.assertEqual(len(self.k.get("/v1/today")["open"]), 1)


class WhileRead(keeld.Case):
    def test_another_program_reads_the_book(self):
        """A deletion is called done when it is; nothing else suffers."""
        saved = self.k.checkin(note="a word")["id"]
        path, = [p for p in self.k.files() if p.endswith("book.db")]
        db = sqlite3.connect(path)
        blob, = db.execute("SELECT blob FROM rows WHERE rid=?",
                           (bytes.fromhex(saved),)).fetchone()
        reader = sqlite3.connect(path, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM rows").fetchone()
        db.close()
        for _ in range(2):
            self.refused(503, "busy", "DELETE", "/v1/diary/" + saved)
        self.k.pass_time(seconds=1)
        self.k.checkin()
        self.assertEqual(len(self.k.entries()), 1)
        reader.close()
        self.k.delete("/v1/diary/" + saved)
        for path, data in self.k.files().items():
            self.assertNotIn(blob[100:132], data, path)


if __name__ == "__main__":
    keeld.main()
