"""A check-in on the page, step by step: what is saved equals what keel saves,
her words come back, nothing is doubled, and what is refused stays filled in.
Drafts are test_page_draft.py's.
"""
import html
import json
import os

import keeld
from steps import Steps, Waiting

MARKUP = "<b onmouseover=\"x\">'&"


class CheckIn(Waiting):
    def same(self, page, command):
        """Two entries, but for their ids."""
        self.assertEqual(set(page), set(command))
        for name in set(page) - {"id", "notes"}:
            self.assertEqual(page[name], command[name], name)
        self.assertEqual([n["text"] for n in page["notes"]],
                         [n["text"] for n in command["notes"]])

    def records(self, entry):
        """The records behind an entry, without what is drawn."""
        notes = {note["id"] for note in entry["notes"]}
        found = [r for r in self.k.records()
                 if r["id"] == entry["id"] or r["id"] in notes]
        for record in found:
            for drawn in ("id", "of"):
                record.pop(drawn, None)
        return sorted(found, key=lambda r: r["kind"])

    def test_as_keel_saves(self):
        """At most five pages to her words, and the very records of keel."""
        page = self.page()
        plan = self.k.get("/v1/form?instrument=pulse")["plan"]
        self.assertEqual(page.where(), "1 of 4")
        self.assertEqual(page.text.count('type="radio" name="a.'), 5 * 12)
        self.assertIn("0<span class=\"said\">, Very low</span>", page.text)
        page.press("Go on", a_mood="6", a_energy="5")
        self.assertEqual(page.where(), "2 of 4")
        self.assertNotIn('value="1" checked', page.text)
        page.press("Go on", s_s1="2")
        self.assertEqual(page.where(), "3 of 4")
        self.assertNotIn(" checked", page.text)
        page.press("Go on", u_h2="1", u_h3="1")
        self.assertEqual(page.where(), "4 of 4")
        # how it helped is asked of those she ticked, and no other
        self.assertIn("Tea with the door closed", page.text)
        self.assertNotIn("Walk in the garden", page.text)
        self.assertIn("This page closes at 17:09 if you leave it.", page.text)
        self.assertEqual(self.k.entries(), [])
        page.press("Save", h_h2="3", note="one\r\n" + MARKUP)
        self.assertIn('<p role="status">Saved.</p>', page.text)
        self.assertIn("You marked: skipping lunch", page.text)
        self.assertIn("<h2>When it gets hard</h2><ol><li>Tell Tan", page.text)
        self.assertIn("helped 3.0 of 3", page.text)
        self.assertEqual(page.load(page.at), page.text)  # reload
        entry, = self.k.entries()
        self.assertEqual(self.k.get("/v1/today")["open"], [])
        mine = self.records(entry)
        self.k.delete("/v1/diary/" + entry["id"])
        self.k.checkin(signs={"s1": 2}, used={"h2": 3, "h3": None},
                       note="one\n" + MARKUP, plan=plan)
        again, = self.k.entries()
        self.same(entry, again)
        theirs = self.records(again)
        for record in mine + theirs:
            record.pop("time")
        self.assertEqual(mine, theirs)

    def test_back_keeps_what_was_filled_in(self):
        page = self.page()
        page.press("Go on", a_mood="6")
        page.press("Go on", s_s2="1")
        page.press("Back", u_h1="1")
        self.assertEqual(page.where(), "2 of 4")
        self.assertIn('name="s.s2" value="1" checked', page.text)
        page.press("Back")
        self.assertEqual(page.where(), "1 of 4")
        self.assertIn('name="a.mood" value="6" checked', page.text)
        page.press("Go on", a_mood="")  # taken back
        page.press("Go on")
        self.assertIn('name="u.h1" value="1" checked', page.text)
        page.press("Go on")
        page.press("Save")
        entry, = self.k.entries()
        self.assertEqual(entry["answers"], {})
        self.assertEqual([(s["id"], s["level"]) for s in entry["signs"]],
                         [("s2", 1)])
        self.assertEqual([(u["id"], u["helped"]) for u in entry["used"]],
                         [("h1", None)])

    def test_helped_goes_with_the_tick(self):
        page = self.page()
        page.press("Go on", a_mood="6")
        page.press("Go on")
        page.press("Go on", u_h1="1")
        page.press("Back", h_h1="2")
        page.press("Go on", u_h1=None)
        page.press("Save")
        self.assertEqual(self.k.entries()[0]["used"], [])

    def to_note(self, page, **first):
        page.press("Go on", **(first or {"a_mood": "6"}))
        while page.where() != "4 of 4":
            page.press("Go on")
        return page

    def test_refused(self):
        """The reason stands near the top and at the field; nothing is lost."""
        page = self.to_note(self.page())
        for note, reason in (("ä" * 4097, "longer than 8192 bytes"),
                             ("bell\a" + MARKUP, "control characters")):
            page.press("Save", note=note)
            self.assertEqual(page.status, 413 if "longer" in reason else 400)
            self.assertIn('role="alert" id="why"', page.text)
            self.assertIn(reason, page.text)
            self.assertIn('aria-invalid="true" aria-describedby="why"',
                          page.text)
            self.assertIn(html.escape(note, True).replace(
                "&#x27;", "&#39;").replace("\a", ""), page.text)
        self.assertEqual(self.k.entries(), [])
        page.press("Save", note="ä" * 4096)
        self.assertIn("Saved.", page.text)
        self.assertEqual(len(self.k.entries()[0]["notes"][0]["text"]), 4096)

    def test_nothing_answered(self):
        page = self.to_note(self.page(), a_mood="")
        page.press("Save", note=" \n ")
        self.assertEqual(page.status, 400)
        self.assertIn("Nothing was answered", page.text)
        page.press("Save", note="a word")
        self.assertIn("Saved.", page.text)

    def test_forged_numbers(self):
        for number in ("11", "x", "6.5", "1e3", "-1"):
            page = self.to_note(self.page(), a_mood=number)
            page.press("Save", note="kept")
            self.assertEqual(page.status, 400, number)
            self.assertIn(">\nkept</textarea>", page.text)
            page.go("Leave it")
            page.press("Throw it away")
        self.assertEqual(self.k.entries(), [])

    def test_off_the_record(self):
        page = self.page()
        self.assertIn("Off the record: nothing of it is kept", page.text)
        before = self.k.export()
        page.press("Go on", off="1", a_mood="2")
        page.press("Go on", s_s1="2")
        page.press("Go on")
        # nothing there says that it is kept
        self.assertIn("it is gone as soon as you are done", page.text)
        self.assertNotIn("Save", page.text)
        page.press("Done", note="a word")
        self.assertIn("nothing of it was kept", page.text)
        self.assertIn("You marked: skipping lunch", page.text)
        self.assertNotIn("Look at the entry", page.text)
        self.assertEqual(page.load(page.at), page.text)
        self.assertEqual(self.k.entries(), [])
        slot, = [r for r in self.k.records() if r not in
                 [keeld.json.loads(x) for x in before.splitlines()]]
        self.assertEqual((slot["kind"], slot["state"]), ("slot", "skipped"))

    def test_took_place(self):
        page = self.page()
        page.press("Go on", off="2", a_mood="2")
        while page.where() != "4 of 4":
            page.press("Go on")
        page.press("Done")
        self.assertIn("only that it took place was kept", page.text)
        self.assertEqual(
            [r["state"] for r in self.k.records("slot")], ["off-record"])
        # without a slot there is nothing that could say so
        self.assertNotIn("took place", self.page().text)

    def test_not_the_pulse(self):
        """Two steps; signs and strategies are the pulse's."""
        page = self.page("today")
        page.go("A closer look at work")
        self.assertEqual(page.where(), "1 of 2")
        page.press("Go on", a_role="4")
        self.assertEqual(page.where(), "2 of 2")
        page.press("Save")
        self.assertEqual(self.k.entries()[0]["instrument"], "work-check")
        page = self.page("today")
        page.go("Looking back on four months")
        page.press("Go on", t_role="clear\nenough", t_voice="\a")
        self.assertEqual(page.status, 400)
        page.press("Go on", t_voice="heard")
        page.press("Save")
        self.assertEqual(
            sorted((n["item"], n["text"])
                   for n in self.k.entries()[-1]["notes"]),
            [("role", "clear\nenough"), ("voice", "heard")])

    def test_slot_named(self):
        slot = self.k.get("/v1/today")["open"][0]["slot"]
        url = self.k.post("/v1/page", {"to": "checkin", "slot": slot})["url"]
        page = self.to_note(Steps(self, url=url).open())
        page.press("Save")
        self.assertEqual(self.k.get("/v1/today")["open"], [])
        # an old bubble's link
        url = self.k.post("/v1/page", {"to": "checkin", "slot": slot})["url"]
        page = Steps(self, url=url).open()
        self.assertIn("was answered meanwhile", page.text)
        self.to_note(page).press("Save")
        self.assertEqual(len(self.k.entries()), 2)

    def test_slot_answered_meanwhile(self):
        page = self.to_note(self.page())
        self.k.checkin(answers={"mood": 1})
        page.press("Save", note="mine")
        self.assertEqual(page.status, 409)
        self.assertIn(">\nmine</textarea>", page.text)
        page.press("Save it all the same")
        self.assertIn("Saved.", page.text)
        page, command = self.k.entries()
        self.assertEqual(
            sorted(e["answers"]["mood"] for e in (page, command)), [1, 6])

    def test_skip_and_snooze(self):
        page = self.page("today")
        self.assertIn("Wednesday 25 November 2026", page.text)
        self.assertIn("How work is going, till tomorrow, 04:30", page.text)
        page.press("In 30 minutes")
        self.assertIn("It will be asked again in a while.", page.text)
        self.assertIn("asked again 17:30", page.text)
        address, fields = page.fields("Not today")
        page.press("Not today")
        self.assertIn("It will not be asked again.", page.text)
        self.assertNotIn("Waiting", page.text)
        # she may still, from there
        self.assertIn("<h1>How work is going</h1>", page.go("Check in now"))
        once = self.k.export()
        self.assertEqual(page.send(address, fields)[0], 303)
        self.assertEqual(self.k.export(), once)

    def test_skip_and_snooze_too_late(self):
        """Nothing of it is hers to shorten or to name: what waits is shown."""
        self.k.set_now("2026-11-26T04:15:00Z")
        page = self.page("today")
        once = self.k.export()
        page.press("In 30 minutes")
        self.assertIn("its time is nearly over", page.text)
        self.assertIn("How work is going, till 04:30", page.text)
        self.assertEqual(self.k.export(), once)
        old = [page.fields(b) for b in ("In 30 minutes", "Not today")]
        self.k.checkin()
        once = self.k.export()
        for form in old:
            status, headers, _ = page.send(*form)
            self.assertEqual(status, 303)
            page.load(headers["Location"])
            self.assertIn("It was answered meanwhile", page.text)
            self.assertNotIn("Waiting", page.text)
        self.assertEqual(self.k.export(), once)

    def test_plan_changed_meanwhile(self):
        """What was marked has the ids of the plan it was shown in."""
        page = self.page()
        page.press("Go on", a_mood="6")
        page.press("Go on", s_s2="1")
        old = self.k.get("/v1/form?instrument=pulse")["plan"]
        self.k.put("/v1/plan", {
            "text": keeld.PLAN.replace("- short answers\n", ""),
            "base": old}, keeld.key())
        page.press("Back")
        self.assertIn('name="s.s2" value="1" checked', page.text)
        page.press("Go on")
        page.press("Go on")
        page.press("Save")
        self.assertEqual([s["text"] for s in self.k.entries()[0]["signs"]],
                         ["short answers"])
        for plan, code in (("x", 400), ("0" * 32, 404)):
            self.assertEqual(self.k.ask(
                "GET", "/v1/form?instrument=pulse&plan=" + plan)[0], code)

    def test_open_question(self):
        """As keel asks it, and answered in the same field."""
        high = {"mood": 9, "energy": 9, "tense": 1, "helpful": 9}
        for _ in range(5):
            self.k.checkin(answers=high)
            self.k.pass_time(days=1)
        question = self.k.get(
            "/v1/form?instrument=pulse")["ask_open_question"]
        self.assertIsNotNone(question)
        page = self.to_note(self.page(), a_mood="10")
        self.assertIn(question, page.text)
        page.press("Save", note="there is")
        note, = self.k.entries()[-1]["notes"]
        self.assertEqual(note["item"], "open-question")
        self.assertNotIn(question, self.to_note(self.page()).text)

    def test_a_name_that_is_none(self):
        page = self.page()
        address, fields = page.fields("Go on")
        for change in ({"instrument": "none"}, {"instrument": "a b"},
                       {"instrument": None}):
            status, _, text = page.send(
                address, dict(fields, **change, **{"a.mood": "1"}))
            self.assertIn(status, (400, 404), change)
            self.assertIn('role="alert"', text)
        self.assertEqual(self.k.entries(), [])


