#!/usr/bin/python3
"""Asks, imported days, the archive out and in, erasing."""
import json
import os
import unittest

import keeld
from keeld import DAILY, PLAN, key, keyspec


class Asks(keeld.Case):
    def test_asks(self):
        idem = key()
        body = {"text": "a desk by the window", "owner": "Tan"}
        status, made = self.k.ask("POST", "/v1/asks", body, idem)
        self.assertEqual(status, 201)
        self.k.pass_time(days=3)
        self.assertEqual(self.k.post("/v1/asks", body, idem), made)
        self.k.post("/v1/asks", {"text": "mine"}, key())
        first, second = self.k.get("/v1/asks")["asks"]
        self.assertEqual((first["id"], first["days_open"], first["owner"],
                          first["day"], first["done"]),
                         (made["id"], 3, "Tan", "2026-11-24", None))
        self.assertIsNone(second["owner"])
        self.assertEqual([a["text"] for a in self.k.get("/v1/today")["asks"]],
                         ["a desk by the window", "mine"])
        for _ in range(2):
            self.assertEqual(self.k.post(
                f"/v1/asks/{made['id'][:4]}/done", {}, key()), {"done": True})
        self.assertEqual(len(self.k.get("/v1/asks")["asks"]), 1)
        done = self.k.get("/v1/asks?all=1")["asks"][0]
        self.assertEqual((done["done"], done["days_open"]), ("2026-11-27", 3))
        self.assertEqual(len(self.k.records("ask-done")), 1)

    def test_refusals(self):
        for body in ({}, {"text": ""}, {"text": " "}, {"text": 1},
                     {"text": "\u001b"}, {"text": "x", "owner": "a\nb"},
                     {"text": "x", "owner": ""}, {"text": "x", "y": 1}):
            with self.subTest(body=body):
                self.invalid("POST", "/v1/asks", body)
        self.k.post("/v1/asks", {"text": "n" * 500, "owner": "o" * 64}, key())
        self.refused(413, "too-large", "POST", "/v1/asks",
                     {"text": "n" * 501}, key())
        self.refused(413, "too-large", "POST", "/v1/asks",
                     {"text": "n", "owner": "o" * 65}, key())
        self.refused(404, "not-found", "POST", f"/v1/asks/{key()}/done", {})
        self.invalid("POST", "/v1/asks/abc/done", {})
        self.invalid("GET", "/v1/asks?all=yes")
        self.invalid("GET", "/v1/asks?x=1")


class History(keeld.Case):
    ROWS = [{"local": f"2026-11-{d:02}", "values": {"mood": d % 10, "run": d}}
            for d in range(1, 21)]

    def post(self, rows):
        return self.k.post("/v1/history", {"rows": rows}, key())

    def test_twice_is_once(self):
        self.assertEqual(self.post(self.ROWS), {"added": 20, "known": 0})
        before = self.k.export()
        self.assertEqual(self.post(self.ROWS), {"added": 0, "known": 20})
        self.assertEqual(self.post(list(reversed(self.ROWS))),
                         {"added": 0, "known": 20})
        self.assertEqual(self.k.export(), before)
        self.assertIn("days", self.k.get("/v1/today")["sentence"])

    def test_only_what_is_new(self):
        self.post(self.ROWS[:5])
        rows = [dict(r, values=dict(r["values"], tea=1)) for r in self.ROWS]
        self.assertEqual(self.post(rows), {"added": 20, "known": 0})
        new = self.k.records("history")[5]
        self.assertEqual(new["values"], {"tea": 1})
        self.assertEqual(self.post(rows + rows), {"added": 0, "known": 40})

    def test_decimals_and_times(self):
        rows = [{"local": "2026-11-01T08:00:00", "values": {"mood": 4.25}},
                {"local": "2026-11-01", "values": {"mood": 4.25}}]
        self.assertEqual(self.post(rows)["added"], 2)
        self.assertEqual(self.post(rows)["added"], 0)

    def test_refusals_add_nothing(self):
        good = self.ROWS[0]
        for bad in ({"local": "2026-11-31", "values": {"mood": 1}},
                    {"local": "yesterday", "values": {"mood": 1}},
                    {"local": "2026-11-02", "values": {}},
                    {"local": "2026-11-02", "values": {"mood": 11}},
                    {"local": "2026-11-02", "values": {"mood": "4"}},
                    {"local": "2026-11-02", "values": {"a mood": 1}},
                    {"local": "2026-11-02"}, {"values": {"mood": 1}}, 5,
                    {"local": "2026-11-02", "values": {"mood": 1}, "x": 1}):
            with self.subTest(bad=bad):
                self.invalid("POST", "/v1/history", {"rows": [good, bad]})
        self.invalid("POST", "/v1/history", {"rows": {}})
        self.invalid("POST", "/v1/history", {"rows": [], "x": 1})
        self.invalid("POST", "/v1/history", {})
        self.assertEqual(self.k.records("history"), [])
        self.assertEqual(self.post([]), {"added": 0, "known": 0})


