#!/usr/bin/env python3
"""`keel open` and the browser it starts: which one, with what, and that it
does not hang on keel's terminal."""

import json
import os
import unittest

from test_operations import Operations

BROWSER = """#!/usr/bin/python3
import json, os, sys
got = {{"argv": sys.argv[1:], "env": dict(os.environ),
       "fds": {{fd: os.readlink("/proc/self/fd/" + fd)
               for fd in os.listdir("/proc/self/fd")
               if os.path.exists("/proc/self/fd/" + fd)}},
       "leads": os.getsid(0) == os.getpid()}}
with open({told!r}, "w") as file:
    json.dump(got, file)
"""
LINK = r"^http://127\.0\.0\.1:[0-9]+/o/[0-9a-f]{32}$"


class Open(Operations):
    def setUp(self):
        self.k = self.home()
        self.bin = os.path.join(self.k.path, "bin")
        self.told = os.path.join(self.k.path, "told")
        os.mkdir(self.bin)
        os.mkfifo(self.told)

    def browser(self, name):
        path = os.path.join(self.bin, name)
        with open(path, "w") as file:
            file.write(BROWSER.format(told=self.told))
        os.chmod(path, 0o700)
        return path

    def opened(self, browser, *args):
        self.ok(self.k, "open", *args, BROWSER=browser, PATH=self.bin)
        with open(self.told) as file:  # waits for the browser
            return json.load(file)

    def test_browser_of_her_choice(self):
        path = self.browser("mine")
        got = self.opened(f"/none/such:{path} --new --to=%s:other")
        self.assertEqual(got["argv"][0], "--new")
        self.assertRegex(got["argv"][1].removeprefix("--to="), LINK)
        self.assertEqual(len(got["argv"]), 2)

    def test_nothing_of_ours_goes_along(self):
        got = self.opened(self.browser("mine"), "hard")
        self.assertTrue(got["leads"])  # outlives the terminal
        self.assertEqual({got["fds"][fd] for fd in "012"}, {"/dev/null"})
        self.assertLessEqual(len(got["fds"]), 4)  # the list's own
        self.assertEqual([name for name in got["env"]
                          if name.startswith("EVENKEEL")], [])
        self.assertIn("HOME", got["env"])

    def test_desktops_own(self):
        for name, args in (("gio", ["open"]), ("xdg-open", [])):
            self.browser(name)  # xdg-open is asked first
            got = self.opened("")
            self.assertEqual(got["argv"][:-1], args)
            self.assertRegex(got["argv"][-1], LINK)

    def test_none(self):
        said = self.no(self.k, "open", BROWSER="/none/such", PATH=self.bin)
        self.assertIn("--print", said)
        link = self.ok(self.k, "open", "--print", PATH=self.bin)
        self.assertRegex(link.strip(), LINK)


del Operations  # its own file runs it

if __name__ == "__main__":
    unittest.main()
