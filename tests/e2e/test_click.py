#!/usr/bin/python3
"""From the real bubble to a saved check-in, nothing played: dunst under Xvfb,
xdotool's click, keel-notify, BROWSER, Debian's Chromium with a window and a
profile, its own zoom and its own keys.
"""
import os
import subprocess
import unittest

import browse
import keeld
import test_bubble
from keeld import DAILY, LIMIT
from test_uses import ANSWERS, HELP, LINES, MOOD, WORDS

SCRIPT = """#!/bin/sh
shift
exec /usr/bin/chromium --no-sandbox --user-data-dir={profile} "$@"
"""


class Click(test_bubble.Bubble):
    @classmethod
    def setUpClass(cls):
        read, write = os.pipe()
        cls.xvfb = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0",
             "1280x1000x24", "-nolisten", "tcp"], pass_fds=[write],
            stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read, encoding="ascii") as f:
            cls.display = ":" + f.readline().strip()

    def setUp(self):
        super().setUp()
        profile = os.path.join(self.top, "profile")
        with open(os.path.join(self.top, "browser"), "w",
                  encoding="utf-8") as f:
            f.write(SCRIPT.format(profile=profile))
        self.hand = browse.Hand(
            env=self.env, dir=profile, headed=True, args=[
                "--window-size=1280,1000", "--window-position=0,0"])
        self.addCleanup(self.hand.close)

    def click(self):
        self.xdo("mousemove", "1100", "85", "click", "1")

    def xdo(self, *args):
        subprocess.run(["xdotool", *args], env=self.env, check=True,
                       timeout=LIMIT, stdout=subprocess.DEVNULL)

    def clicked(self):
        """The tab that the click on the bubble opened."""
        self.due()
        self.up()
        before = self.hand.do("tabs")
        self.click()
        return browse.Tab(self.hand, self.hand.do("newest", after=before))

    def test_to_a_saved_check_in(self):
        tab = self.clicked()
        self.picture("page")
        self.down()
        tab.check_in(ANSWERS, [HELP], WORDS)
        self.assertIn("Saved.", tab.text())
        self.assertEqual(self.k.get("/v1/today")["open"], [])
        history = self.ctl("history") + self.k.logged()
        for word in ("mood", "pulse", "A long day", "skipping", "Tea with"):
            self.assertNotIn(word, history)
        other = keeld.Keeld(now="2026-11-24T10:00:00Z")
        self.addCleanup(other.close)
        other.start()
        other.make_book(schedules=[DAILY])
        other.set_now("2026-11-24T16:30:00Z")
        status, said = browse.keel(other, "checkin", "--answers", "-",
                                   stdin=LINES)
        self.assertEqual(status, 0, said)
        mine, theirs = (
            browse.plain([one for one in k.records() if one["kind"] != "slot"])
            for k in (self.k, other))
        self.assertEqual(mine, theirs)
        self.assertEqual([one["kind"] for one in mine[-2:]],
                         ["check-in", "note"])

    def keys(self, *keys):
        """Pressed on the keyboard, for the browser's window."""
        self.xdo("search", "--onlyvisible", "--class", "chromium",
                 "windowfocus", "--sync")
        self.xdo("key", *keys)

    def test_zoom_and_hide(self):
        """The browser's own 400 %: nothing cut, all of it works.  Alt+H, on
        any page, is Hide."""
        tab = self.clicked()
        wide = tab.do("evaluate", code="innerWidth")
        self.keys(*["ctrl+plus"] * 8)
        self.until(lambda: tab.do("evaluate", code="innerWidth")
                   <= wide // 4 + 4)
        self.picture("page-400")
        while not tab.has("button", "Save"):
            self.assertEqual(tab.do("cut"), [])
            tab.do("choose", group=MOOD, option="6")
            tab.button("Go on")
        self.assertEqual(tab.do("cut"), [])
        tab.button("Save")
        self.assertIn("Saved.", tab.text())
        self.assertEqual(tab.do("cut"), [])
        self.keys("alt+h")
        self.until(lambda: "/closed" in tab.do("url"))
        tab.do("settled")
        self.assertNotIn("Jia", tab.text())


def load_tests(loader, *_):
    """Not those of the bubble once more."""
    return unittest.TestSuite(
        Click(name) for name in loader.getTestCaseNames(Click)
        if name in vars(Click))


if __name__ == "__main__":
    keeld.main()
