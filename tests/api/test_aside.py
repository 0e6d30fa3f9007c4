#!/usr/bin/python3
"""What was set aside as damaged may still hold what is deleted: that is said,
with the files and the way to end them, and then it is so."""
import glob
import os
import sqlite3
import subprocess
import unittest

import keeld
from keeld import PASS_KEK, PHRASE_KEK, key, keyspec


class Aside(keeld.Case):
    def setUp(self):
        super().setUp()
        self.place = os.path.join(self.k.top, "copies")
        os.mkdir(self.place)
        self.k.put("/v1/copy", {"place": self.place})
        self.mine = self.k.checkin(note="a word")["id"]
        self.k.pass_time(seconds=1)
        self.k.checkin(note="another")
        self.k.post("/v1/copy")

    @property
    def db(self):
        path, = glob.glob(self.k.home + "/**/book.db", recursive=True)
        return path

    def row(self, rid):
        db = sqlite3.connect(self.db)
        blob, = db.execute("SELECT blob FROM rows WHERE rid=?",
                           (bytes.fromhex(rid),)).fetchone()
        db.close()
        return blob

    def damage(self):
        """The book is set aside and comes back from its copy; the sealed row
        of an entry as it lies in what was set aside."""
        self.k.stop()
        row = self.row(self.mine)
        with open(self.db, "r+b") as f:
            f.write(b"no book " * 12)
        self.k.start()
        self.assertEqual(self.k.get("/v1/status")["code"], "corrupt")
        book, = self.k.post("/v1/restore/look",
                            {"place": self.place})["books"]
        self.k.post("/v1/restore", {
            "file": book["file"], "with": "phrase", "kek": PHRASE_KEK,
            "key": keyspec()})
        return row

    def holding(self, row):
        """Files, here and in the copy's folder, with any 16 bytes of it."""
        want = keeld.windows(row)
        found = self.k.files()
        for path in glob.glob(self.place + "/*"):
            with open(path, "rb") as f:
                found[path] = f.read()
        return sorted(p for p, data in found.items()
                      if want & keeld.windows(data))

    def check(self, name):
        return [c for c in self.k.get("/v1/doctor")["checks"]
                if c["name"] == name][0]

    def test_nothing_aside(self):
        self.assertEqual(
            self.k.delete("/v1/diary/" + self.mine)["aside"], [])
        self.assertTrue(self.check("set-aside")["ok"])

    def test_the_damaged_book(self):
        row = self.damage()
        reply = self.k.delete("/v1/diary/" + self.mine)
        left = self.holding(row)
        self.assertEqual(left, [self.db + ".damaged1"])
        for path in left:
            self.assertIn(path, reply["aside"])
        self.assertTrue(all(os.path.exists(p) for p in reply["aside"]))
        line = self.check("set-aside")
        self.assertFalse(line["ok"])
        self.assertIn("delete", line["words"])
        command = line["remedy"][line["remedy"].index("shred"):]
        subprocess.run(["sh", "-c", command], check=True)
        self.assertEqual(self.holding(row), [])
        self.assertTrue(self.check("set-aside")["ok"])
        self.assertEqual(
            self.k.delete("/v1/diary/" + self.mine)["aside"], [])
        self.k.restart()
        self.assertEqual(len(self.k.entries()), 1)

    def test_a_damaged_copy(self):
        name = self.k.get("/v1/copy")["file"]
        with open(name, "r+b") as f:
            f.seek(5000)
            f.write(b"damage")
        self.k.post("/v1/copy")
        other = os.path.join(self.place, "evenkeel-0123456789abcdef.copy"
                             ".damaged1")
        with open(other, "w") as f:
            f.write("of another book")
        reply = self.k.delete("/v1/diary/" + self.mine)
        self.assertEqual(reply["aside"], [name + ".damaged1"])
        line = self.check("copy-opens")
        self.assertIn("delete", line["words"])

    def test_dropped_while_waiting(self):
        self.k.put("/v1/key", {"key": keyspec("passphrase")})
        self.k.post("/v1/lock")
        self.k.checkin()
        self.k.stop()
        with open(self.db, "r+b") as f:
            f.write(b"no book " * 12)
        self.k.start()
        book, = self.k.post("/v1/restore/look",
                            {"place": self.place})["books"]
        self.k.post("/v1/restore", {
            "file": book["file"], "with": "phrase", "kek": PHRASE_KEK,
            "key": keyspec("passphrase")})
        self.k.post("/v1/lock")
        self.k.checkin()
        self.k.post("/v1/unlock", {"with": "passphrase", "kek": PASS_KEK})
        reply = self.k.post("/v1/pending", {"keep": False})
        self.assertIn(self.db + ".damaged1", reply["aside"])
        self.k.post("/v1/lock")
        self.k.checkin()
        self.k.post("/v1/unlock", {"with": "passphrase", "kek": PASS_KEK})
        self.assertEqual(self.k.post("/v1/pending", {"keep": True}),
                         {"kept": 1, "aside": []})

    def test_erase_ends_them_too(self):
        row = self.damage()
        self.k.post("/v1/erase", {"confirm": "erase"})
        self.assertEqual(self.holding(row), [])
        self.assertEqual(glob.glob(self.k.home + "/**/*damaged*",
                                   recursive=True), [])

    def aside_alone(self):
        """Killed while it was set aside for a restore, which then was not
        asked for again: the damaged set with its key, and no book."""
        self.k.stop()
        row = self.row(self.mine)
        with open(self.db, "r+b") as f:
            f.write(b"no book " * 12)
        with open(os.path.join(os.path.dirname(self.db), "aside.pending"),
                  "w") as f:
            f.write("1\n")
        self.k.start()
        status = self.k.get("/v1/status")
        self.assertEqual(status["state"], "none")
        return row, status["aside"]

    def test_erase_without_a_book(self):
        row, aside = self.aside_alone()
        self.assertTrue(set(self.holding(row)) <= set(aside))
        self.assertTrue([p for p in aside if ".key.damaged" in p])
        reply = self.k.post("/v1/erase", {"confirm": "erase"})
        self.assertEqual(reply["aside"], aside)
        self.assertEqual(self.holding(row), [])
        self.assertEqual([p for p in aside if os.path.exists(p)], [])
        self.assertEqual(self.k.get("/v1/status")["aside"], [])
        self.refused(409, "no-book", "POST", "/v1/erase",
                     {"confirm": "erase"}, says="no book here")


if __name__ == "__main__":
    keeld.main()