def full_book(k):
    """A book with a record of nearly every kind."""
    k.checkin(signs={"s1": 2}, used={"h1": 3, "h2": None}, note="rarewords")
    entry = k.checkin(answers={"mood": 1})["id"]
    k.post(f"/v1/diary/{entry}/fix", {"note": "späte Wörter 日本"}, key())
    k.post("/v1/hard", {}, key())
    ask = k.post("/v1/asks", {"text": "x"}, key())["id"]
    k.post(f"/v1/asks/{ask}/done", {}, key())
    k.post("/v1/schedules", DAILY, key())
    k.delete("/v1/schedules/pulse")
    k.post("/v1/plan/agree", {"with": "Tan"}, key())
    k.put("/v1/plan", {"text": PLAN + "\n## My role\n- mine\n",
                       "base": k.get("/v1/plan")["version"]}, key())
    k.post("/v1/history", {"rows": History.ROWS})
    k.delete("/v1/diary/" + k.checkin()["id"])
    k.pass_time(days=1)
    k.post("/v1/slots/skip", {"slot": None}, key()) \
        if k.get("/v1/today")["open"] else None


class Archive(keeld.Case):
    def imported(self, other, data, status=200):
        body = {"records": [json.loads(l) for l in data.splitlines()],
                "key": keyspec()}
        got, reply = other.ask("POST", "/v1/import", body, key())
        self.assertEqual(got, status, reply)
        return reply

    def test_export_erase_import_export(self):
        full_book(self.k)
        before, diary = self.k.export(), self.k.entries()
        times = [(r["time"], r["id"]) for r in self.k.records()]
        self.assertEqual(times, sorted(times))
        self.k.post("/v1/erase", {"confirm": "erase"})
        self.assertEqual(self.k.get("/v1/status")["state"], "none")
        reply = self.imported(self.k, before)
        self.assertEqual((reply["added"], reply["known"], reply["made"]),
                         (len(times), 0, True))
        self.assertEqual(self.k.export(), before)
        self.assertEqual(self.k.entries(), diary)
        self.assertEqual(self.imported(self.k, before)["known"], len(times))
        self.k.restart()
        self.assertEqual(self.k.export(), before)

    def test_order_does_not_matter(self):
        full_book(self.k)
        data = self.k.export()
        other = self.another()
        other.start()
        lines = data.splitlines()
        self.imported(other, b"\n".join(reversed(lines)))
        self.assertEqual(other.export(), data)

    def test_without_notes(self):
        full_book(self.k)
        kinds = {json.loads(l)["kind"]
                 for l in self.k.export("?notes=0").splitlines()}
        self.assertNotIn("note", kinds)
        self.assertNotIn("hard-day", kinds)
        self.assertIn("check-in", kinds)
        self.assertNotIn(b"rarewords", self.k.export("?notes=0"))
        self.assertEqual(self.k.export("?notes=1"), self.k.export())
        for query in ("?notes=2", "?notes=", "?x=1"):
            self.invalid("GET", "/v1/export" + query)

    def test_no_keys_inside(self):
        self.assertNotIn(keeld.PHRASE_KEK.encode(), self.k.export())

    def test_all_or_nothing(self):
        full_book(self.k)
        good = [json.loads(l) for l in self.k.export().splitlines()]
        plan = [r for r in good if r["kind"] == "plan"][0]
        fresh = {"id": "ab" * 16, "kind": "ask", "text": "x",
                 "day": "2026-11-24", "time": "2026-11-24T17:00:00.000Z"}
        bad = {
            "no object": 5,
            "no kind": {"id": "aa" * 16},
            "kind": dict(fresh, kind="banana"),
            "field": dict(fresh, colour="x"),
            "type": dict(fresh, text=5),
            "id": dict(fresh, id="aa"),
            "time": dict(fresh, time="yesterday"),
            "time in ms": dict(fresh, time=9223372036854775807),
            "erased": {"id": "ab" * 16, "kind": "erased",
                       "time": "2026-11-24T17:00:00.000Z"},
            "plan text": dict(plan, id="ab" * 16, text="no headings"),
            "plan ids": dict(plan, id="ab" * 16, ids="s1"),
        }
        other = self.another()
        other.start()
        for what, record in bad.items():
            with self.subTest(what):
                status, reply = other.ask("POST", "/v1/import", {
                    "records": good + [record], "key": keyspec()}, key())
                self.assertEqual((status, reply["error"]["code"]),
                                 (400, "invalid"), reply)
                self.assertIn(f"record {len(good) + 1}",
                              reply["error"]["message"])
                self.assertEqual(other.get("/v1/status")["state"], "none")
                status, _ = self.k.ask("POST", "/v1/import", {
                    "records": [fresh, record]}, key())
                self.assertEqual(status, 400)
        self.assertEqual(len(self.k.records()), len(good))

    def test_the_last_instant(self):
        """Whatever time a record claims, others can be added after it."""
        self.assertEqual(self.k.post("/v1/import", {"records": [
            {"id": "ab" * 16, "kind": "ask", "text": "x", "day": "2026-11-24",
             "time": "9999-12-31T23:59:59.999Z"}]}, key())["added"], 1)
        self.k.checkin(note="one more")
        self.k.checkin(note="and another")
        self.k.stop()
        self.k.start()
        self.assertEqual(len(self.k.get("/v1/diary")["entries"]), 2)

    def test_refusals(self):
        for body in ({}, {"records": {}}, {"records": [], "x": 1}):
            with self.subTest(body=body):
                self.invalid("POST", "/v1/import", body)
        other = self.another()
        other.start()
        status, reply = other.ask("POST", "/v1/import", {"records": []})
        self.assertEqual((status, reply["error"]["code"]), (409, "no-book"))
        status, reply = other.ask("POST", "/v1/import", {
            "records": [], "key": {"mode": "file"}})
        self.assertEqual(status, 400)
        self.assertEqual(other.get("/v1/status")["state"], "none")


