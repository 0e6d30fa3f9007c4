#!/usr/bin/python3
"""The key in the login keyring, by a secret-tool of our own that keeps what
it is given in a folder and fails when it is told to."""
import os
import unittest

import keeld
from keeld import PASS_KEK, PHRASE_KEK, key, keyspec

TOOL = """#!/bin/sh
# application evenkeel item NAME stand behind the verb and its options
for last; do :; done
echo "$*" >>"$0.log"
[ -e "$0.fail" ] && exit 1
case $1 in
store) cat >"$0.$last" ;;
lookup) [ -e "$0.$last" ] && cat "$0.$last" || exit 1 ;;
clear) rm -f "$0.$last" ;;
esac
"""


class Keyring(unittest.TestCase):
    def setUp(self):
        self.k = keeld.Keeld()
        self.addCleanup(self.k.close)
        folder = os.path.join(self.k.top, "bin")
        os.mkdir(folder)
        self.tool = os.path.join(folder, "secret-tool")
        with open(self.tool, "w") as f:
            f.write(TOOL)
        os.chmod(self.tool, 0o700)
        self.k.more["PATH"] = folder + ":/usr/bin:/bin"
        self.k.start()

    def items(self):
        folder = os.path.dirname(self.tool)
        return sorted(n.split(".")[1] for n in os.listdir(folder)
                      if n.startswith("secret-tool.")
                      and not n.endswith((".log", ".fail")))

    def fail(self, wanted):
        if wanted:
            open(self.tool + ".fail", "w").close()
        else:
            os.unlink(self.tool + ".fail")

    def state(self):
        return self.k.get("/v1/status")["state"]

    def wait_open(self):
        """The keyring answers in a later turn."""
        for _ in range(2000):
            if self.state() == "open":
                return
        self.assertEqual(self.state(), "open")

    def test_start_and_open_by_itself(self):
        self.k.make_book("keyring")
        item, = self.items()
        self.assertRegex(item, "^[0-9a-f]{16}$")
        self.k.checkin()
        before = self.k.export()
        status = self.k.get("/v1/status")
        self.assertEqual(status["key"]["mode"], "keyring")
        self.assertIn("login password", status["key"]["words"])
        self.k.restart()
        self.wait_open()
        self.assertEqual(self.k.export(), before)
        with open(self.tool + ".log") as f:  # no secret is ever an argument
            log = f.read()
        with open(self.tool + "." + item) as f:
            self.assertNotIn(f.read().strip(), log)
        self.assertEqual(self.k.get("/v1/key")["passphrase"], None)

    def test_the_keyring_does_not_take_it(self):
        self.fail(True)
        status, reply = self.k.ask("POST", "/v1/book", {
            "key": keyspec("keyring"), "plan": None}, key())
        self.assertEqual((status, reply["error"]["code"]),
                         (503, "unreachable"))
        self.assertIn("passphrase", reply["error"]["message"])
        self.assertEqual(self.state(), "none")
        self.assertFalse(any("book.db" in f for f in self.k.files()))

    def test_no_secret_tool(self):
        os.unlink(self.tool)
        self.k.more["PATH"] = "/nonexistent"
        self.k.restart()
        status, reply = self.k.ask("POST", "/v1/book", {
            "key": keyspec("keyring"), "plan": None}, key())
        self.assertEqual((status, reply["error"]["code"]),
                         (503, "unreachable"))
        self.assertEqual(self.state(), "none")

    def test_locked_keyring_and_the_phrase(self):
        self.k.make_book("keyring")
        self.k.checkin()
        self.fail(True)
        self.k.restart()
        self.assertEqual(self.state(), "locked")
        status, reply = self.k.ask("POST", "/v1/unlock", {"with": "keyring"})
        self.assertEqual((status, reply["error"]["code"]),
                         (403, "wrong-key"))
        self.k.checkin()
        self.fail(False)
        self.assertEqual(self.k.post("/v1/unlock", {"with": "keyring"}),
                         {"state": "open", "pending": 1})
        self.k.post("/v1/pending", {"keep": True})
        self.k.post("/v1/lock")
        self.k.post("/v1/unlock", {"with": "phrase", "kek": PHRASE_KEK})
        self.assertEqual(len(self.k.entries()), 2)

    def test_to_and_from_the_keyring(self):
        self.k.make_book("file")
        self.k.put("/v1/key", {"key": keyspec("keyring")})
        first, = self.items()
        self.k.put("/v1/key", {"key": keyspec("keyring")})
        for _ in range(2000):  # the old item goes in a turn of its own
            if len(self.items()) == 1:
                break
            self.k.get("/v1/status")
        second, = self.items()
        self.assertNotEqual(first, second)
        self.k.put("/v1/key", {"key": keyspec("passphrase")})
        for _ in range(2000):
            if not self.items():
                break
            self.k.get("/v1/status")
        self.assertEqual(self.items(), [])
        self.k.restart()
        self.k.post("/v1/unlock", {"with": "passphrase", "kek": PASS_KEK})

    def test_erase_takes_the_item(self):
        self.k.make_book("keyring")
        self.k.post("/v1/erase", {"confirm": "erase"})
        for _ in range(2000):
            if not self.items():
                break
            self.k.get("/v1/status")
        self.assertEqual(self.items(), [])

    def test_restore_by_the_keyring(self):
        self.k.make_book("keyring")
        place = os.path.join(self.k.top, "copies")
        os.mkdir(place)
        self.k.put("/v1/copy", {"place": place})
        book, = self.k.post("/v1/restore/look", {"place": place})["books"]
        self.assertTrue(book["keyring"])
        other = keeld.Keeld(env={"PATH": self.k.more["PATH"]})
        self.addCleanup(other.close)
        other.start()
        other.post("/v1/restore", {"file": book["file"], "with": "keyring",
                                   "key": keyspec("keyring")})
        self.assertEqual(other.export(), self.k.export())
        self.assertEqual(len(self.items()), 2)

    def test_a_copy_that_names_no_item(self):
        """What a copy names is not believed before it is opened: it would be
        an argument of secret-tool."""
        self.k.make_book("keyring")
        place = os.path.join(self.k.top, "copies")
        os.mkdir(place)
        self.k.put("/v1/copy", {"place": place})
        item, = self.items()
        book, = self.k.post("/v1/restore/look", {"place": place})["books"]
        with open(book["file"], "rb") as f:
            whole = f.read()
        at = whole.index(item.encode())
        other = keeld.Keeld(env={"PATH": self.k.more["PATH"]})
        self.addCleanup(other.close)
        other.start()
        for bad in (b"--unlock\0\0\0\0\0\0\0\0", b"../../../../../..",
                    item[:15].encode() + b"\0", item.upper().encode(),
                    b"\0" + item[1:].encode()):
            if bad == item.encode():
                continue  # no letter in it
            with open(book["file"], "wb") as f:
                f.write(whole[:at] + bad[:16] + whole[at + 16:])
            os.unlink(self.tool + ".log")
            open(self.tool + ".log", "w").close()
            looked, = other.post("/v1/restore/look",
                                 {"place": place})["books"]
            self.assertFalse(looked["keyring"])
            for members in ({"with": "keyring"},
                            {"with": "phrase", "kek": PHRASE_KEK}):
                status, reply = other.ask("POST", "/v1/restore", dict(
                    members, file=book["file"], key=keyspec()))
                self.assertEqual(reply["error"]["code"], "corrupt", reply)
                self.assertIn("damaged; ", reply["error"]["message"])
            with open(self.tool + ".log") as f:
                self.assertEqual(f.read(), "")

    def test_import_into_the_keyring(self):
        self.k.make_book("file")
        records = self.k.records()
        other = keeld.Keeld(env={"PATH": self.k.more["PATH"]})
        self.addCleanup(other.close)
        other.start()
        other.post("/v1/import", {"records": records,
                                  "key": keyspec("keyring")}, key())
        self.assertEqual(other.export(), self.k.export())
        self.assertEqual(len(self.items()), 1)

    def test_stopped_while_the_keyring_is_asked(self):
        with open(self.tool, "w") as f:
            f.write("#!/bin/sh\nexec sleep 30\n")
        connection = keeld.UnixConnection(self.k.sock)
        connection.request("POST", "/v1/book", keeld.json.dumps({
            "key": keyspec("keyring"), "plan": None}),
            {"Content-Type": "application/json"})
        self.k.get("/v1/status")
        self.assertEqual(self.k.stop(), 0)
        connection.close()

    def test_gone_while_the_keyring_is_asked(self):
        with open(self.tool, "w") as f:
            f.write("#!/bin/sh\nexec sleep 30\n")
        connection = keeld.UnixConnection(self.k.sock)
        connection.request("POST", "/v1/book", keeld.json.dumps({
            "key": keyspec("keyring"), "plan": None}),
            {"Content-Type": "application/json"})
        self.k.get("/v1/status")
        connection.close()
        self.assertEqual(self.state(), "none")
        self.k.make_book("file")


if __name__ == "__main__":
    keeld.main()
