#!/usr/bin/python3
"""The page as people use it, in Debian's Chromium: by mouse, by keyboard alone,
without scripts, at 320 px and at 400 %, in two tabs, going back; with the session
ended, or keeld, in the middle of a form; and Hide.  What comes of it is what
`keel checkin` makes of the same answers.
"""
import signal

import browse
import keeld
from browse import NOTE, keel, plain

MOOD, ENERGY = "How has your mood been today?", "How much energy have you had?"
SIGN, HELP = "skipping lunch", "Tea with the door closed"
ANSWERS = {MOOD: "6", ENERGY: "0", SIGN: "a lot", HELP: "a lot"}
LINES = "mood=6\nenergy=0\nsign.s1=2\nused.h2=3\nnote=A long day\nnote=of rain\n"
WORDS = "A long day\nof rain"
HERS = ("A long day", "Tea with", "Jia", "skipping", "mood")


class Uses(browse.Case):
    def by_command(self, k, lines=LINES):
        status, said = keel(k, "checkin", "--answers", "-", stdin=lines)
        self.assertEqual(status, 0, said)

    def same_as_command(self):
        """This book's records but for ids, against those of a book in which
        keel did the same."""
        other = self.another()
        other.start()
        other.make_book(schedules=self.schedules)
        other.set_now(self.now)
        other.ms = self.k.ms
        other._tell()
        self.by_command(other)
        mine, theirs = (plain(k.records()) for k in (self.k, other))
        self.assertEqual(mine, theirs)
        self.assertIn("check-in", [one["kind"] for one in mine])

    def closed(self, tab):
        text = tab.text()
        for hers in HERS + ("Today", "Hide"):
            self.assertNotIn(hers, text)

    def saved(self):
        return [one for one in self.k.entries() if one["kind"] == "check-in"]

    # --- ways in which people use it ---

    def test_mouse(self):
        tab = self.open("checkin")
        tab.check_in(ANSWERS, [HELP], WORDS)
        self.assertIn("Saved.", tab.text())
        self.assertIn("You marked: skipping lunch", tab.text())
        shown = [one for one in tab.do("loads") if one["status"] == 200]
        self.assertLessEqual(len(shown), 5)
        self.same_as_command()

    def test_without_scripts(self):
        tab = self.open("checkin", js=False, width=320)
        tab.check_in(ANSWERS, [HELP], WORDS)
        self.assertIn("Saved.", tab.text())
        self.same_as_command()
        for name in ("Today", "Hard day"):
            tab.link(name, within="nav")
            self.assertIn(name.lower(), tab.text().lower())
        tab.button("Show me my words")
        self.assertIn("Jia, a friend", tab.text())
        tab.button("Hide")
        self.closed(tab)

    def test_no_script_anywhere(self):
        """What runs without them has none."""
        tab = self.open("checkin")
        tab.check_in(ANSWERS, [HELP], WORDS)
        for one in tab.do("loads"):
            if one["status"] == 200:
                self.assertIn("default-src 'none'",
                              one["headers"]["content-security-policy"])
        self.assertEqual({one["url"].rpartition("/")[2]
                          for one in tab.do("sent")}, {"style.css"})

    # --- keys ---

    def tab_to(self, tab, is_it, most=30):
        """Tab until the focus is there, seen and ringed all the way."""
        for count in range(1, most + 1):
            at = tab.press("Tab")
            self.keys += 1
            self.assertTrue(at["ring"] or at["type"] == "radio", at)
            self.assertTrue(at["seen"], at)
            if is_it(at):
                return count
        self.fail("out of reach: " + tab.text())

    def keyed(self, tab, name):
        return lambda at: at["legend"] == name or at["name"] == name

    def test_keyboard_only(self):
        """Tab, arrows, Space, Enter; the first Tab is the way past the
        navigation."""
        tab = self.open("checkin")
        self.keys = 0
        self.assertEqual(tab.press("Tab")["name"], "Skip to the content")
        tab.press("Enter")
        self.keys += 2
        self.tab_to(tab, self.keyed(tab, MOOD))
        self.step_to(tab, "6")
        self.tab_to(tab, self.keyed(tab, ENERGY))
        self.step_to(tab, "0")
        self.go_on(tab)
        self.tab_to(tab, self.keyed(tab, SIGN))
        self.step_to(tab, "2")
        self.go_on(tab)
        self.tab_to(tab, self.keyed(tab, HELP))
        tab.press("Space")
        self.go_on(tab)
        self.tab_to(tab, self.keyed(tab, HELP))
        self.step_to(tab, "3")
        self.tab_to(tab, self.keyed(tab, NOTE))
        tab.do("type", text=WORDS)
        self.keys += 3
        self.go_on(tab, "Save")
        self.assertIn("Saved.", tab.text())
        shown = [one for one in tab.do("loads") if one["status"] == 200]
        self.assertLessEqual(len(shown), 5)
        print(f"# notice: a check-in of five answers and a note by the "
              f"keyboard alone: {self.keys} keys, {len(shown)} pages")
        self.same_as_command()

    def step_to(self, tab, value):
        """Arrows move within a group, either way round, and choose."""
        for _ in range(13):
            at = tab.press("ArrowRight")
            self.keys += 1
            if at["value"] == value:
                return
        self.fail("no such choice: " + value)

    def go_on(self, tab, name="Go on"):
        self.tab_to(tab, lambda at: at["name"] == name, 60)
        tab.enter()
        self.keys += 1

    def test_enter_in_a_field_goes_on(self):
        """Enter does what the first button says."""
        tab = self.open("checkin")
        tab.do("choose", group=MOOD, option="6")
        heading = tab.text()
        tab.enter()
        self.assertNotEqual(tab.text(), heading)
        self.assertEqual(self.saved(), [])

    def test_hard_day_in_two(self):
        """From Today: the link, the button, her words; by keys as well."""
        tab = self.open("today")
        tab.link("Hard day", within="nav")
        self.until(lambda: tab.do("focused")["name"] == "Show me my words")
        tab.enter()
        self.assertIn("Tell Tan I need ten minutes", tab.text())
        self.assertEqual(len(self.k.entries()), 1)

    # --- windows ---

    def test_zoom(self):
        """400 % of a window of 1280: as wide as 320, four times as sharp."""
        tab = self.open("checkin", width=320, height=256, scale=4)
        tab.check_in(ANSWERS, [HELP], WORDS, leave="Nearly done")
        self.assertEqual(tab.do("cut"), [])
        tab.button("Save")
        self.assertEqual(tab.do("cut"), [])
        self.same_as_command()

    # --- going back ---

    def test_back(self):
        """Back and forth and again: saved once."""
        tab = self.open("checkin")
        tab.check_in(ANSWERS, [HELP], WORDS)
        once = self.k.export()
        tab.do("goback")
        if tab.has("button", "Save"):
            tab.button("Save")
            self.assertIn("Saved", tab.text())
        self.assertEqual(tab.do("reload"), 200)
        self.assertEqual(self.k.export(), once)

    def test_back_within(self):
        """A step back shows what was chosen; what is then changed counts."""
        tab = self.open("checkin")
        tab.check_in({MOOD: "3", ENERGY: "0"}, leave="warning signs")
        tab.button("Back")
        for name, value in (("mood", 3), ("energy", 0)):
            self.assertTrue(tab.do("evaluate", code="document.querySelector("
                                   f"'input[name=\"a.{name}\"][value=\""
                                   f"{value}\"]').checked"), name)
        tab.check_in(ANSWERS, [HELP], WORDS)
        self.same_as_command()

    def test_back_by_the_browser(self):
        """At any step: nothing that was sent is lost, nothing is doubled."""
        tab = self.open("checkin")
        tab.check_in(ANSWERS, [HELP], leave="Nearly done")
        for _ in range(3):
            tab.do("goback")
        tab.check_in(ANSWERS, [HELP], WORDS)
        self.assertIn("Saved.", tab.text())
        self.same_as_command()

    def test_two_tabs(self):
        """One window, two check-ins begun; neither is lost or mixed."""
        one = self.open("today")
        two = one.beside()
        two.goto(one.do("url"))
        one.link("Check in", within="nav")
        two.link("Check in", within="nav")
        one.check_in({MOOD: "2"}, leave="warning signs")
        two.check_in({MOOD: "9"}, note="two")
        self.assertIn("Saved.", two.text())
        one.check_in({}, note="one")
        self.assertIn("Saved", one.text())
        moods = sorted(entry["answers"]["mood"] for entry in self.saved())
        self.assertEqual(moods, [2, 9])

    # --- what ends in the middle of a form ---

    def after(self, end, back):
        """Two steps are sent, a note is being written; then it ends.  What was
        sent, and what is being sent, is there again, and saved once."""
        tab = self.open("checkin")
        tab.check_in(ANSWERS, [HELP], WORDS, leave="Nearly done")
        end()
        try:
            tab.button("Save")
            self.closed(tab)
        except browse.HandError:
            pass  # no answer at all: the browser's own page
        back()
        self.assertEqual(self.saved(), [])
        again = self.open("checkin")
        self.assertIn("What was kept of it is here", again.text())
        again.check_in({HELP: "a lot"}, note=WORDS)
        self.assertIn("Saved.", again.text())
        self.same_as_command()
        tab.close()

    def test_session_over(self):
        """What was being sent is kept, too."""
        tab = self.open("checkin")
        tab.check_in(ANSWERS, [HELP], WORDS, leave="Nearly done")
        self.k.pass_time(minutes=10, seconds=1)
        tab.button("Save")
        self.closed(tab)
        self.assertIn("kept", tab.text())
        self.assertEqual(self.saved(), [])
        again = self.open("checkin")
        self.assertIn("What was kept of it is here", again.text())
        for _ in range(4):
            if again.has("button", "Save"):
                break
            again.button("Go on")
        self.assertEqual(again.do("evaluate", code="document.querySelector("
                                  "'textarea').value"), WORDS)
        again.button("Save")
        self.assertIn("Saved.", again.text())
        self.same_as_command()

    def test_restarted(self):
        self.after(self.k.stop, self.k.start)

    def test_killed(self):
        self.after(lambda: self.k.stop(signal.SIGKILL), self.k.start)

    # --- Hide ---

    def test_hide(self):
        """One press; Back, reload and forward show nothing of hers, nor does
        the other tab."""
        tab = self.open("today")
        beside = tab.beside()
        beside.goto(tab.do("url"))
        tab.link("Hard day", within="nav")
        tab.button("Show me my words")
        self.assertIn("Jia", tab.text())
        tab.button("Hide")
        self.closed(tab)
        for _ in range(4):
            tab.do("goback")
            self.closed(tab)
        tab.do("reload")
        self.closed(tab)
        beside.do("reload")
        self.closed(beside)

    def test_hide_in_a_form(self):
        """What was sent before is kept, what was not is gone."""
        tab = self.open("checkin")
        tab.check_in(ANSWERS, [HELP], WORDS, leave="Nearly done")
        tab.button("Hide")
        self.closed(tab)
        tab.do("goback")
        self.closed(tab)
        again = self.open("checkin")
        self.assertIn("What was kept of it is here", again.text())
        self.assertNotIn("A long day", again.do("html"))


if __name__ == "__main__":
    keeld.main()
