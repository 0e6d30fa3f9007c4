"""The diary on the page: read a page at a time, changed, deleted, noted.

What is changed equals what keel diary fix changes; sent twice it is once;
what another window took away is said in plain words.
"""
import glob
import html
import re

import hand
import keeld
from hand import Hand, text_of

MARKUP = "<b onmouseover=\"x\">'&amp;</p>\n</textarea><script>%41"
ESCAPED = html.escape(MARKUP).replace("&#x27;", "&#39;")
PLAN = keeld.PLAN.replace("short answers", "\\<i>short answers")


class Diary(keeld.Case):
    plan = PLAN

    def open(self):
        browser = Hand(self, "diary")
        return browser, browser.follow()

    def write(self, count, **members):
        ids = []
        for n in range(count):
            self.k.pass_time(minutes=1)
            ids.append(self.k.checkin(
                answers={"mood": n % 11}, note=f"note {n}.",
                **members)["id"])
        return ids

    def notes(self, page):
        return [int(n) for n in re.findall(r"note (\d+)\.", page)]

    # --- reading ---

    def test_empty(self):
        self.assertIn("Nothing is written here yet.", self.open()[1])

    def test_entry(self):
        """In words: what was asked, her signs, what she used, her note."""
        form = self.k.get("/v1/form?instrument=pulse")
        self.k.checkin(
            answers={"mood": 6, "energy": 0}, signs={"s1": 2, "s2": 1},
            used={"h1": 3, "h2": 0, "h3": None}, note=MARKUP,
            plan=form["plan"])
        _, page = self.open()
        read = text_of(page.split("<main")[1].split("<footer")[0])
        items = {i["id"]: i for i in form["instrument"]["items"]}
        for words in (
                "Tuesday 24 November 2026", form["instrument"]["title"],
                items["mood"]["text"] + " 6 of 10",
                items["energy"]["text"] + " 0 of 10",
                "Signs: skipping lunch (a lot); <i>short answers (a little)",
                "Used: Walk in the garden (helped a lot); Tea with the door "
                "closed (did not help); Music on the way home"):
            self.assertIn(words, read)
        self.assertIn(ESCAPED.replace("\n", "<br>\n"), page)
        self.assertNotIn("<b onm", page)
        self.assertNotIn("<i>", page)
        self.assertNotIn("keel ", read)

    def test_kinds(self):
        """All that keel diary shows, and nothing that it does not."""
        self.k.post("/v1/hard", {}, keeld.key())
        self.k.post("/v1/history", {"rows": [
            {"local": "2026-01-02", "values": {"mood": 4}}]},
            keeld.key())
        self.k.checkin(off_record=True)
        self.k.checkin(off_record=True, took_place=True)
        _, page = self.open()
        self.assertEqual(page.count("<h3>"), len(self.k.entries()))
        self.assertIn("A hard day</h3>", page)
        self.assertIn("<h3>From a file</h3><ul class=\"answers\"><li>mood: "
                      "<b>4</b></li></ul>", page)
        self.assertIn("Friday 2 January 2026", page)

    def test_pages(self):
        """Every entry once, newest first, there and back."""
        self.write(70)
        browser, page = self.open()
        seen, pages = [], [page]
        while ">Older</a>" in page:
            page = browser.click(page, "Older")
            pages.append(page)
        for page in pages:
            self.assertLess(len(page.encode()), 50000)
            seen += self.notes(page)
        self.assertEqual(seen, list(range(69, -1, -1)))
        self.assertEqual(len(pages), 3)
        page = browser.click(pages[2], "Newer")
        self.assertEqual(self.notes(page), list(range(39, 9, -1)))
        page = browser.click(page, "Newer")
        self.assertEqual(self.notes(page), list(range(69, 39, -1)))
        self.assertNotIn(">Newer</a>", page)

    def test_long(self):
        """Long notes make shorter pages, and none is left out."""
        for n in range(12):
            self.k.checkin(note=f"note {n}." + "\n" + "w <>&" * 1600)
        browser, page = self.open()
        seen = self.notes(page)
        while ">Older</a>" in page:
            page = browser.click(page, "Older")
            self.assertLess(len(page.encode()), 120000)
            seen += self.notes(page)
        self.assertEqual(seen, list(range(11, -1, -1)))

    # --- changing ---

    def entry(self, browser, page, at=0):
        return browser.get(re.findall(
            r'href="([^"]*)">Change or delete', page)[at])

    def change(self, browser, page):
        return browser.click(self.entry(browser, page), "Change it")

    def test_fix(self):
        """As keel diary fix: the same record from the same change."""
        form = self.k.get("/v1/form?instrument=pulse")
        for _ in range(2):
            self.k.checkin(
                answers={"mood": 6, "energy": 5}, signs={"s1": 2},
                used={"h1": 3, "h3": None}, note="old", plan=form["plan"])
        browser, page = self.open()
        page = self.change(browser, page)
        to, fields = browser.fill(page, "Save")
        filled = dict(fields)
        self.assertEqual(
            {n: filled[n] for n in (
                "a.mood", "a.energy", "a.tense", "s.s1", "s.s2", "u.h1",
                "u.h2", "u.h3", "note")},
            {"a.mood": "6", "a.energy": "5", "a.tense": "", "s.s1": "2",
             "s.s2": "", "u.h1": "3", "u.h2": "", "u.h3": "said",
             "note": "old"})
        once = browser.fill(page, "Save", {
            "a.mood": "3", "s.s1": "", "s.s2": "1", "note": MARKUP})
        page = browser.seen(browser.send(*once))
        self.assertIn("Changed. The entry keeps its day.", page)
        self.assertIn("(changed later)", page)
        before = self.k.export()
        self.assertIn("Changed.", browser.seen(browser.send(*once)))
        self.assertEqual(self.k.export(), before)
        other = next(e for e in self.k.entries() if not e["mended"])
        self.k.post(f"/v1/diary/{other['id']}/fix", {
            "answers": {"mood": 3, "energy": 5}, "signs": {"s2": 1},
            "used": {"h1": 3, "h3": None}, "plan": form["plan"],
            "note": MARKUP}, keeld.key())
        one, two = self.k.entries()
        for name in set(one) - {"id", "notes"}:
            self.assertEqual(one[name], two[name], name)
        self.assertEqual([n["text"] for n in one["notes"]],
                         [n["text"] for n in two["notes"]])
        self.assertEqual(one["notes"][0]["text"], MARKUP)

    def test_fix_nothing(self):
        self.k.checkin(signs={"s1": 1}, note="old",
                       plan=self.k.get("/v1/plan")["version"])
        browser, page = self.open()
        before = self.k.export()
        page = browser.press(self.change(browser, page), "Save")
        self.assertIn("Nothing was changed.", page)
        self.assertEqual(self.k.export(), before)

    def test_fix_lost_marks(self):
        """Marks whose words the plan has no more stay while none changes."""
        self.k.checkin(signs={"s1": 1, "s2": 2}, note="old",
                       plan=self.k.get("/v1/plan")["version"])
        self.k.put("/v1/plan", {
            "text": PLAN.replace("- skipping lunch → Walk in the garden; "
                                 "Call Jia\n", ""),
            "base": self.k.get("/v1/plan")["version"]})
        browser, page = self.open()
        page = self.change(browser, page)
        self.assertIn("your plan has no more", text_of(page))
        browser.press(page, "Save", {"note": "new"})
        entry, = self.k.entries()
        self.assertEqual([s["text"] for s in entry["signs"]],
                         ["skipping lunch", "<i>short answers"])
        self.assertEqual(entry["notes"][0]["text"], "new")

    def test_fix_refused(self):
        self.k.checkin(note="old")
        browser, page = self.open()
        page = self.change(browser, page)
        text = browser.refused(400, browser.send(*browser.fill(
            page, "Save", {"a.mood": "11", "note": "new"})))
        fields = dict(browser.fields(text, "Save")[1])
        self.assertEqual(fields["note"], "new")
        text = browser.refused(413, browser.send(*browser.fill(
            page, "Save", {"note": "x" * 8193})))
        self.assertEqual(dict(browser.fields(text, "Save")[1])["note"],
                         "x" * 8193)
        text = browser.refused(400, browser.send(*browser.fill(
            page, "Save", {"a.mood": "", "a.energy": "", "note": ""})))
        self.assertEqual(self.k.entries()[0]["notes"][0]["text"], "old")

    def test_hard_day(self):
        self.k.post("/v1/hard", {}, keeld.key())
        browser, page = self.open()
        page = self.entry(browser, page)
        self.assertNotIn(">Change it</a>", page)
        page = browser.press(page, "Save the note", {"text": MARKUP})
        self.assertIn("The note is saved.", page)
        self.assertIn(ESCAPED.replace("\n", "<br>\n"), page)

    # --- notes, deleting ---

    def test_note(self):
        self.k.checkin(note="old")
        browser, page = self.open()
        page = self.entry(browser, page)
        self.assertIn("The note is empty", browser.refused(
            400, browser.send(*browser.fill(
                page, "Save the note", {"text": " \n"}))))
        text = browser.refused(413, browser.send(*browser.fill(
            page, "Save the note", {"text": "x" * 8193})))
        self.assertIn("x" * 8193, text)
        once = browser.fill(page, "Save the note", {"text": "more"})
        browser.seen(browser.send(*once))
        browser.seen(browser.send(*once))
        self.assertEqual([n["text"] for n in self.k.entries()[0]["notes"]],
                         ["old", "more"])

    def test_delete(self):
        self.write(2)
        browser, page = self.open()
        page = self.entry(browser, page)
        page = browser.click(page, "Delete it")
        self.assertIn("Delete this entry?", page)
        self.assertIn("note 1.", page)
        self.assertIn(">Keep it</a>", page)
        self.assertEqual(len(self.k.entries()), 2)
        once = browser.fill(page, "Delete it for good")
        page = browser.seen(browser.send(*once))
        self.assertIn("Deleted. It is gone from every file", page)
        self.assertEqual(self.notes(page), [0])
        before = self.k.export()
        self.assertIn("Deleted.", browser.seen(browser.send(*once)))
        self.assertEqual(self.k.export(), before)

    def test_gone(self):
        """What another window deleted or changed: plain words, nothing lost."""
        ids = self.write(2)
        browser, page = self.open()
        entry = self.entry(browser, page)
        fix = browser.click(entry, "Change it")
        delete = browser.click(entry, "Delete it")
        again = self.entry(browser, page)
        self.k.post(f"/v1/diary/{ids[1]}/fix", {"note": "by hand"},
                    keeld.key())
        answer = browser.send(*browser.fill(fix, "Save", {"note": MARKUP}))
        text = browser.refused(409, answer)
        self.assertIn("Not there any more", text)
        self.assertIn(ESCAPED.replace("\n", "<br>\n"), text)
        for link in ("Change it", "Delete it"):
            answer = browser.ask("GET", browser.address(again, link))
            self.assertIn("Not there any more", browser.refused(404, answer))
        # deleted by its former id it is deleted whole
        browser.press(delete, "Delete it for good")
        self.assertEqual([e["id"] for e in self.k.entries()], [ids[0]])
        text = browser.refused(404, browser.send(*browser.fill(
            entry, "Save the note", {"text": "late"})))

    def test_left(self):
        """Sent when the page had closed: kept, and offered once more."""
        self.k.checkin(note="old")
        browser, page = self.open()
        page = self.change(browser, page)
        browser, page = browser.late(
            browser.fill(page, "Save", {"a.mood": "3", "note": MARKUP}))
        self.assertIn("An entry of your diary. You wrote this at ", page)
        page = browser.click(browser.click(page, "Diary"), "Go on")
        fields = dict(browser.fields(page, "Save")[1])
        self.assertEqual((fields["a.mood"], fields["note"]), ("3", MARKUP))
        page = browser.press(page, "Save")
        self.assertNotIn(">Go on</a>", page)
        entry, = self.k.entries()
        self.assertEqual((entry["answers"]["mood"], entry["notes"][0]["text"]),
                         (3, MARKUP))
        page = self.entry(browser, page)
        browser, page = browser.late(
            browser.fill(page, "Save the note", {"text": "more"}))
        self.assertIn("A note to an entry. You wrote this at ", page)
        page = browser.click(page, "Go on")
        page = browser.press(page, "Save the note")
        self.assertNotIn(">Go on</a>", page)
        self.assertEqual([n["text"] for n in self.k.entries()[0]["notes"]],
                         [MARKUP, "more"])
        page = self.entry(browser, page)
        browser, page = browser.late(
            browser.fill(page, "Save the note", {"text": "never"}))
        page = browser.press(browser.click(page, "Diary"), "Throw it away")
        self.assertIn("Thrown away.", page)
        self.assertNotIn(">Go on</a>", page)

    def test_aside(self):
        """Where a deletion does not reach is said, without a path."""
        self.write(1)
        book, = glob.glob(self.k.home + "/**/book.db", recursive=True)
        with open(book + ".damaged1", "wb") as f:
            f.write(b"x")
        browser, page = self.open()
        page = browser.click(self.entry(browser, page), "Delete it")
        page = browser.press(page, "Delete it for good")
        self.assertIn("Damaged files of your book", page)
        self.assertNotIn("/", re.sub(r"<[^>]*>|https?://\S*", "",
                                     page.split("<main")[1]
                                     .split("<footer")[0]))


if __name__ == "__main__":
    hand.main()
