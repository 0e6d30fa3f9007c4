#!/usr/bin/python3
"""Schedules and what today shows of them."""
import os
import unittest

import keeld
from keeld import DAILY, PULSE, key


class Schedules(keeld.Case):
    def add(self, idem=None, **more):
        return self.k.post("/v1/schedules", dict(PULSE, **more), idem or key())

    def names(self):
        return [(s["name"], s["from"], s["until"])
                for s in self.k.get("/v1/schedules")["schedules"]]

    def test_add(self):
        status, reply = self.k.ask("POST", "/v1/schedules", PULSE, key())
        self.assertEqual(status, 201)
        self.assertEqual(reply["words"], "Mon, Wed and Fri at 16:30")
        self.assertEqual(reply["from"], "2026-11-24")
        self.assertEqual([n["utc"] for n in reply["next"]],
                         ["2026-11-25T16:30:00Z", "2026-11-27T16:30:00Z",
                          "2026-11-30T16:30:00Z"])
        listed, = self.k.get("/v1/schedules")["schedules"]
        self.assertEqual(listed["id"], reply["id"])
        self.assertEqual((listed["rule"], listed["zone"], listed["start"]),
                         (PULSE["rule"], None, PULSE["start"]))
        suggested = {s["name"]: s["added"]
                     for s in self.k.get("/v1/schedules")["suggested"]}
        self.assertEqual(suggested, {"pulse": True, "work-check": False,
                                     "wave": False})

    def test_how_many_next(self):
        self.add()
        for count in (1, 5, 100):
            listed, = self.k.get(f"/v1/schedules?next={count}")["schedules"]
            self.assertEqual(len(listed["next"]), count)
        for bad in ("0", "101", "", "-1", "3x", "99999999999999999999"):
            self.invalid("GET", "/v1/schedules?next=" + bad)

    def test_suggestions_can_be_added(self):
        for one in self.k.get("/v1/schedules")["suggested"]:
            self.k.post("/v1/schedules", {m: one[m] for m in (
                "name", "instrument", "rule", "start")}, key())
        self.assertTrue(all(s["added"] and s["words"] for s in
                            self.k.get("/v1/schedules")["suggested"]))

    def test_zone_and_short_start(self):
        reply = self.add(zone="America/New_York", start="2026-11-02T16:30")
        self.assertEqual(reply["next"][0], {"local": "2026-11-25T16:30:00",
                                            "utc": "2026-11-25T21:30:00Z"})
        listed, = self.k.get("/v1/schedules")["schedules"]
        self.assertEqual((listed["zone"], listed["start"]),
                         ("America/New_York", "2026-11-02T16:30:00"))

    def test_an_edit_is_in_force_tomorrow(self):
        self.add()
        reply = self.add(rule="FREQ=DAILY")
        self.assertEqual(reply["from"], "2026-11-25")
        self.assertEqual(self.names(), [
            ("pulse", "2026-11-24", "2026-11-25"),
            ("pulse", "2026-11-25", None)])

    def test_repeat(self):
        idem = key()
        first = self.add(idem)
        self.k.pass_time(days=1)
        self.k.restart()
        again = self.add(idem)
        self.assertEqual((again["id"], again["from"]),
                         (first["id"], first["from"]))
        self.assertEqual(len(self.k.records("schedule")), 1)
        self.refused(409, "conflict", "POST", "/v1/schedules",
                     dict(PULSE, rule="FREQ=DAILY"), idem)

    def test_refusals(self):
        bad = {
            "no name": {m: v for m, v in PULSE.items() if m != "name"},
            "empty name": dict(PULSE, name=""),
            "name with escapes": dict(PULSE, name="a\u001b"),
            "rule too fine": dict(PULSE, rule="FREQ=HOURLY"),
            "rule that never fires": dict(
                PULSE, rule="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
            "rule that is over": dict(
                PULSE, rule="FREQ=DAILY;UNTIL=20261101T000000Z"),
            "no rule": dict(PULSE, rule="daily"),
            "start": dict(PULSE, start="16:30"),
            "start that is none": dict(PULSE, start="2026-02-30T16:30"),
            "zone": dict(PULSE, zone="Mars/Base"),
            "zone path": dict(PULSE, zone="../../etc/passwd"),
            "member": dict(PULSE, colour=1),
            "type": dict(PULSE, rule=5),
            "instrument off": dict(PULSE, instrument="who-5"),
        }
        for what, body in bad.items():
            with self.subTest(what):
                self.invalid("POST", "/v1/schedules", body)
        self.refused(404, "not-found", "POST", "/v1/schedules",
                     dict(PULSE, instrument="x"), key())
        self.refused(413, "too-large", "POST", "/v1/schedules",
                     dict(PULSE, name="n" * 65), key())
        self.refused(413, "too-large", "POST", "/v1/schedules",
                     dict(PULSE, rule="FREQ=DAILY;" + "X" * 502), key())
        self.add(name="n" * 64)
        self.invalid("GET", "/v1/schedules?x=1")
        self.assertEqual(len(self.k.records("schedule")), 1)

    def test_limit(self):
        for i in range(50):
            self.add(name=f"n{i}")
        self.refused(413, "too-large", "POST", "/v1/schedules",
                     dict(PULSE, name="more"), key())
        self.add(name="n7", rule="FREQ=DAILY")  # an edit is none more

    def test_end(self):
        made = self.add()
        self.assertEqual(self.k.delete("/v1/schedules/pulse"),
                         {"ends": "2026-11-25"})
        self.assertEqual(self.k.delete("/v1/schedules/" + made["id"][:8]),
                         {"ends": "2026-11-25"})
        self.assertEqual(self.names(),
                         [("pulse", "2026-11-24", "2026-11-25")])
        self.assertIsNone(self.k.get("/v1/today")["next"])
        self.assertEqual(len(self.k.records("schedule-end")), 1)
        self.k.pass_time(days=1)
        self.assertEqual(self.names(), [])
        self.refused(404, "not-found", "DELETE", "/v1/schedules/pulse")
        self.add()  # a name that ended may begin again
        self.assertEqual(self.names()[0][1], "2026-11-25")

    def test_end_of_an_edit(self):
        self.add()
        self.add(rule="FREQ=DAILY")
        self.assertEqual(self.k.delete("/v1/schedules/pulse"),
                         {"ends": "2026-11-25"})
        self.assertIsNone(self.k.get("/v1/today")["next"])


class Today(keeld.Case):
    schedules = (DAILY,)

    def today(self):
        return self.k.get("/v1/today")

    def test_empty(self):
        today = self.today()
        self.assertEqual((today["day"], today["local"], today["state"]),
                         ("2026-11-24", "2026-11-24T17:00:00", "open"))
        self.assertEqual((today["open"], today["asks"], today["pending"]),
                         ([], [], 0))
        self.assertEqual(today["plan"], {"exists": True,
                                         "review": "2026-12-01",
                                         "review_days": 7})
        self.assertEqual((today["next"]["instrument"], today["next"]["local"]),
                         ("pulse", "2026-11-25T16:30:00"))
        self.assertTrue(today["sentence"])
        self.invalid("GET", "/v1/today?x=1")

    def test_open_slot(self):
        self.k.set_now("2026-11-25T16:29:59Z")
        self.assertEqual(self.today()["open"], [])
        self.k.set_now("2026-11-25T16:30:00Z")
        slot, = self.today()["open"]
        self.assertEqual((slot["instrument"], slot["title"], slot["due"],
                          slot["ends"]),
                         ("pulse", "How work is going", "2026-11-25T16:30:00",
                          "2026-11-26T04:30:00"))
        self.k.set_now("2026-11-26T04:30:00Z")
        self.assertEqual(self.today()["open"], [])

    def test_sentence(self):
        self.assertNotIn("between", self.today()["sentence"])
        for mood in (5, 6, 7, 8, 5, 6, 7, 8, 6):
            self.k.checkin(answers={"mood": mood})
            self.k.pass_time(days=1)
        sentence = self.today()["sentence"]
        self.assertIn("9 days", sentence)
        self.assertIn("between 5 and 8", sentence)
        self.k.pass_time(days=40)
        self.assertNotIn("between", self.today()["sentence"])

    def test_zone_of_the_day(self):
        other = keeld.Keeld(zone="Pacific/Kiritimati",
                            now="2026-11-24T17:00:00Z")
        self.addCleanup(other.close)
        other.start()
        other.make_book()
        today = other.get("/v1/today")
        self.assertEqual((today["day"], today["local"]),
                         ("2026-11-25", "2026-11-25T07:00:00"))

    def test_posix_and_unknown_zones(self):
        for zone, local in (("XYZ-5:30", "2026-11-24T22:30:00"),
                            (":Europe/Berlin", "2026-11-24T18:00:00"),
                            ("Nowhere/Here", "2026-11-24T17:00:00"),
                            ("EST5EDT,M3.2.0,M11.1.0", "2026-11-24T12:00:00")):
            with self.subTest(zone):
                other = keeld.Keeld(zone=zone, now="2026-11-24T17:00:00Z")
                self.addCleanup(other.close)
                other.start()
                self.assertEqual(other.get("/v1/today")["local"], local)

    def test_the_zone_file_changes(self):
        zone = os.path.join(self.k.top, "localtime")
        os.symlink("/usr/share/zoneinfo/UTC", zone)
        other = keeld.Keeld(zone=zone, now="2026-11-24T17:00:00Z")
        self.addCleanup(other.close)
        other.start()
        other.make_book(schedules=[DAILY])
        self.assertEqual(other.get("/v1/today")["next"]["local"],
                         "2026-11-25T16:30:00")
        os.symlink("/usr/share/zoneinfo/Asia/Tokyo", zone + ".new")
        os.rename(zone + ".new", zone)
        today = other.get("/v1/today")
        self.assertEqual(today["local"], "2026-11-25T02:00:00")
        self.assertEqual(today["next"]["local"], "2026-11-25T16:30:00")


if __name__ == "__main__":
    keeld.main()
