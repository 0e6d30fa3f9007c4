#!/usr/bin/python3
"""The sealed copy by the API, its drawn minute, two desks; the configuration,
instruments of her own, the site's list of whom to call."""
import fcntl
import json
import os
import shutil
import unittest

import keeld
from keeld import DAILY, PASS_KEK, PHRASE_KEK, key, keyspec


class Copies(keeld.Case):
    def setUp(self):
        super().setUp()
        self.place = os.path.join(self.k.top, "copies")
        os.mkdir(self.place)

    def test_place(self):
        self.assertEqual(self.k.get("/v1/copy")["state"], "none")
        copy = self.k.put("/v1/copy", {"place": self.place})
        self.assertEqual((copy["place"], copy["state"]), (self.place, "ok"))
        self.assertEqual(copy["written"], "2026-11-24T17:00:00Z")
        self.assertEqual(os.path.getsize(copy["file"]) > 65536, True)
        self.k.restart()
        self.assertEqual(self.k.get("/v1/copy")["place"], self.place)
        self.assertEqual(self.k.get("/v1/status")["copy"]["state"], "ok")
        self.k.put("/v1/copy", {"place": None})
        self.k.restart()
        self.assertEqual(self.k.get("/v1/copy")["state"], "none")
        self.assertTrue(os.path.exists(copy["file"]))

    def test_refusals(self):
        self.refused(404, "not-found", "POST", "/v1/copy", {})
        for place in ("copies", "./x", "/x\ny"):
            with self.subTest(place):
                status, reply = self.k.ask("PUT", "/v1/copy",
                                           {"place": place})
                self.assertIn(status, (400, 404), reply)
        self.refused(404, "not-found", "PUT", "/v1/copy",
                     {"place": self.place + "/nowhere"})
        self.invalid("PUT", "/v1/copy", {"place": 5})
        self.invalid("PUT", "/v1/copy", {"place": self.place, "x": 1})
        self.invalid("POST", "/v1/copy", {"x": 1})
        self.invalid("GET", "/v1/copy?x=1")
        self.assertEqual(self.k.get("/v1/copy")["state"], "none")

    def test_look_and_restore(self):
        self.k.checkin(note="a word")
        self.k.put("/v1/copy", {"place": self.place})
        book, = self.k.post("/v1/restore/look",
                            {"place": self.place})["books"]
        self.assertEqual((book["phrase_kdf"], book["passphrase_kdf"],
                          book["keyring"]), (keeld.KDF, None, False))
        other = self.another()
        other.start()
        body = {"file": book["file"], "with": "phrase", "kek": PHRASE_KEK,
                "key": keyspec("passphrase")}
        for wrong, status in ((dict(body, kek=PASS_KEK), 403),
                              (dict(body, file=self.place + "/x"), 404),
                              (dict(body, file="x"), 400),
                              (dict(body, x=1), 400),
                              (dict(body, key={}), 400),
                              (dict(body, **{"with": "paper"}), 400)):
            with self.subTest(wrong=wrong):
                got, reply = other.ask("POST", "/v1/restore", wrong)
                self.assertIn(got, (status, 404 if status == 400 else status),
                              reply)
        self.assertEqual(other.get("/v1/status")["state"], "none")
        reply = other.post("/v1/restore", body)
        self.assertEqual((reply["added"], reply["joined"]),
                         (len(self.k.records()), False))
        self.assertEqual(other.export(), self.k.export())
        self.assertEqual(other.get("/v1/status")["key"]["mode"], "passphrase")
        for wrong in ({}, {"place": 1}, {"place": "x"},
                      {"place": self.place, "x": 1}):
            self.invalid("POST", "/v1/restore/look", wrong)
        self.refused(404, "not-found", "POST", "/v1/restore/look",
                     {"place": self.place + "/nowhere"})

    def test_two_desks(self):
        self.k.put("/v1/copy", {"place": self.place})
        book, = self.k.post("/v1/restore/look",
                            {"place": self.place})["books"]
        other = self.another()
        other.start()
        other.post("/v1/restore", {
            "file": book["file"], "with": "phrase", "kek": PHRASE_KEK,
            "key": keyspec()})
        other.put("/v1/copy", {"place": self.place})
        self.k.checkin(note="here")
        other.pass_time(minutes=1)
        other.checkin(note="there")
        for desk in (self.k, other, self.k):
            desk.post("/v1/copy")
        self.assertEqual(len(self.k.entries()), 2)
        self.assertEqual(self.k.export(), other.export())

    def test_a_new_desk_takes_in_at_its_start(self):
        self.test_two_desks()
        self.k.checkin(answers={"mood": 1})
        self.k.stop()
        # nothing was asked of it: a start alone joins
        self.k.start()
        self.assertEqual(len(self.k.entries()), 3)

    def test_written_at_the_stop_and_the_drawn_minute(self):
        self.k.put("/v1/copy", {"place": self.place})
        name = self.k.get("/v1/copy")["file"]

        def stamp():
            with open(name, "rb") as f:
                return f.read(64)

        first = stamp()
        self.k.pass_time(minutes=5)
        self.k.restart()
        second = stamp()
        self.assertNotEqual(second, first)
        self.k.set_now("2026-11-25T05:00:00Z")
        self.assertEqual(self.k.get("/v1/status")["state"], "open")
        self.k.set_now("2026-11-25T19:00:00Z")  # past every drawn minute
        self.k.turn()
        self.assertNotEqual(stamp(), second)
        self.assertEqual(self.k.get("/v1/copy")["written"],
                         "2026-11-25T19:00:00Z")

    def test_not_beside_another_desk(self):
        """What another desk is writing would be written over unread."""
        name = self.k.put("/v1/copy", {"place": self.place})["file"]
        self.k.checkin()
        with open(name, "rb") as f:
            before = f.read()
        with open(name[:-len(".copy")] + ".lock", "r+b") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.refused(503, "busy", "POST", "/v1/copy", {},
                         says="another desk")
            self.assertEqual(self.k.get("/v1/copy")["state"], "failed")
            with open(name, "rb") as f:
                self.assertEqual(f.read(), before)
        self.assertEqual(self.k.post("/v1/copy")["state"], "ok")
        with open(name, "rb") as f:
            self.assertNotEqual(f.read(), before)

    def test_late_and_failed(self):
        self.k.put("/v1/copy", {"place": self.place})
        self.k.stop()
        os.rename(self.place, self.place + ".away")
        self.k.pass_time(days=9)
        self.k.start()
        copy = self.k.get("/v1/copy")
        self.assertNotEqual(copy["state"], "ok")
        status, reply = self.k.ask("POST", "/v1/copy", {})
        self.assertGreaterEqual(status, 400)
        self.assertEqual(self.k.get("/v1/copy")["state"], "failed")
        self.k.checkin()  # and nothing else suffers
        os.rename(self.place + ".away", self.place)
        self.assertEqual(self.k.post("/v1/copy")["state"], "ok")


