#!/usr/bin/python3
"""test_package - what a package and a desktop hold us to: one version, one
list of build packages, a launcher that agrees with the bubble, licences as
the files state them, and nothing that starts for a person by itself.
"""
import configparser
import glob
import json
import os
import re
import subprocess
import sys
import unittest

ROOT = os.environ.get("EK_ROOT") or os.path.dirname(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LAUNCHER = "share/applications/evenkeel.desktop"


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


def stanzas(text):
    """Of a Debian control file: a list of {field: value}."""
    found = [{}]
    for line in text.splitlines():
        if not line.strip():
            found.append({})
        elif line[0] in " \t":
            found[-1][name] += "\n" + line.strip()
        else:
            name, value = line.split(":", 1)
            found[-1][name] = value.strip()
    return [s for s in found if s]


class Launcher(unittest.TestCase):
    def setUp(self):
        self.file = configparser.ConfigParser(interpolation=None)
        self.file.optionxform = str
        self.file.read_string(read(LAUNCHER))
        self.main = self.file["Desktop Entry"]

    def test_is_valid(self):
        run = subprocess.run(
            ["desktop-file-validate", os.path.join(ROOT, LAUNCHER)],
            capture_output=True, text=True)
        self.assertEqual((run.returncode, run.stdout + run.stderr), (0, ""))

    def test_is_the_one_the_bubble_names(self):
        hint = re.search(r'"desktop-entry",\s*"([^"]+)"',
                         read("daemon/notify/bubble.c"))
        self.assertEqual(os.path.basename(LAUNCHER), hint[1] + ".desktop")
        file = re.search(r'ICON_FILE\s+"([^"]+)"',
                         read("daemon/notify/bubble.c"))[1]
        self.assertTrue(os.path.exists(os.path.join(ROOT, "share", file)))
        self.assertEqual(os.path.basename(file), self.main["Icon"] + ".svg")
        self.assertIn(file, read("debian/evenkeel.install"))

    def test_opens_pages_that_keel_knows(self):
        self.assertEqual(self.main["Exec"], "keel open")
        self.assertEqual(self.main["Terminal"], "false")
        actions = {self.file[s]["Name"]: self.file[s]["Exec"]
                   for s in self.file.sections()
                   if s.startswith("Desktop Action ")}
        self.assertEqual(actions, {"Check in": "keel open checkin",
                                   "Hard day": "keel open hard"})

    def test_name_and_comment_are_neutral(self):
        text = " ".join(self.main[k] for k in ("Name", "Comment", "Keywords"))
        self.assertNotRegex(
            text.lower(), r"well|mental|health|mood|stress|peer|support|care")


class Package(unittest.TestCase):
    def setUp(self):
        self.source, *self.binaries = stanzas(read("debian/control"))

    def test_one_version(self):
        version = re.search(r"^VERSION *= *(\S+)$", read("Makefile"), re.M)[1]
        latest = re.match(r"evenkeel \(([^)]+)\) ", read("debian/changelog"))
        self.assertEqual(latest[1], version)

    def test_build_packages_are_those_of_tools_deps(self):
        ours = {line.split()[1] for line in read("tools/deps").splitlines()
                if line.startswith("build ")}
        plain = {"gcc", "make", "libc6-dev"}  # build-essential
        wanted = {re.sub(r"\s+|\([^)]*\)", "", part)
                  for part in self.source["Build-Depends"].split(",")}
        wanted = {w for w in wanted if not w.startswith("debhelper-compat")}
        self.assertEqual(wanted, ours - plain)

    def test_libevent_is_the_mended_one(self):
        for package in self.binaries:
            if package["Package"] == "evenkeel":
                self.assertIn(
                    "libevent-2.1-7 (>= 2.1.12-stable-8+deb12u1)",
                    package["Depends"])

    def test_no_package_is_empty(self):
        for package in self.binaries:
            self.assertTrue(
                read(f"debian/{package['Package']}.install").strip())

    def test_copyright_says_what_the_questionnaires_say(self):
        said = " ".join(read("debian/copyright").split())
        for path in glob.glob(os.path.join(ROOT, "share/instruments/*.json")):
            with open(path, encoding="utf-8") as f:
                notice = json.load(f)["copyright"]
            if "ISC License, as the program" in notice:
                continue
            self.assertIn(" ".join(notice.split()), said, path)

    def test_nothing_is_enabled_for_anybody(self):
        for path in glob.glob(os.path.join(ROOT, "debian/*.p*[nr]*")):
            self.assertNotRegex(read(path), r"\benable\b|--global")
        self.assertRegex(read("debian/rules"),
                         r"(?m)^override_dh_installsystemduser:$\n(?!\t)")
        preset = read("systemd/60-evenkeel.preset")
        for unit in ("keeld.service", "keeld.socket"):
            self.assertIn(f"disable {unit}\n", preset)
        self.assertNotIn("autostart", read("tools/install.mk"))


if __name__ == "__main__":
    result = unittest.main(exit=False, verbosity=1).result
    bad = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - bad} passed, {bad} failed")
    sys.exit(1 if bad else 0)
