"""What is begun on the page and not saved yet: never lost, through kill -9, a
restart, an expired session, two tabs; never left behind, in no file, once it
is saved, thrown away or over; and of an off-the-record one never anything.
"""
import glob
import os
import sqlite3

import keeld
from steps import Steps, Waiting


class Drafts(Waiting):
    def begun(self):
        return Steps(self, "checkin").begun()

    def go_on(self):
        page = self.page("today")
        self.assertIn("You began this at 17:00.", page.text)
        page.see(page.address(page.text, "Go on"))
        return page

    # --- never lost ---

    def test_a_get_keeps_nothing(self):
        page = self.page()
        page.load(page.at if hasattr(page, "at") else page.page)
        self.assertEqual(self.rows(), [])
        self.assertNotIn("You began", self.page("today").text)

    def test_survives(self):
        """A kill after any answered step loses none of them."""
        for stop in (self.k.kill, self.k.stop):
            page = self.begun()
            page.press("Go on", s_s1="2")
            stop()
            self.k.start()
            page = self.go_on()
            self.assertEqual(page.where(), "3 of 4")
            page.press("Go on", u_h1="1")
            page.press("Back", note="half a wo")
            stop()
            self.k.start()
            page = self.go_on()
            self.assertEqual(page.where(), "3 of 4")
            self.assertIn('name="u.h1" value="1" checked', page.text)
            page.press("Go on")
            self.assertIn(">\nhalf a wo</textarea>", page.text)
            rows = self.rows()
            page.press("Save", note="half a word")
            self.assertIn("Saved.", page.text)
            self.assertEqual(self.rows(), [])
            self.nowhere(rows)
            entry = self.k.entries()[-1]
            self.assertEqual(entry["answers"], {"mood": 6, "energy": 5})
            self.assertEqual([s["id"] for s in entry["signs"]], ["s1"])
            self.assertEqual([n["text"] for n in entry["notes"]],
                             ["half a word"])
            self.k.delete("/v1/diary/" + entry["id"])

    def test_opened_again(self):
        """The bubble, the launcher, another day's page: all lead to it."""
        self.begun().press("Go on", s_s2="1")
        page = self.page()
        self.assertEqual(page.where(), "3 of 4")
        self.assertIn("You began this at 17:00. What was kept of it is here.",
                      page.text)
        self.assertEqual(len(self.rows()), 1)

    def test_saved_once(self):
        """A double click, an old page, another tab, a kill in between."""
        page = self.begun()
        other = Steps(self, url=self.k.post(
            "/v1/page", {"to": "checkin"})["url"]).open()
        for tab in (page, other):
            while tab.where() != "4 of 4":
                tab.press("Go on")
        late, fields = page.fields("Save")
        items = page.page
        page.press("Save", note="mine")
        once = self.k.export()
        for tab in (page, other):
            for button in ("Save", "Back"):
                if tab is page:
                    status, headers, _ = page.send(
                        late, dict(fields, note="again"))
                    self.assertEqual(status, 303)
                    page.load(headers["Location"])
                    self.assertIn("Saved.", page.text)
                    break
                tab.press(button, note="later")
                self.assertIn("Saved already.", tab.text)
                break
        self.assertEqual(self.k.export(), once)
        self.assertEqual(self.rows(), [])
        page.see(items)  # as far back as a browser goes
        self.assertIn("Saved.", page.text)
        page.go("Check in")
        self.assertEqual(page.where(), "1 of 4")

    def test_back_to_the_first(self):
        """The first page's address shows the first page, also when it was
        sent; what is then changed is the same draft."""
        page = self.page()
        page.press("Go on", a_mood="3")
        self.assertEqual(page.where(), "2 of 4")
        page.load(page.page)
        self.assertEqual(page.where(), "1 of 4")
        self.assertIn('name="a.mood" value="3" checked', page.text)
        page.press("Go on", a_mood="5")
        self.assertEqual(len(self.rows()), 1)
        page.go("Check in")  # where she was
        self.assertEqual(page.where(), "2 of 4")
        self.assertIn("You began this", page.text)

    def test_first_step_twice(self):
        page = self.page()
        address, fields = page.fields("Go on")
        fields["a.mood"] = "4"
        first = page.send(address, fields)
        again = page.send(address, dict(fields, **{"a.mood": "5"}))
        self.assertEqual(first[1]["Location"], again[1]["Location"])
        self.assertEqual(len(self.rows()), 1)

    def test_two_tabs(self):
        """The last to send a step has it; the other's steps stay."""
        one = self.begun()
        two = self.page()
        two.press("Back")
        one.press("Go on", s_s1="1")
        two.press("Go on", a_mood="2")
        one.press("Go on", u_h2="1")
        self.assertEqual(len(self.rows()), 1)
        one.press("Save")
        entry, = self.k.entries()
        self.assertEqual(entry["answers"]["mood"], 2)
        self.assertEqual([s["id"] for s in entry["signs"]], ["s1"])

    def test_new_key(self):
        self.begun().press("Go on", s_s2="1")
        before = self.rows()
        self.k.put("/v1/key", {"key": keeld.keyspec("passphrase")})
        self.assertEqual(len(self.rows()), 1)
        self.nowhere(before)
        self.assertEqual(self.go_on().where(), "3 of 4")

    def test_in_no_copy_and_no_archive(self):
        place = os.path.join(self.k.top, "copies")
        os.mkdir(place)
        self.k.put("/v1/copy", {"place": place})
        before = self.k.export()
        self.begun().press("Go on", s_s2="1")
        self.assertEqual(self.k.export(), before)
        self.k.post("/v1/copy")
        book, = self.k.post("/v1/restore/look", {"place": place})["books"]
        other = self.another()
        other.start()
        other.post("/v1/restore", {
            "file": book["file"], "with": "phrase",
            "kek": keeld.PHRASE_KEK, "key": keeld.keyspec()})
        mine, self.k = self.k, other
        self.assertEqual(self.rows(), [])
        self.assertNotIn("You began", self.page("today").text)
        self.k = mine

    # --- an expired session ---

    def expired(self, page):
        self.k.pass_time(minutes=10, seconds=1)
        return page.raw("Go on", s_s2="2")

    def test_expired_session(self):
        page = self.begun()
        address, fields = page.fields("Go on")
        today = page.address(page.text, "Today")
        status, headers, text = self.expired(page)
        self.assertEqual((status, headers["Location"]), (200, None))
        self.assertIn("<h1>Closed</h1>", text)
        self.assertIn("What you wrote is kept. To go on, choose Evenkeel "
                      "among your programs.",
                      text)
        for hers in ("csrf", "lunch", "Hide", "href=\"/" + page.path):
            self.assertNotIn(hers, text)
        # nothing else is to be had with it
        for answer in (page.ask("GET", page.page), page.ask("GET", today),
                       page.send(address, dict(fields, csrf="0" * 32)),
                       page.send(today, fields),
                       page.ask("POST", address, "csrf=" + fields["csrf"],
                                Origin="http://evil.example"),
                       page.ask("POST", address, "csrf=" + fields["csrf"],
                                Cookie="ek=" + "0" * 32)):
            self.assertIn(answer[0], (403, 410))
            self.assertNotIn("is kept", answer[2])
        page = self.go_on()
        self.assertEqual(page.where(), "3 of 4")
        page.press("Back")
        self.assertIn('name="s.s2" value="2" checked', page.text)
        self.assertEqual(self.k.entries(), [])

    def test_expired_first_and_last_step(self):
        page = self.page()
        self.k.pass_time(minutes=10, seconds=1)
        self.assertIn("is kept", page.raw("Go on", a_mood="3")[2])
        page = self.page()
        self.assertEqual(page.where(), "2 of 4")
        while page.where() != "4 of 4":
            page.press("Go on")
        self.k.pass_time(minutes=10, seconds=1)
        status, _, text = page.raw("Save", note="a last word")
        self.assertIn("is kept", text)
        self.assertEqual(self.k.entries(), [])
        page = self.page()
        self.assertIn(">\na last word</textarea>", page.text)
        page.press("Save")
        self.assertEqual(len(self.k.entries()), 1)

    def test_expired_saves_nothing_else(self):
        page = self.page("hard")
        other = self.page("today")
        self.k.pass_time(minutes=10, seconds=1)
        before = self.k.export()
        for tab, button in ((page, "Show me my words"),
                            (other, "Not today")):
            status, _, text = tab.raw(button)
            self.assertEqual(status, 410)
            self.assertNotIn("is kept", text)
        self.assertEqual(self.k.export(), before)

    def test_hidden_session(self):
        """What was sent before Hide is kept, and nothing after it."""
        page = self.begun()
        address, fields = page.fields("Go on")
        page.raw("Hide")
        self.assertEqual(
            page.send(address, dict(fields, **{"s.s1": "2"}))[0], 410)
        page = self.go_on()
        self.assertEqual(page.where(), "2 of 4")
        self.assertNotIn('value="2" checked', page.text)

    def test_listener_gone(self):
        page = self.begun()
        address, fields = page.fields("Go on")
        self.k.pass_time(minutes=10, seconds=1)
        self.k.turn()
        self.k.pass_time(minutes=1, seconds=1)
        self.k.turn()
        with self.assertRaises(OSError):
            page.send(address, fields)
        self.assertEqual(self.go_on().where(), "2 of 4")

    # --- never left behind ---

    def test_thrown_away(self):
        page = self.begun()
        page.press("Go on", s_s1="2")
        page.press("Go on", u_h1="1")
        page.press("Back", note="of no use " * 100)
        rows = self.rows()
        page.go("Leave it")
        self.assertIn("thrown away", page.text)
        page.go("Leave it for later")
        page.go("Go on")
        self.assertEqual(page.where(), "3 of 4")
        page.go("Leave it")
        page.see(page.address(page.text, "No, go on now"))
        self.assertEqual(page.where(), "3 of 4")
        page.go("Leave it")
        again = page.fields("Throw it away")
        page.press("Throw it away")
        self.assertIn("Thrown away. Nothing of it is kept.", page.text)
        self.assertNotIn("Go on", page.text)
        self.assertEqual(self.rows(), [])
        self.nowhere(rows)
        self.assertEqual(page.send(*again)[0], 303)  # twice is once

    def test_a_page_of_one_thrown_away(self):
        """What is sent from it all the same is not lost, nor saved alone."""
        page = self.begun()
        step = page.fields("Go on")
        page.go("Leave it")
        page.press("Throw it away")
        status, headers, _ = page.send(
            step[0], dict(step[1], **{"s.s2": "1"}))
        self.assertEqual(status, 303)
        page.load(headers["Location"])
        self.assertEqual(page.where(), "1 of 4")
        page.press("Go on")
        self.assertIn('name="s.s2" value="1" checked', page.text)

    def test_over_after_12_hours(self):
        page = self.page()
        page.press("Go on", a_mood="3")
        self.k.post("/v1/slots/skip")  # its slot is another matter
        instrument = self.page("today")
        instrument.go("A closer look at work")
        self.k.pass_time(hours=1)
        instrument = self.page("today")
        instrument.go("A closer look at work")
        instrument.press("Go on", a_role="3")
        rows = self.rows()
        self.assertEqual(len(rows), 2)
        # the slot of 16:30 ends at 04:30, that of 17:00 never was one
        self.k.set_now("2026-11-26T04:29:59Z")
        self.k.turn()
        self.assertEqual(len(self.rows()), 2)
        self.k.set_now("2026-11-26T04:30:00Z")
        self.k.turn()
        left = self.rows()
        self.assertEqual(len(left), 1)
        self.nowhere([r for r in rows if r not in left])
        self.k.set_now("2026-11-26T05:59:59Z")
        self.k.turn()
        self.assertEqual(len(self.rows()), 1)
        self.k.set_now("2026-11-26T06:00:00Z")
        self.k.turn()
        self.assertEqual(self.rows(), [])
        self.nowhere(rows)

    def test_over_while_keeld_was_not_there(self):
        self.begun()
        rows = self.rows()
        self.k.kill()
        self.k.pass_time(hours=13)
        self.k.start()
        self.assertEqual(self.rows(), [])
        self.nowhere(rows)
        self.assertNotIn("You began", self.page("today").text)

    def test_slot_over_before_the_first_step(self):
        """What she sends then is not lost: it is a check-in of its own."""
        page = self.page()
        self.k.set_now("2026-11-26T04:25:00Z")
        page = self.page()
        self.k.set_now("2026-11-26T04:31:00Z")
        page.press("Go on", a_mood="3")
        self.assertEqual(page.where(), "2 of 4")
        while page.where() != "4 of 4":
            page.press("Go on")
        page.press("Save")
        self.assertIn("Saved.", page.text)

    def test_what_does_not_open_is_dropped(self):
        self.begun()
        self.k.stop()
        path, = glob.glob(self.k.home + "/**/book.db", recursive=True)
        db = sqlite3.connect(path)
        db.execute("INSERT INTO drafts VALUES (?, ?)", (b"x" * 16, b"no"))
        db.commit()
        db.close()
        self.k.start()
        self.assertEqual(len(self.rows()), 1)
        self.assertEqual(self.go_on().where(), "2 of 4")

    def test_erased(self):
        self.begun()
        rows = self.rows()
        self.k.post("/v1/erase", {"confirm": "erase"})
        for path, data in self.k.files().items():
            self.assertFalse(keeld.windows(rows[0]) & keeld.windows(data), path)
        self.k.make_book()
        self.assertNotIn("You began", self.page("today").text)

    def test_many(self):
        """As many as the limit; one more is refused and stays filled in."""
        page, forms = self.page(), []
        for _ in range(17):  # tabs, all opened before anything was sent
            page.go("Check in")
            forms.append(page.text)
        for text in forms[:16]:
            page.text = text
            page.press("Go on", a_mood="1")
            self.assertEqual(page.where(), "2 of 4")
        page.text = forms[16]
        page.press("Go on", a_mood="7")
        self.assertEqual(page.status, 409)
        self.assertIn("16 check-ins were begun and not saved", page.text)
        self.assertIn('name="a.mood" value="7" checked', page.text)
        self.assertEqual(len(self.rows()), 16)

    # --- off the record ---

    def test_off_the_record_is_never_written(self):
        page = self.page()
        before = {p: d for p, d in self.k.files().items()}
        page.press("Go on", off="1", a_mood="2")
        page.press("Go on", s_s1="2")
        page.press("Back", u_h1="1")
        self.assertIn('name="s.s1" value="2" checked', page.text)
        self.assertEqual(self.rows(), [])
        self.assertEqual(
            {p: d for p, d in self.k.files().items()}, before)
        # it is there while keeld runs, and no longer
        self.assertEqual(self.go_on().where(), "2 of 4")
        self.k.kill()
        self.k.start()
        self.assertNotIn("You began", self.page("today").text)

    def test_off_the_record_is_over_too(self):
        self.page().press("Go on", off="1", a_mood="2")
        self.assertIn("You began", self.page("today").text)
        self.k.set_now("2026-11-26T04:30:00Z")
        self.assertNotIn("You began", self.page("today").text)

    def test_thrown_away_off_the_record(self):
        page = self.page()
        page.press("Go on", off="1", a_mood="2")
        page.go("Leave it")
        page.press("Throw it away")
        self.assertNotIn("You began", self.page("today").text)

    def test_ticked_later(self):
        """What was stored before leaves the files at once."""
        page = self.begun()
        page.press("Go on", s_s1="2")
        rows = self.rows()
        page.press("Back")
        page.press("Back")
        page.press("Go on", off="1")
        self.assertEqual(self.rows(), [])
        self.nowhere(rows)
        self.assertIn('name="s.s1" value="2" checked', page.text)
        # thought better of: it is kept again
        page.press("Back")
        self.assertIn('name="off" value="1" checked', page.text)
        page.press("Go on", off="0")
        self.assertEqual(len(self.rows()), 1)
        while page.where() != "4 of 4":
            page.press("Go on")
        page.press("Save")
        self.assertEqual(
            [s["id"] for s in self.k.entries()[0]["signs"]], ["s1"])

    def test_a_step_off_the_record_whose_draft_is_gone(self):
        """It does not come to be kept by that."""
        page = self.page()
        page.press("Go on", off="1", a_mood="2")
        step = page.fields("Go on")
        page.go("Leave it")
        page.press("Throw it away")
        page.send(step[0], dict(step[1], **{"s.s1": "1"}))
        self.assertEqual(self.rows(), [])

    def test_another_reads_the_file(self):
        """A scrub that cannot be made: what was saved is called saved, what
        was thrown away is not called gone, and later it is."""
        page = self.begun()
        while page.where() != "4 of 4":
            page.press("Go on")
        rows = self.rows()
        path, = glob.glob(self.k.home + "/**/book.db", recursive=True)
        reader = sqlite3.connect(path, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM rows").fetchone()
        page.press("Save", note="mine")
        self.assertIn("Saved.", page.text)
        reader.execute("COMMIT")
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM rows").fetchone()
        page = self.begun()
        rows += self.rows()
        page.go("Leave it")
        status, _, text = page.raw("Throw it away")
        self.assertNotEqual(status, 303)
        self.assertNotIn("Thrown away", text)
        reader.close()
        self.k.restart()
        self.assertEqual(self.rows(), [])
        self.nowhere(rows)


class Locked(keeld.Case):
    book = "passphrase"
    rows = Drafts.rows
    nowhere = Drafts.nowhere

    def unlock(self):
        self.k.post("/v1/unlock", {"with": "passphrase",
                                   "kek": keeld.PASS_KEK})

    def test_in_memory_only(self):
        self.k.post("/v1/lock")
        before = self.k.files()
        page = Steps(self, "checkin").open()
        page.press("Go on", a_mood="3")
        self.assertEqual((page.where(), self.rows()), ("2 of 2", []))
        self.assertEqual(self.k.files(), before)
        page = Steps(self, "today").open()
        page.see(page.address(page.text, "Go on"))
        self.assertEqual(page.where(), "2 of 2")
        # once the book is open it is kept as any other
        self.unlock()
        page.press("Back")
        self.assertEqual(len(self.rows()), 1)
        self.k.kill()
        self.k.start()
        self.unlock()
        page = Steps(self, "checkin").open()
        self.assertEqual(page.where(), "3 of 4")  # there is more to ask now
        page.press("Back", u_h1="1")
        page.press("Back")
        self.assertIn('name="a.mood" value="3" checked', page.text)
        while page.where() != "4 of 4":
            page.press("Go on")
        page.press("Save")
        self.assertEqual([u["id"] for u in self.k.entries()[0]["used"]],
                         ["h1"])

    def test_locked_in_the_middle(self):
        page = Steps(self, "checkin").begun()
        page.press("Go on", s_s1="2")
        self.k.post("/v1/lock")
        page.press("Go on", u_h1="1")
        self.assertEqual(page.status, 423)
        self.assertIn("<h1>Your book is locked</h1>", page.text)
        page = Steps(self, "today").open()
        self.assertNotIn("You began", page.text)
        self.unlock()
        page = Steps(self, "checkin").open()
        self.assertEqual(page.where(), "3 of 4")
        page.press("Go on")
        at = page.at
        self.k.post("/v1/lock")
        # what she typed is not taken from her
        page.press("Save", note="typed meanwhile")
        self.assertEqual(page.status, 423)
        self.assertIn("Your book is locked, and what you began", page.text)
        self.assertIn(">\ntyped meanwhile</textarea>", page.text)
        again = page.fields("Save")
        page.see(at)
        self.assertIn("<h1>Your book is locked</h1>", page.text)
        self.unlock()
        self.assertEqual(page.send(*again)[0], 303)
        entry, = self.k.entries()
        self.assertEqual([n["text"] for n in entry["notes"]],
                         ["typed meanwhile"])
        self.assertEqual([s["id"] for s in entry["signs"]], ["s1"])

    def test_over_while_locked(self):
        """Nobody can read when; none is kept longer than it may be."""
        Steps(self, "checkin").begun()
        self.k.pass_time(hours=11)
        self.k.turn()
        rows = self.rows()
        self.k.post("/v1/lock")
        self.k.pass_time(minutes=59)
        self.k.turn()
        self.assertEqual(self.rows(), rows)
        self.k.pass_time(minutes=1)
        self.k.turn()
        self.assertEqual(self.rows(), [])
        self.nowhere(rows)

    def test_over_when_started_locked(self):
        Steps(self, "checkin").begun()
        rows = self.rows()
        self.k.restart()
        self.k.pass_time(hours=11, minutes=59)
        self.k.turn()
        self.assertEqual(self.rows(), rows)
        self.k.pass_time(minutes=1)
        self.k.turn()
        self.assertEqual(self.rows(), [])
        self.nowhere(rows)


if __name__ == "__main__":
    keeld.main()