class Site(keeld.Case):
    @property
    def ini(self):
        return [os.path.join(self.k.home, d, "evenkeel.ini")
                for d in ("config", ".")
                if os.path.isdir(os.path.join(self.k.home, d))][0]

    def configure(self, text):
        self.k.stop()
        self.k.put_place = None
        with open(self.ini, "w") as f:
            f.write(text)
        self.k.start()

    def setUp(self):
        super().setUp()
        self.help = os.path.join(self.k.top, "help.txt")
        place = os.path.join(self.k.top, "copies")
        os.mkdir(place)
        self.k.put("/v1/copy", {"place": place})  # makes the folder
        self.place = place

    def test_help_lines(self):
        self.configure(f"[site]\nhelp = {self.help}\n")
        self.assertFalse(self.k.get("/v1/status")["help"]["site"])
        with open(self.help, "w") as f:
            f.write("# for the ward\n\nOccupational health: 4-1234\n"
                    "  Night line: 555\n")
        status = self.k.get("/v1/status")
        self.assertEqual(status["help"], {"site": True, "lines": [
            "Occupational health: 4-1234", "Night line: 555"]})
        self.assertIn("4-1234", status["nobody"])
        self.assertIn("Night line", self.k.checkin()["nobody"])
        for bad in ("", "#\n", "x" * 4097, "a\n" * 13, "a\u001b[31m\n"):
            with self.subTest(bad=bad[:5]):
                with open(self.help, "w") as f:
                    f.write(bad)
                status = self.k.get("/v1/status")
                self.assertEqual(status["help"], {"site": False, "lines": []})
                self.assertIn("emergency number", status["nobody"])
        for good in ("x" * 4096, "a\n" * 12):
            with open(self.help, "w") as f:
                f.write(good)
            self.assertTrue(self.k.get("/v1/status")["help"]["site"])

    def test_an_instrument_that_is_off(self):
        self.configure("[instruments]\non = who-5, nothing\n")
        form = self.k.get("/v1/form?instrument=who-5")["instrument"]
        self.assertEqual(len(form["items"]), 5)
        self.assertEqual(form["items"][0]["type"], "choice")
        answers = {f"who5-{i}": v for i, v in enumerate((3, 4, 2, 3, 1), 1)}
        scores = self.k.checkin(instrument="who-5", answers=answers)["scores"]
        self.assertEqual((scores[0]["raw"], scores[0]["value"],
                          scores[0]["band"]), (13, 52, "adequate"))

    def test_instruments_of_her_own(self):
        source = os.path.join(keeld.ROOT, "share/instruments/pulse.json")
        with open(source) as f:
            mine = json.load(f)
        mine["id"] = "mine"
        data = os.path.dirname([f for f in self.k.files()
                                if f.endswith("book.db")][0])
        folder = os.path.join(data, "instruments")
        os.mkdir(folder)
        with open(os.path.join(folder, "mine.json"), "w") as f:
            json.dump(mine, f)
        with open(os.path.join(folder, "broken.json"), "w") as f:
            f.write("{")
        shutil.copy(source, os.path.join(folder, "again.json"))
        self.k.restart()
        names = [i["name"] for i in
                 self.k.get("/v1/instruments")["instruments"]]
        self.assertEqual(names, ["mine", "ons4", "pulse", "wave", "who-5",
                                 "work-check"])
        self.k.checkin(instrument="mine")

    def test_a_bad_configuration_is_left_out_whole(self):
        for bad in ("[copy]\nplace = x\n", "[copy]\nplaces = /tmp\n",
                    "[colours]\na = b\n", "place\n",
                    "[copy]\nplace = /tmp\nplace = /var\n"):
            with self.subTest(bad):
                self.configure(bad)
                self.assertEqual(self.k.get("/v1/copy")["state"], "none")
                self.assertEqual(self.k.get("/v1/status")["state"], "open")

    def test_other_lines_stay(self):
        self.configure(f"; mine\n[site]\nhelp = {self.help}\n\n[copy]\n"
                       f"# where\nplace = {self.place}\n"
                       "[instruments]\non = who-5\n")
        other = os.path.join(self.k.top, "more")
        os.mkdir(other)
        self.k.put("/v1/copy", {"place": other})
        with open(self.ini) as f:
            text = f.read()
        self.assertEqual(text, f"; mine\n[site]\nhelp = {self.help}\n\n"
                         f"[copy]\nplace = {other}\n# where\n"
                         "[instruments]\non = who-5\n")
        self.k.put("/v1/copy", {"place": None})
        with open(self.ini) as f:
            self.assertNotIn("place", f.read())


if __name__ == "__main__":
    keeld.main()
