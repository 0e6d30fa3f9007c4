#!/usr/bin/python3
"""Starting at login: her own units are enabled when a book was made and not
before, and disabled when it was erased; by a systemctl of our own that notes
what it is told."""
import os
import unittest

import keeld
from keeld import key, keyspec

# Enabled or not is a file beside it; "hangs" and "fails" are told by files.
TOOL = """#!/bin/sh
echo "$*" >>"$0.log"
[ -e "$0.fails" ] && exit 1
case " $* " in
*" enable "*) : >"$0.on" ;;
*" disable "*) rm -f "$0.on" ;;
*" is-enabled "*)
	if [ -e "$0.on" ]; then echo enabled; else echo disabled; exit 1; fi ;;
esac
"""
UNITS = "keeld.service keeld.socket"


class Autostart(unittest.TestCase):
    unit = True

    def setUp(self):
        self.k = keeld.Keeld(unit=self.unit)
        self.addCleanup(self.k.close)
        folder = os.path.join(self.k.top, "bin")
        os.mkdir(folder)
        self.tool = os.path.join(folder, "systemctl")
        with open(self.tool, "w") as f:
            f.write(TOOL)
        os.chmod(self.tool, 0o700)
        self.k.more["PATH"] = folder + ":/usr/bin:/bin"
        self.k.start()

    def told(self):
        try:
            with open(self.tool + ".log") as f:
                lines = f.read().splitlines()
        except FileNotFoundError:
            return []
        for line in lines:
            self.assertEqual(line.split()[0], "--user")
        return [line for line in lines if "is-enabled" not in line]

    def state(self):
        return self.k.get("/v1/autostart")["state"]


class ByTheUnit(Autostart):
    def test_never_before_a_book(self):
        self.assertEqual(self.state(), "off")
        self.k.get("/v1/status")
        self.k.post("/v1/page", {"to": "today"})
        status, _ = self.k.ask("POST", "/v1/book", {"key": {}}, key())
        self.assertEqual(status, 400)
        self.k.restart()
        self.assertEqual(self.state(), "off")
        self.assertEqual(self.told(), [])

    def test_with_the_book_and_until_it_is_erased(self):
        self.k.make_book()
        self.assertEqual(self.state(), "on")
        self.assertEqual(self.told(), ["--user --quiet enable " + UNITS])
        self.k.restart()
        self.k.checkin()
        self.assertEqual(len(self.told()), 1)
        self.k.post("/v1/erase", {"confirm": "erase"})
        self.assertEqual(self.state(), "off")
        self.assertEqual(self.told()[1:], ["--user --quiet disable " + UNITS])

    def test_repeat_of_the_start_is_not_another(self):
        body = {"key": keyspec("file"), "lang": "en", "shared_login": False}
        idem = key()
        self.k.post("/v1/book", body, idem)
        self.assertEqual(self.state(), "on")
        self.k.post("/v1/book", body, idem)
        self.assertEqual(self.state(), "on")
        self.assertEqual(len(self.told()), 1)

    def test_her_own_disabling_stands(self):
        self.k.make_book()
        self.assertEqual(self.state(), "on")
        os.unlink(self.tool + ".on")
        self.k.restart()
        self.assertEqual(self.state(), "off")
        self.assertEqual(len(self.told()), 1)

    def test_an_import_begins_it_too(self):
        self.k.post("/v1/import", {"records": [], "key": keyspec("file")},
                    key())
        self.assertEqual(self.state(), "on")

    def test_systemctl_that_fails_or_is_not_there(self):
        open(self.tool + ".fails", "w").close()
        self.k.make_book()
        self.assertEqual(self.state(), "failed")
        os.unlink(self.tool)
        self.k.more["PATH"] = os.path.dirname(self.tool)
        self.k.restart()
        self.assertEqual(self.state(), "failed")
        self.assertEqual(self.k.get("/v1/status")["state"], "open")

    def test_one_that_leaves_before_the_answer(self):
        with open(self.tool, "w") as f:
            f.write("#!/bin/sh\necho $$ >\"$0.pid\"\nexec sleep 60\n")
        sock = keeld.UnixConnection(self.k.sock)
        sock.request("GET", "/v1/autostart")
        while not os.path.exists(self.tool + ".pid"):
            self.k.get("/v1/status")
        sock.close()
        self.assertEqual(self.k.get("/v1/status")["state"], "none")


class ByHand(Autostart):
    unit = False

    def test_touches_no_unit(self):
        self.assertEqual(self.state(), "none")
        self.k.make_book()
        self.assertEqual(self.state(), "none")
        self.k.post("/v1/erase", {"confirm": "erase"})
        self.assertEqual(self.told(), [])


del Autostart
if __name__ == "__main__":
    keeld.main()
