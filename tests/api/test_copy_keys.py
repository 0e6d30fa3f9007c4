#!/usr/bin/python3
"""The sealed copy and a changed key: what other desks left in it is joined
before it is rewritten, and an old copy never brings its old key back."""
import os
import shutil
import unittest

import keeld
from keeld import PASS_KEK, PHRASE_KEK, key, keyspec

NEW_KEK = "c3" * 32
OTHER_KEK = "d4" * 32


class Keys(keeld.Case):
    def setUp(self):
        super().setUp()
        self.place = self.folder("copies")
        self.stick = self.folder("stick")
        self.k.put("/v1/copy", {"place": self.place})

    def folder(self, name):
        path = os.path.join(self.k.top, name)
        os.mkdir(path)
        return path

    def away(self):
        os.rename(self.place, self.place + ".away")

    def back(self):
        os.rename(self.place + ".away", self.place)

    def save(self):
        """The copy as it is now, on a stick."""
        self.k.post("/v1/copy")
        name = self.k.get("/v1/copy")["file"]
        shutil.copy(name, self.stick)
        return os.path.join(self.stick, os.path.basename(name))

    def bytes_of_copy(self):
        name, = [n for n in os.listdir(self.place) if n.endswith(".copy")]
        with open(os.path.join(self.place, name), "rb") as f:
            return f.read()

    def look(self, desk, place):
        book, = desk.post("/v1/restore/look", {"place": place})["books"]
        return book["file"]

    def restore(self, desk, place, kek, spec=None):
        return desk.post("/v1/restore", {
            "file": self.look(desk, place), "with": "phrase", "kek": kek,
            "key": spec or keyspec(phrase=kek)})

    def opens(self, place, kek):
        """Moods in the copy at place, or None when kek does not open it."""
        desk = self.another()
        desk.start()
        status, reply = desk.ask("POST", "/v1/restore", {
            "file": self.look(desk, place), "with": "phrase", "kek": kek,
            "key": keyspec(phrase=kek)})
        found = self.moods(desk) if status == 200 else None
        if status != 200:
            self.assertEqual(reply["error"]["code"], "wrong-key")
        desk.close()
        return found

    def moods(self, desk):
        return sorted(r["answers"]["mood"] for r in desk.records("check-in"))

    def mood(self, desk, mood):
        desk.pass_time(seconds=1)
        desk.checkin(answers={"mood": mood})

    def other(self):
        """Another desk with the same book and the same place."""
        desk = self.another()
        desk.start()
        self.restore(desk, self.place, PHRASE_KEK)
        desk.put("/v1/copy", {"place": self.place})
        return desk

    def new_key(self, desk, kek, status=200):
        got, reply = desk.ask("PUT", "/v1/key",
                              {"key": keyspec(phrase=kek)})
        self.assertEqual(got, status, reply)
        return reply

    # --- a new key here ---

    def test_what_another_desk_added_is_joined_first(self):
        other = self.other()
        self.mood(other, 7)
        other.post("/v1/copy")
        self.new_key(self.k, NEW_KEK)
        self.assertEqual(self.moods(self.k), [7])
        self.assertEqual(self.opens(self.place, NEW_KEK), [7])
        self.assertIsNone(self.opens(self.place, PHRASE_KEK))

    def test_also_when_the_copy_was_away(self):
        other = self.other()
        self.mood(other, 7)
        other.post("/v1/copy")
        other.stop()
        self.away()
        reply = self.new_key(self.k, NEW_KEK)
        self.assertEqual(reply["copy"]["state"], "failed")
        self.mood(self.k, 2)
        self.new_key(self.k, OTHER_KEK)  # and once more
        self.back()
        self.assertEqual(self.k.post("/v1/copy")["state"], "ok")
        self.assertEqual(self.moods(self.k), [2, 7])
        self.assertEqual(self.opens(self.place, OTHER_KEK), [2, 7])
        for old in (PHRASE_KEK, NEW_KEK):
            self.assertIsNone(self.opens(self.place, old))

    def test_also_after_a_restart(self):
        other = self.other()
        self.mood(other, 7)
        other.stop()
        self.away()
        self.new_key(self.k, NEW_KEK)
        self.k.kill()
        self.back()
        self.k.start()
        self.assertEqual(self.moods(self.k), [7])
        self.assertEqual(self.k.post("/v1/copy")["state"], "ok")
        self.assertEqual(self.opens(self.place, NEW_KEK), [7])

    def test_the_old_key_is_kept_no_longer_than_that(self):
        """Once the copy is rewritten nothing here opens the old one."""
        old = self.save()
        self.away()
        self.new_key(self.k, NEW_KEK)
        self.back()
        self.k.post("/v1/copy")
        name = self.k.get("/v1/copy")["file"]
        shutil.copy(old, name)
        status, _ = self.k.ask("POST", "/v1/copy", {})
        self.assertEqual(status, 403)
        self.assertEqual(self.k.get("/v1/copy")["state"], "foreign")

    def test_a_damaged_copy_is_set_aside(self):
        name = self.k.get("/v1/copy")["file"]
        with open(name, "r+b") as f:
            f.seek(5000)
            f.write(b"damage")
        damaged = self.bytes_of_copy()
        self.new_key(self.k, NEW_KEK)
        with open(name + ".damaged1", "rb") as f:
            self.assertEqual(f.read(), damaged)
        self.assertEqual(self.opens(self.place, NEW_KEK), [])

    def test_two_desks_change_it(self):
        """The second is told to join first: its key would end the first's."""
        other = self.other()
        self.mood(other, 7)
        self.new_key(other, OTHER_KEK)
        before = self.bytes_of_copy()
        reply = self.new_key(self.k, NEW_KEK, 409)
        self.assertIn("keel restore --from", reply["error"]["message"])
        self.assertEqual(self.bytes_of_copy(), before)
        reply = self.restore(self.k, self.place, OTHER_KEK)
        self.assertEqual((reply["key"], reply["joined"]), ("taken", True))
        self.assertEqual(self.moods(self.k), [7])
        self.new_key(self.k, NEW_KEK)
        self.assertEqual(self.opens(self.place, NEW_KEK), [7])

    def test_both_changed_it_apart(self):
        """The later key is both desks', whichever is joined first."""
        for first, second in ((0, 1), (1, 0)):
            with self.subTest(first=first):
                self.setUp()
                desks, keks = (self.k, self.other()), (NEW_KEK, OTHER_KEK)
                for desk, mood in zip(desks, (1, 2)):
                    self.mood(desk, mood)
                self.away()
                self.new_key(desks[first], keks[first])
                for _ in range(9):
                    desks[second].pass_time(minutes=1)
                self.new_key(desks[second], keks[second])
                self.back()
                desks[first].post("/v1/copy")
                status, _ = desks[second].ask("POST", "/v1/copy", {})
                self.assertEqual(status, 403)
                reply = self.restore(desks[second], self.place, keks[first])
                self.assertEqual(reply["key"], "kept")
                reply = self.restore(desks[first], self.place, keks[second])
                self.assertEqual((reply["key"], reply["copy"]["state"]),
                                 ("taken", "ok"))
                desks[second].post("/v1/copy")
                self.assertEqual(desks[0].export(), desks[1].export())
                self.assertEqual(self.moods(self.k), [1, 2])
                self.assertEqual(self.opens(self.place, keks[second]), [1, 2])

    def test_erased_by_the_old_key(self):
        """Whoever knows the old phrase must not end the book any more."""
        other = self.other()
        self.mood(self.k, 1)
        self.away()
        self.new_key(self.k, NEW_KEK)
        self.back()
        other.post("/v1/erase", {"confirm": "erase"})
        before = self.bytes_of_copy()
        self.k.restart()
        self.assertEqual(self.moods(self.k), [1])
        message = self.refused(409, "conflict", "POST", "/v1/copy", {})
        self.assertIn("keel erase", message)
        self.assertEqual(self.bytes_of_copy(), before)
        self.assertEqual(self.k.get("/v1/copy")["state"], "failed")

    # --- an old copy ---

    def old_copy(self):
        """[1] under the old phrase on the stick; the book goes on with [1, 2]
        and a new key."""
        self.mood(self.k, 1)
        self.save()
        self.new_key(self.k, NEW_KEK)
        self.mood(self.k, 2)
        self.k.post("/v1/copy")

    def test_joining_an_old_copy_keeps_the_key(self):
        self.old_copy()
        gone = self.k.entries()[0]["id"]
        self.k.delete("/v1/diary/" + gone)
        before = self.k.get("/v1/key")
        reply = self.restore(self.k, self.stick, PHRASE_KEK,
                             keyspec("passphrase"))
        self.assertEqual((reply["key"], reply["joined"], reply["added"]),
                         ("kept", True, 0))
        self.assertEqual(self.k.get("/v1/key"), before)
        self.assertEqual(self.moods(self.k), [2])
        self.k.restart()
        self.assertEqual(self.k.get("/v1/status")["state"], "open")
        self.assertEqual(self.opens(self.place, NEW_KEK), [2])
        self.assertIsNone(self.opens(self.place, PHRASE_KEK))

    def test_it_gives_back_what_the_book_lacks(self):
        """An entry that only the old copy has."""
        other = self.other()
        self.mood(other, 7)
        other.put("/v1/copy", {"place": self.stick})
        self.new_key(self.k, NEW_KEK)
        self.mood(self.k, 2)
        reply = self.restore(self.k, self.stick, PHRASE_KEK)
        self.assertEqual((reply["key"], reply["added"]), ("kept", 1))
        self.assertEqual(self.moods(self.k), [2, 7])
        self.assertEqual(self.opens(self.place, NEW_KEK), [2, 7])
        self.assertEqual(self.opens(self.stick, PHRASE_KEK), [7])

    def test_where_there_is_no_book_it_is_said(self):
        self.old_copy()
        before = self.bytes_of_copy()
        desk = self.another()
        desk.start()
        desk.put("/v1/copy", {"place": self.place})
        reply = self.restore(desk, self.stick, PHRASE_KEK)
        self.assertEqual((reply["key"], reply["joined"]), ("made", False))
        self.assertEqual(reply["written"], "2026-11-24T17:00:01Z")
        self.assertEqual(reply["copy"]["state"], "foreign")
        self.assertIn("keel restore --from", reply["copy"]["words"])
        # the newer copy is not written over, whatever is done
        self.mood(desk, 3)
        self.assertEqual(desk.ask("POST", "/v1/copy", {})[0], 403)
        self.assertEqual(desk.ask("PUT", "/v1/copy",
                                  {"place": self.place})[0], 403)
        desk.restart()
        self.new_key(desk, OTHER_KEK, 409)
        desk.set_now("2026-11-25T19:00:00Z")
        desk.get("/v1/status")
        desk.restart()
        self.assertEqual(self.bytes_of_copy(), before)
        # until she gives the newer phrase: then its key is the book's
        reply = self.restore(desk, self.place, NEW_KEK)
        self.assertEqual((reply["key"], reply["copy"]["state"]),
                         ("taken", "ok"))
        self.assertEqual(self.moods(desk), [1, 2, 3])
        self.assertEqual(self.opens(self.place, NEW_KEK), [1, 2, 3])
        self.assertIsNone(self.opens(self.place, PHRASE_KEK))

    def test_an_old_copy_at_the_place_itself(self):
        """Joined by its phrase, it is rewritten with the key of now."""
        other = self.other()
        self.mood(other, 7)
        other.stop()
        self.k.put("/v1/copy", {"place": None})
        self.new_key(self.k, NEW_KEK)
        status, reply = self.k.ask("PUT", "/v1/copy", {"place": self.place})
        self.assertEqual(status, 403)
        self.assertIn("keel restore --from", reply["error"]["message"])
        self.assertEqual(self.opens(self.place, PHRASE_KEK), [7])
        reply = self.restore(self.k, self.place, PHRASE_KEK)
        self.assertEqual((reply["key"], reply["copy"]["state"]),
                         ("kept", "ok"))
        self.assertEqual(self.moods(self.k), [7])
        self.assertEqual(self.opens(self.place, NEW_KEK), [7])
        self.assertIsNone(self.opens(self.place, PHRASE_KEK))

    def test_a_newer_key_is_taken(self):
        other = self.other()
        self.mood(other, 7)
        self.new_key(self.k, NEW_KEK)
        self.mood(self.k, 2)
        self.k.post("/v1/copy")
        reply = self.restore(other, self.place, NEW_KEK)
        self.assertEqual((reply["key"], reply["copy"]["state"]),
                         ("taken", "ok"))
        self.assertEqual(self.moods(other), [2, 7])
        self.k.restart()
        self.assertEqual(self.moods(self.k), [2, 7])

    def test_the_same_key(self):
        self.mood(self.k, 1)
        self.save()
        reply = self.restore(self.k, self.stick, PHRASE_KEK,
                             keyspec("passphrase"))
        self.assertEqual((reply["key"], reply["added"]), ("same", 0))
        self.assertEqual(self.k.get("/v1/key")["mode"], "file")

    def test_a_locked_book_is_not_touched(self):
        self.k.put("/v1/key", {"key": keyspec("passphrase", phrase=NEW_KEK)})
        self.save()
        self.k.post("/v1/lock")
        before = self.k.get("/v1/key")
        status, reply = self.k.ask("POST", "/v1/restore", {
            "file": self.look(self.k, self.stick), "with": "phrase",
            "kek": NEW_KEK, "key": keyspec()})
        self.assertEqual((status, reply["error"]["code"]), (423, "locked"))
        self.assertEqual(self.k.get("/v1/key"), before)
        self.k.post("/v1/unlock", {"with": "passphrase", "kek": PASS_KEK})

    def test_the_archive_names_no_key(self):
        """An archive goes to the same state elsewhere, its key history too;
        it holds nothing that opens anything."""
        self.new_key(self.k, NEW_KEK)
        kept = [r for r in self.k.records("setting")
                if r["key"] == "book-key"]
        self.assertEqual(len(kept), 1)
        self.assertEqual(len(kept[0]["value"]), 32)
        other = self.another()
        other.start()
        other.post("/v1/import", {"records": self.k.records(),
                                  "key": keyspec()}, key())
        self.assertEqual(other.export(), self.k.export())


if __name__ == "__main__":
    keeld.main()
