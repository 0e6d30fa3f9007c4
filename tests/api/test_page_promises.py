"""What the page and its drafts must never do to a promise: show a word of a
locked book, leave in a file what was deleted, bring into a new book what was
of an erased one, lose what was typed, say a time that is not so, ask twice.
"""
import re
import resource

import keeld
from steps import Steps, Waiting


class Promises(Waiting):
    # --- the time that is said ---

    def test_closes_at(self):
        """By her clock, also when that was set: sessions go by another."""
        for hours, closes in ((0, "17:09"), (3, "20:09")):
            self.k.step(hours=hours)
            page = self.page("hard")
            page.press("Show me my words")
            self.assertIn(f"This page closes at {closes} if", page.text)

    # --- erased ---

    def test_erased_in_memory_too(self):
        page = self.page()
        page.press("Go on", off="1", a_mood="2")
        self.k.post("/v1/erase", {"confirm": "erase"})
        self.k.make_book()
        self.assertNotIn("You began", self.page("today").text)
        self.assertEqual(self.page().where(), "1 of 4")

    # --- deleted ---

    def left(self, to, button, **words):
        """A form of the entry's that was sent too late; its entry's id."""
        self.k.checkin(note="a word that is deleted later")
        entry = self.k.entries()[-1]["id"]
        page = Steps(self, to).open()
        page.go("Change or delete")
        if button == "Save":
            page.go("Change it")
        self.k.pass_time(minutes=10, seconds=1)
        status, _, text = page.raw(button, **words)
        self.assertIn("is kept", text)
        return entry

    def test_deleted_with_its_drafts(self):
        """A form that was left holds what the entry said."""
        for button, words in (("Save", {"note": "changed"}),
                              ("Save the note", {"text": "more of it"})):
            entry = self.left("diary", button, **words)
            rows = self.rows()
            self.assertEqual(len(rows), 1)
            self.k.delete("/v1/diary/" + entry)
            self.assertEqual(self.rows(), [])
            self.nowhere(rows)
            self.assertNotIn("before this was saved", self.page("diary").text)

    def test_sent_late_after_it_was_deleted(self):
        """What was deleted does not come back with a form."""
        self.k.checkin(note="a word that is deleted first")
        entry = self.k.entries()[-1]["id"]
        page = self.page("diary")
        page.go("Change or delete")
        page.go("Change it")
        self.k.delete("/v1/diary/" + entry)
        self.k.pass_time(minutes=10, seconds=1)
        status, _, text = page.raw("Save", note="changed")
        self.assertEqual((status, self.rows()), (410, []))
        self.assertNotIn("is kept", text)

    # --- not kept ---

    def test_not_kept_and_left(self):
        """A disk that filled up: what was not saved is not said to be."""
        page = self.page()
        page.press("Go on", off="1", a_mood="2")
        while page.where() != "4 of 4":
            page.press("Go on")
        late, leave = page.fields("Done"), page.address(page.text, "Leave it")
        largest = max(len(data) for data in self.k.files().values())
        pid = self.k.process.pid
        hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, hard))
        self.assertGreaterEqual(page.send(*late)[0], 500)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))
        page.load(leave)
        page.press("Throw it away")
        status, headers, _ = page.send(*late)
        page.see(headers["Location"])
        self.assertNotIn("nothing of it was kept", page.text)
        self.assertNotIn("Saved", page.text)

    # --- not lost ---

    def test_hard_day_note_sent_late(self):
        page = self.page("hard")
        page.press("Show me my words")
        self.k.pass_time(minutes=10, seconds=1)
        status, _, text = page.raw("Keep this note", text="it was too much")
        self.assertEqual(status, 200)
        self.assertIn("What you wrote is kept.", text)
        page = self.page("today")
        page.see(page.address(page.text, "Go on"))
        self.assertIn(">\nit was too much</textarea>", page.text)
        page.press("Save the note")
        entry, = self.k.entries()
        self.assertEqual([n["text"] for n in entry["notes"]],
                         ["it was too much"])
        self.assertEqual(self.rows(), [])

    def test_opened_again_and_again(self):
        """Each click opens a session: what is typed in the first is kept."""
        page = self.page()
        for _ in range(5):
            self.page("today")
        page.press("Go on", a_mood="3")
        self.assertEqual(page.where(), "2 of 4")

    def test_slot_ends_in_the_middle(self):
        """What she is at is not left: it may be saved without its slot."""
        self.k.set_now("2026-11-26T04:20:00Z")  # the slot ends at 04:30
        page = self.page()
        page.press("Go on", a_mood="3")
        self.k.set_now("2026-11-26T04:29:00Z")
        page.press("Go on", s_s1="2")
        for _ in range(2):
            self.k.get("/v1/status")
        self.k.set_now("2026-11-26T04:31:00Z")
        for _ in range(2):
            self.k.get("/v1/status")
        page.press("Go on", u_h1="1")
        self.assertEqual(page.where(), "4 of 4")
        page.press("Save", note="it took its time")
        self.assertIn("Save it all the same", page.text)
        page.press("Save it all the same", note="it took its time")
        self.assertIn("Saved.", page.text)
        entry, = self.k.entries()
        self.assertEqual(entry["answers"]["mood"], 3)
        self.assertEqual([s["id"] for s in entry["signs"]], ["s1"])

    def test_slot_ended_and_left(self):
        """An hour later it is over, as is one that is 12 hours old."""
        self.k.set_now("2026-11-26T04:29:00Z")
        self.page().press("Go on", a_mood="3")
        for now, left in (("04:59:00", 1), ("05:29:01", 0)):
            self.k.set_now(f"2026-11-26T{now}Z")
            for _ in range(2):
                self.k.get("/v1/status")
            self.assertEqual(len(self.rows()), left)

    def test_begun_by_a_clock_that_was_wrong(self):
        """Set back, it is 12 hours more at most, not until that year."""
        self.k.step(hours=24 * 400)
        self.page().press("Go on", a_mood="3")
        self.k.step(hours=-24 * 400)
        self.k.get("/v1/status")
        self.assertIn("You began", self.page("today").text)
        self.k.pass_time(hours=12, seconds=1)
        for _ in range(2):
            self.k.get("/v1/status")
        self.assertEqual(self.rows(), [])


