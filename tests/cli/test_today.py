#!/usr/bin/env python3
"""keel alone, in eight situations, at 80 and 40 columns, against the pictures
in tests/data/today.  EK_GOLDEN=write makes the pictures anew."""

import glob
import json
import os
import shutil
import unittest

from terminal import ROOT, Home

DATA = os.path.join(ROOT, "tests/data/today")
NAMES = sorted(os.path.basename(p)[:-5] for p in glob.glob(DATA + "/*.json"))


def load(name):
    with open(f"{DATA}/{name}.json", encoding="utf-8") as file:
        return json.load(file)


class Today(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.now = os.path.join(self.home.path, "today.json")
        self.home.start({"GET /v1/today": {"file": self.now}})
        self.addCleanup(self.home.close)

    def picture(self, name, *args, **env):
        shutil.copyfile(f"{DATA}/{name}.json", self.now)
        done = self.home.run(*args, **env)
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.returncode, 0)
        return done.stdout

    def test_pictures(self):
        self.assertGreaterEqual(len(NAMES), 8)
        for name in NAMES:
            for columns in (80, 40):
                with self.subTest(name=name, columns=columns):
                    self.compare(name, columns)

    def compare(self, name, columns):
        text = self.picture(name, COLUMNS=str(columns))
        path = f"{DATA}/{name}-{columns}.txt"
        if os.environ.get("EK_GOLDEN"):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        with open(path, encoding="utf-8") as file:
            self.assertEqual(text, file.read())
        if columns == 80:
            self.assertLessEqual(text.count("\n"), 24)
        self.assertNotIn("\x1b", text)

    def test_broken_locale(self):
        for name in NAMES:
            self.picture(name, LC_ALL="C").encode("ascii")
        self.picture(NAMES[0], LC_ALL="no_SUCH").encode("ascii")

    def test_json(self):
        self.assertEqual(json.loads(self.picture("one-due", "--json")),
                         load("one-due"))

    def test_unreachable(self):
        home = Home()
        try:
            done = home.run()
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertTrue(done.stderr.startswith("keel: "))
            self.assertIn(";", done.stderr)
        finally:
            home.close()


if __name__ == "__main__":
    unittest.main()
