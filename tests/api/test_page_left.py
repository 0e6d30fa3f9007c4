"""What was written on the page and not saved: put off by a button, or sent when
the session was over."""
import json
import os
import pathlib
import re

import hand
import keeld
from hand import Hand
from steps import Steps

LATER = "Keep it for later"
MARKUP = "not <b> today\n</textarea>&amp;"


CLOSES = "This page closes at 17:09 if you leave it. Press a button before " \
    "then: what is only typed is lost."


class Later(keeld.Case):
    """Each form with words says when its page closes, and can be put off."""

    def setUp(self):
        super().setUp()
        self.id = self.k.checkin(note="old")["id"]

    def put_off(self, to, save, typed):
        """Typed, put off, gone on with: (browser, the form's page again)"""
        browser = Hand(self, "today")
        page = browser.follow()
        for link in to:
            page = browser.click(page, link)
        self.assertIn(CLOSES, page)
        before = self.k.export()
        page = browser.press(page, LATER, typed)
        self.assertIn("<h1>Today</h1>", page)
        self.assertIn("Kept for later.", page)
        self.assertEqual(self.k.export(), before)
        self.assertEqual(page.count(">Go on</a>"), 1)
        page = browser.click(page, "Go on")
        fields = dict(browser.fields(page, save)[1])
        for name, text in typed.items():
            self.assertEqual(fields[name], text)
        self.assertIn(CLOSES, page)
        return browser, page

    def saved(self, browser, page):
        self.assertNotIn(">Go on</a>", browser.click(page, "Today"))

    def test_note(self):
        """Twice put off is one draft."""
        browser, page = self.put_off(
            ("Diary", "Change or delete"), "Save the note", {"text": MARKUP})
        page = browser.press(page, LATER, {"text": "another"})
        self.assertEqual(page.count(">Go on</a>"), 1)
        page = browser.click(page, "Go on")
        page = browser.press(page, "Save the note")
        self.assertEqual([n["text"] for n in self.k.entries()[0]["notes"]],
                         ["old", "another"])
        self.saved(browser, page)

    def test_change(self):
        browser, page = self.put_off(
            ("Diary", "Change or delete", "Change it"), "Save",
            {"note": MARKUP, "a.mood": "2"})
        page = browser.press(page, "Save")
        entry, = self.k.entries()
        self.assertEqual(entry["answers"]["mood"], 2)
        self.assertEqual([n["text"] for n in entry["notes"]], [MARKUP])
        self.saved(browser, page)

    def test_section(self):
        browser, page = self.put_off(
            ("My plan", "My role"), "Save", {"more": "Listening"})
        page = browser.press(page, "Save")
        self.assertIn("Listening", page)
        self.saved(browser, page)
        page = browser.click(page, "Change: Review")
        self.assertNotIn("This page closes", page)

    def test_hard(self):
        browser = Hand(self, "hard")
        page = browser.press(browser.follow(), "Show me my words")
        self.assertIn(CLOSES, page)
        page = browser.press(page, LATER, {"text": MARKUP})
        self.assertIn("Kept for later.", page)
        self.assertNotIn("not &lt;b&gt; today", page)
        page = browser.press(
            browser.click(page, "Go on"), "Save the note")
        self.saved(browser, page)
        entry = self.k.entries()[-1]
        self.assertEqual([n["text"] for n in entry["notes"]], [MARKUP])

    def test_checkin(self):
        """Its last step, with the note; pages of choices say nothing."""
        browser = Steps(self, "checkin").begun()
        while browser.where() != "4 of 4":
            self.assertNotIn("This page closes", browser.text)
            self.assertNotIn(LATER, browser.text)
            browser.press("Go on")
        self.assertIn(CLOSES, browser.text)
        self.put_off_step(browser, note="half a word")
        self.assertEqual(browser.where(), "4 of 4")
        self.assertIn(">\nhalf a word</textarea>", browser.text)
        browser.press("Save", note="a word")
        self.assertIn("Saved.", browser.text)
        self.assertEqual(self.k.entries()[-1]["notes"][0]["text"], "a word")

    def put_off_step(self, browser, **typed):
        entries = self.k.entries()
        browser.press(LATER, **typed)
        self.assertIn("Kept for later.", browser.text)
        self.assertEqual(self.k.entries(), entries)
        browser.go("Go on")

    def test_open_questions(self):
        """Of a first step, before there is a draft; off the record, too."""
        titles = {i["name"]: i["title"] for i in
                  self.k.get("/v1/instruments")["instruments"]}
        for off in ("0", "1"):
            browser = Steps(self, "today").open()
            browser.go(titles["wave"])
            self.assertIn(CLOSES, browser.text)
            name = re.search(r'<textarea[^>]* name="t\.([^"]+)"',
                             browser.text)[1]
            self.put_off_step(
                browser, off=off, **{"t_" + name: "half a word"})
            self.assertEqual(browser.where()[0], "1")
            self.assertIn(">\nhalf a word</textarea>", browser.text)
            self.assertIn(f'name="off" value="{off}" checked', browser.text)
            # off the record nothing is said to be kept
            self.assertEqual(LATER in browser.text, off == "0")
            browser.go("Leave it")
            browser.press("Throw it away")

    def test_too_long(self):
        """Refused with the reason, and it stays in the form."""
        browser = Steps(self, "checkin").begun()
        while browser.where() != "4 of 4":
            browser.press("Go on")
        browser.press(LATER, note="x" * 9000)
        self.assertEqual(browser.status, 413)
        self.assertIn('role="alert"', browser.text)
        self.assertIn("x" * 9000, browser.text)


class Required(keeld.Case):
    def test_what_is_missing_may_be(self):
        """Put off, or sent too late: kept; the same step is gone on with."""
        data, = [os.path.dirname(path) for path in self.k.files()
                 if path.endswith("/book.db")]
        folder = os.path.join(data, "instruments")
        os.mkdir(folder)
        share = pathlib.Path(keeld.ROOT, "share/instruments")
        form, words = (json.loads((share / name).read_text())
                       for name in ("pulse.json", "wave.json"))
        form["item"][1]["required"] = True
        form.update(id="mine", title="Mine")
        text = next(i for i in words["item"] if i["type"] == "text")
        form["item"].append(text)
        with open(os.path.join(folder, "mine.json"), "w") as f:
            json.dump(form, f)
        self.k.restart()
        for late in (False, True):
            browser = Steps(self, "today").open()
            browser.go("Mine")
            words = {"t_" + text["linkId"]: "half a word"}
            browser.press("Go on", **words)
            self.assertIn("question needs an answer", browser.text)
            if late:
                self.k.pass_time(minutes=10, seconds=1)
                self.assertIn("is kept", browser.raw("Go on", **words)[2])
                browser = Steps(self, "today").open()
            else:
                browser.press(LATER, **words)
            browser.go("Go on")
            self.assertEqual(browser.where()[0], "1")
            self.assertIn(">\nhalf a word</textarea>", browser.text)
            browser.go("Leave it")
            browser.press("Throw it away")


if __name__ == "__main__":
    hand.main()