class Erase(keeld.Case):
    def test_erase(self):
        place = os.path.join(self.k.top, "copies")
        os.mkdir(place)
        self.k.put("/v1/copy", {"place": place})
        self.k.checkin(note="rarewords")
        self.k.post("/v1/copy")
        name = self.k.get("/v1/copy")["file"]
        with open(name, "rb") as f:
            copied = f.read()
        old = [d for f, d in self.k.files().items()
               if "book.db" in f or "book.key" in f]
        reply = self.k.post("/v1/erase", {"confirm": "erase"})
        self.assertTrue(reply["erased"])
        self.assertIn(name, " ".join(reply["left"]))
        self.assertEqual(self.k.get("/v1/status")["state"], "none")
        every = list(self.k.files().values())
        with open(name, "rb") as f:
            every.append(f.read())
        for data in every:
            for was in old + [copied[400:]]:
                for at in range(0, len(was) - 15, 61):
                    part = was[at:at + 16]
                    if len(set(part)) > 10:
                        self.assertNotIn(part, data)
        self.refused(409, "no-book", "POST", "/v1/erase",
                     {"confirm": "erase"})
        self.k.make_book()

    def test_other_desks_obey(self):
        place = os.path.join(self.k.top, "copies")
        os.mkdir(place)
        self.k.put("/v1/copy", {"place": place})
        book, = self.k.post("/v1/restore/look", {"place": place})["books"]
        other = self.another()
        other.start()
        other.post("/v1/restore", {
            "file": book["file"], "with": "phrase",
            "kek": keeld.PHRASE_KEK, "key": keyspec()})
        other.put("/v1/copy", {"place": place})
        self.assertEqual(other.export(), self.k.export())
        other.stop()
        self.k.post("/v1/erase", {"confirm": "erase"})
        other.start()
        self.assertEqual(other.get("/v1/status")["state"], "none")
        self.assertFalse(any("book.db" in f for f in other.files()))

    def test_confirm(self):
        for body in ({}, {"confirm": True}, {"confirm": "yes"},
                     {"confirm": "erase", "x": 1}):
            with self.subTest(body=body):
                self.invalid("POST", "/v1/erase", body)
        self.assertEqual(self.k.get("/v1/status")["state"], "open")

    def test_a_locked_book_can_be_erased(self):
        other = self.another()
        other.start()
        other.make_book("passphrase")
        other.post("/v1/lock")
        other.post("/v1/erase", {"confirm": "erase"})
        self.assertEqual(other.get("/v1/status")["state"], "none")


if __name__ == "__main__":
    keeld.main()