class OwnInstrument(keeld.Case):
    """One of a site's: an answer that is needed, a scale that is long."""

    def test_required_and_long(self):
        with open(os.path.join(keeld.ROOT, "share/instruments/pulse.json")) \
                as f:
            form = json.load(f)
        form.update(id="ours", title="Ours")
        form["item"][1]["required"] = True
        form["item"][2]["extension"][1]["valueInteger"] = 100
        data, = [os.path.dirname(path) for path in self.k.files()
                 if path.endswith("/book.db")]
        os.mkdir(os.path.join(data, "instruments"))
        with open(os.path.join(data, "instruments", "ours.json"), "w") as f:
            json.dump(form, f)
        self.k.restart()
        page = Steps(self, "today").open()
        page.go("Ours")
        self.assertIn('type="number" id="a.energy" name="a.energy" min="0" '
                      'max="100" value=""', page.text)
        page.press("Go on", a_tense="4")
        self.assertEqual(page.status, 400)
        self.assertIn("One question needs an answer", page.text)
        self.assertIn('name="a.mood" value="3" aria-invalid="true"',
                      page.text)
        self.assertIn('name="a.tense" value="4" checked', page.text)
        page.press("Go on", a_mood="3", a_energy="77")
        page.press("Save")
        self.assertEqual(self.k.entries()[0]["answers"],
                         {"mood": 3, "energy": 77, "tense": 4})


class Locked(keeld.Case):
    book = "passphrase"

    def test_items_and_a_note(self):
        self.k.post("/v1/lock")
        page = Steps(self, "today").open()
        self.assertIn("Your book is locked", page.text)
        page.go("Check in")
        self.assertEqual(page.where(), "1 of 2")
        self.assertIn("The book is locked.", page.text)
        page.press("Go on", a_mood="3")
        page.press("Save", note="while locked")
        self.assertIn("Saved.", page.text)
        self.assertIn("cannot be shown while the book is locked", page.text)
        self.assertEqual(page.load(page.at), page.text)
        self.k.post("/v1/unlock", {"with": "passphrase",
                                   "kek": keeld.PASS_KEK})
        self.assertIn("made while the book was locked",
                      Steps(self, "today").open().text)
        self.k.post("/v1/pending", {"keep": True})
        entry, = self.k.entries()
        self.assertEqual((entry["answers"], entry["notes"][0]["text"]),
                         ({"mood": 3}, "while locked"))


if __name__ == "__main__":
    keeld.main()
