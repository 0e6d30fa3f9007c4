#!/usr/bin/python3
"""Every page and state (states.py) in Debian's Chromium: nothing that axe
finds, in light and in dark; the tree that a screen reader is told equals
golden/NAME.txt; nothing is wider than a window of 320 px, at 200 % text
either; on paper there are no buttons; the title says nothing.

The words on them are easy (test_words.py).

EK_RENEW=1 writes the trees anew: read the diff before you commit it.  Pictures
of every state, 1280 light and dark, 320, paper, are in build/e2e-shots.
"""
import difflib
import os
import re
import unittest

import browse
import keeld
import words
from states import STATES

GOLDEN = os.path.join(browse.HERE, "golden")
RENEW = os.environ.get("EK_RENEW") == "1"
NEEDED = set()  # exceptions that were
SEEN = []  # (state, sentence)


def exceptions():
    with open(os.path.join(browse.HERE, "axe.except"), encoding="utf-8") as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                rule, element, reason = line.strip().split(" | ")
                assert len(reason) > 20, line
                yield rule, element


class States(browse.Case):
    def setUp(self):
        self.book = STATES[self.state()].book
        super().setUp()

    def state(self):
        return self._testMethodName.removeprefix("test_").replace("_", "-")

    def axe(self, tab, scheme, *only):
        told = tab.do("axe", only=only or None)
        self.assertGreater(told["rules"], 90)
        for kind, rule, element, why in told["found"]:
            known = {(rule, element if kind == "violation" else "*")} \
                & set(EXCEPT)
            NEEDED.update(known)
            if not known:
                self.fail(f"{scheme}: {kind} {rule}: {element}: {why}")

    def tree(self, tab, name):
        path = os.path.join(GOLDEN, name + ".txt")
        tree = tab.do("tree")
        for pattern in STATES[name].drawn:
            tree = re.sub(pattern, "*", tree)
        if RENEW:
            with open(path, "w", encoding="utf-8") as f:
                f.write(tree)
        with open(path, encoding="utf-8") as f:
            kept = f.read()
        self.assertEqual(kept, tree, "\n" + "\n".join(difflib.unified_diff(
            kept.splitlines(), tree.splitlines(), "kept", "is",
            lineterm="")) + "\nrenew with EK_RENEW=1 if this is meant")

    def paper(self, tab):
        tab.do("media", media={"media": "print"})
        seen = tab.do("evaluate", code="""
            [...document.querySelectorAll('button, nav, header, .skip')]
                .filter((one) => one.checkVisibility())
                .map((one) => one.outerHTML.slice(0, 80))""")
        self.assertEqual(seen, [])
        colours = tab.do("evaluate", code="""
            [getComputedStyle(document.body).color,
             getComputedStyle(document.body).backgroundColor].join()""")
        self.assertIn(colours, ("rgb(0, 0, 0),rgb(255, 255, 255)",
                                "rgb(0, 0, 0),rgba(0, 0, 0, 0)"))
        tab.shot(self.state() + "-paper")
        tab.do("media", media={"media": "screen"})

    def look(self, name):
        tab = STATES[name].go(self)
        self.assertEqual(tab.do("title"), "Evenkeel")
        self.assertRegex(tab.do("url"),
                         r"^http://127\.0\.0\.1:\d+(/o)?(/[0-9a-f]+)*(/closed)?$")
        self.tree(tab, name)
        SEEN.extend((name, line) for line in words.on_page(tab))
        self.axe(tab, "light")
        tab.shot(name)
        tab.do("media", media={"colorScheme": "dark"})
        self.axe(tab, "dark", "color-contrast", "color-contrast-enhanced",
                 "link-in-text-block")
        tab.shot(name + "-dark")
        self.assertEqual(dark(tab), True)
        tab.do("media", media={"colorScheme": "light"})
        self.paper(tab)
        tab.do("size", width=320)
        self.assertEqual(tab.do("cut"), [])
        self.axe(tab, "320", "target-size", "scrollable-region-focusable",
                 "color-contrast-enhanced")
        tab.shot(name + "-320")
        self.small_targets(tab)
        # a person who needs large text has set it in the browser
        tab.do("evaluate",
               code="document.documentElement.style.fontSize = '200%'")
        self.assertEqual(tab.do("cut"), [], "at twice the text")

    def small_targets(self, tab):
        """What is pressed is 44 px high, or stands alone in its line."""
        small = tab.do("evaluate", code="""
            [...document.querySelectorAll('button, input[type=radio], '
                + 'input[type=checkbox], nav a')].map((one) => {
                const at = (one.closest('label') ?? one)
                    .getBoundingClientRect();
                return [one.name || one.innerText, at.width, at.height];
            }).filter(([, width, height]) =>
                width > 0 && (height < 43.5 || width < 24))""")
        self.assertEqual(small, [])


def dark(tab):
    """Light words on a dark ground."""
    ink, ground = (
        sum(map(int, re.findall(r"\d+", tab.do("evaluate", code=(
            f"getComputedStyle(document.body).{name}")))[:3]))
        for name in ("color", "backgroundColor"))
    return ink > 600 and ground < 150


class Whole(unittest.TestCase):
    """After all states: what is kept has a use."""

    def test_exceptions_are_needed(self):
        self.assertEqual(set(EXCEPT), NEEDED)

    def test_words_are_easy(self):
        """As test_words.py has it."""
        self.assertGreater(len(SEEN), len(STATES))
        bad, unneeded = words.judge(SEEN, True)
        self.assertEqual(bad, [], "\n" + "\n".join(bad))
        self.assertEqual(unneeded, set())

    def test_trees_are_of_states(self):
        kept = {name.removesuffix(".txt") for name in os.listdir(GOLDEN)}
        self.assertEqual(kept, set(STATES))


class Judge(browse.Case):
    """The judges find what is wrong on a bad page."""

    def test_finds_fault(self):
        tab = self.open()
        tab.do("evaluate", code="""document.querySelector('main').innerHTML =
            '<h1>x</h1><input><p>pale</p><button></button><p>wide</p>';
            const [pale, wide] = document.querySelectorAll('main p');
            pale.style.color = pale.style.background = '#777777';
            wide.style.width = '2000px';
            document.querySelector('main button').style.cssText =
                'height: 9px; min-height: 0; padding: 0'""")
        rules = {rule for _, rule, _, _ in tab.do("axe")["found"]}
        self.assertLessEqual({"label", "color-contrast", "button-name"}, rules)
        self.assertNotEqual(tab.do("cut"), [])
        with self.assertRaises(AssertionError):
            States.small_targets(self, tab)


EXCEPT = list(exceptions())
for one in STATES:
    setattr(States, "test_" + one.replace("-", "_"),
            lambda self, one=one: self.look(one))

if __name__ == "__main__":
    keeld.main()