class Locked(keeld.Case):
    book = "passphrase"

    def rows(self):
        return Promises.rows(self)

    def nowhere(self, rows):
        Promises.nowhere(self, rows)

    def unlock(self):
        self.k.post("/v1/unlock", {"with": "passphrase",
                                   "kek": keeld.PASS_KEK})

    def test_thrown_away_while_locked(self):
        """It lies in the locked book, and leaves it all the same."""
        page = Steps(self, "checkin").begun()
        page.press("Go on", s_s1="2")
        page.go("Leave it")
        rows = self.rows()
        self.k.post("/v1/lock")
        page.press("Throw it away")
        self.assertIn("Thrown away. Nothing of it is kept.", page.text)
        self.assertEqual(self.rows(), [])
        self.nowhere(rows)
        self.unlock()
        self.assertNotIn("You began", Steps(self, "today").open().text)

    def test_words_of_before_it_was_locked(self):
        """The page after a check-in shows her plan's words."""
        page = Steps(self, "checkin").begun()
        while page.where() != "4 of 4":
            page.press("Go on")
        page.press("Save")
        self.assertIn("Walk in the garden", page.text)
        self.k.post("/v1/lock")
        page.see(page.at)
        self.assertNotIn("Walk in the garden", page.text)
        self.assertIn("Saved already.", page.text)
        self.unlock()
        page.see(page.at)
        self.assertIn("Walk in the garden", page.text)

    def test_begun_before_it_was_locked(self):
        """Off the record it lies in memory: it is shown once it is open."""
        page = Steps(self, "checkin").open()
        page.press("Go on", off="1", a_mood="2")
        page.press("Go on", s_s1="2")
        self.k.post("/v1/lock")
        text = Steps(self, "today").open().text
        self.assertNotIn("You began", text)
        fresh = Steps(self, "checkin").open()
        self.assertEqual(fresh.where(), "1 of 2")
        self.assertNotIn("checked", re.sub(
            r'name="off" value="0" checked|value="" checked', "", fresh.text))
        page.see(page.at)
        self.assertIn("<h1>Your book is locked</h1>", page.text)
        self.assertNotIn("lunch", page.text)
        self.unlock()
        page = Steps(self, "checkin").open()
        self.assertEqual(page.where(), "3 of 4")
        page.press("Back")
        self.assertIn('name="s.s1" value="2" checked', page.text)


if __name__ == "__main__":
    keeld.main()
