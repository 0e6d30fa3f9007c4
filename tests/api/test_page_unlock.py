#!/usr/bin/python3
"""A locked book on the page, opened by passphrase, recovery words and keyring;
what was added meanwhile; where it is kept; a book that cannot be opened."""
import os
import re
import sqlite3

import keeld
from test_keyring import TOOL
from visitor import Case, Visitor

SECRET = "canary heron walnut"
ANSWERS = "sign=skipping lunch\nhelps=Tea\nperson=Jia\nwhen=none\n"


class Locked(Case):
    """A book under a passphrase, after keeld started anew."""

    def setUp(self):
        super().setUp()
        status, out = self.command(
            self.k, "start", "--answers", "-",
            text=ANSWERS + f"key=passphrase\npassphrase={SECRET}\n")
        self.assertEqual(status, 0, out)
        self.phrase = re.search(r'"phrase":"([a-z ]+)"', out)[1]
        self.k.restart()
        self.assertEqual(self.state(), "locked")

    def locked(self, to="today"):
        """A browser on a page of a locked book: (browser, text)"""
        browser = Visitor(self, to)
        text = browser.enter()
        self.assertIn("Your book is locked", text)
        return browser, text

    def nowhere(self, *hers):
        """Neither in the arguments and environment of keel nor in the log."""
        for words in hers:
            self.assertNotIn(words, self.started())
            self.assertNotIn(words, self.k.logged())

    def form_of(self, browser, text, how):
        """One of the page's forms: all have the same button."""
        for address, inside in re.findall(
                r'<form [^>]*action="([/0-9a-z]+)">(.*?)</form>',
                text, re.S):
            if f'name="how" value="{how}"' in inside:
                return address, dict(re.findall(
                    r'type="hidden" name="(\w+)" value="([^"]*)"', inside))
        self.fail(f"no form for {how}: {text}")

    def test_back_to_a_hard_day(self):
        """Whoever opens the book for her own words gets them then."""
        browser, text = self.locked("hard")
        _, text = browser.send(*browser.form(text, "Show me my words"))
        for link in ("Open it", "Unlock the book"):
            _, page = browser.go(browser.address(text, link))
        address, fields = self.form_of(browser, page, "passphrase")
        _, text = browser.send(address, dict(fields, words=SECRET))
        self.assertIn("<h1>Added while it was locked</h1>", text)
        address, fields = browser.form(text, "Keep")
        _, text = browser.send(address, dict(fields, keep="yes"))
        self.assertIn("<h1>A hard day</h1>", text)
        self.assertIn("People you can turn to", text)
        self.assertIn("Written down in your book", text)

    def test_passphrase(self):
        """Wrong: the reason at the field; right: where she wanted to go."""
        browser, text = self.locked("rewords")
        self.assertEqual(browser.status, 423)
        self.assertIn("<h1>Your book is locked</h1>", text)
        self.assertNotIn("keel unlock", text)
        for words, status, reason in (
                ("heron", 403, "does not open the book"),
                ("", 400, "There is no passphrase"),
                ("x" * 3000, 413, "past its limit|too long|too large")):
            address, fields = self.form_of(browser, text, "passphrase")
            self.assertEqual(fields["back"], "rewords")
            got, text = browser.send(address, dict(fields, words=words))
            self.assertEqual(got, status, text)
            if status == 413:
                self.assertRegex(text, reason)
                break
            self.assertRegex(text, 'role="alert"[^>]*id="why">[^<]*' + reason)
            self.assertIn('aria-describedby="why"', text)
            self.assertEqual(self.state(), "locked")
        got, text = browser.send(address, dict(
            fields, words=SECRET, key=keeld.key()))
        self.assertEqual(got, 200, text)
        self.assertIn("<h1>New recovery words</h1>", text)
        self.assertEqual(self.state(), "open")
        self.nowhere(*SECRET.split())

    def test_words(self):
        """The recovery words; a slip of the pen is mended, not typed anew."""
        browser, text = self.locked()
        text = browser.go(browser.address(text, "Open it"))[1]
        address, fields = self.form_of(browser, text, "phrase")
        words = self.phrase.split()
        wrong = " ".join(words[:7] + ["xylophones"])
        status, text = browser.send(address, dict(fields, words=wrong))
        self.assertEqual(status, 400)
        self.assertIn("Word 8 of the phrase is not one of the list", text)
        self.assertIn(f'value="{wrong}"', text)
        address, fields = self.form_of(browser, text, "phrase")
        status, text = browser.send(
            address, dict(fields, words=" ".join(words[:7])))
        self.assertEqual(status, 400)
        self.assertIn("these are 7", text)
        address, fields = self.form_of(browser, text, "phrase")
        status, text = browser.send(
            address, dict(fields, words=self.phrase.upper()))
        self.assertEqual(status, 200, text)
        self.assertIn("<h1>Today</h1>", text)
        # each word by itself may stand in "unlock" or in a folder's name
        self.nowhere(*(mark.join(pair) for mark in (" ", "\n", "+", "%20")
                       for pair in zip(words, words[1:])))
        # it is open; the page says so, and its old form does no harm
        status, text = browser.send(
            address, dict(fields, words=self.phrase, key=keeld.key()))
        self.assertEqual(status, 200, text)

    def test_back_is_a_page(self):
        """Nowhere else can it lead."""
        browser, text = self.locked("rewords")
        address, fields = self.form_of(browser, text, "passphrase")
        for back in ("http://evil.example/", "/closed", "nowhere", "hide",
                     "today%0d%0aX: y", "unlock"):
            status, text = browser.send(address, dict(
                fields, words=SECRET, back=back, key=keeld.key()))
            self.assertEqual(status, 200, text)
            self.assertIn("<h1>Today</h1>", text)
        status, text = browser.send(address, dict(
            fields, how="magic", key=keeld.key()))
        self.assertEqual(status, 400)

    def test_meanwhile(self):
        """A check-in without opening; then it is asked about, once."""
        for keep in ("Keep", "Not mine: delete"):
            with self.subTest(keep=keep):
                self.k.post("/v1/checkins", {
                    "instrument": "pulse", "answers": {"mood": 6}},
                    keeld.key())
                browser, text = self.locked()
                text = browser.go(browser.address(text, "Open it"))[1]
                address, fields = self.form_of(browser, text, "passphrase")
                status, text = browser.send(
                    address, dict(fields, words=SECRET))
                self.assertIn("1 entry was made while your book was locked",
                              text)
                # another page says so, too, till it is settled
                other = browser.go(browser.address(text, "Today"))[1]
                self.assertIn("was added while your book was locked", other)
                address, fields = browser.form(text, keep)
                status, text = browser.send(address, dict(
                    fields, keep="perhaps"))
                self.assertEqual(status, 400)
                fields["key"] = keeld.key()
                status, text = browser.send(address, dict(
                    fields, keep="yes" if keep == "Keep" else "no"))
                self.assertEqual(status, 200, text)
                self.assertIn("<h1>Today</h1>", text)
                self.assertNotIn("while your book was locked", text)
                self.assertEqual(len(self.k.entries()), 1)
                self.k.post("/v1/lock")

    def test_kept(self):
        """Who could read it, and the lock."""
        browser, text = self.locked()
        text = browser.go(browser.address(text, "Where this is kept"))[1]
        self.assertIn("A stolen disk or backup does not open it", text)
        self.assertNotIn("Lock the book now", text)
        text = browser.go(browser.address(text, "Open it"))[1]
        address, fields = self.form_of(browser, text, "passphrase")
        browser.send(address, dict(fields, words=SECRET))
        text = browser.go(browser.address(text, "Where this is kept"))[1]
        for part in ("eight-word recovery phrase", self.k.home,
                     "No sealed copy is kept", "Evenkeel "):
            self.assertIn(part, text)
        self.assertNotRegex(text, r"\bkeel ")
        status, text = browser.send(*browser.form(text, "Lock the book now"))
        self.assertEqual(status, 200)
        self.assertIn("<h1>Your book is locked</h1>", text)
        self.assertEqual(self.state(), "locked")

    def test_stopped(self):
        """keeld stops while keel opens it: it is locked still."""
        browser, text = self.locked()
        text = browser.go(browser.address(text, "Open it"))[1]
        address, fields = self.form_of(browser, text, "passphrase")
        self.hold()
        raw = browser.start_send(address, dict(fields, words=SECRET))
        pid = self.wait_held()
        self.assertEqual(self.k.stop(), 0)
        self.assertFalse(os.path.exists(f"/proc/{pid}"))
        raw.close()
        self.k.start()
        self.assertEqual(self.state(), "locked")

    def test_leaves(self):
        browser, text = self.locked()
        text = browser.go(browser.address(text, "Open it"))[1]
        address, fields = self.form_of(browser, text, "passphrase")
        self.hold()
        raw = browser.start_send(address, dict(fields, words=SECRET))
        self.wait_held()
        raw.close()
        self.state()
        self.let_go()
        self.wait_state("open")

    def test_erased(self):
        """Erased on another desk meanwhile: said, and the way on."""
        place = os.path.join(self.k.top, "stick")
        os.mkdir(place)
        done = self.command(self.k, "unlock", "--passphrase", "-",
                            text=SECRET)
        self.assertEqual(done[0], 0)
        self.k.put("/v1/copy", {"place": place})
        self.k.restart()
        other = self.another().start()
        done = self.command(other, "restore", "--from", place, "--answers",
                            "-", text=f"phrase={self.phrase}\nkey=file\n")
        self.assertEqual(done[0], 0, done[1])
        other.put("/v1/copy", {"place": place})
        other.post("/v1/erase", {"confirm": "erase"})
        browser, text = self.locked()
        text = browser.go(browser.address(text, "Open it"))[1]
        address, fields = self.form_of(browser, text, "passphrase")
        status, text = browser.send(address, dict(fields, words=SECRET))
        self.assertEqual(status, 410, text)
        self.assertIn("You erased it on another computer", text)
        text = browser.go(browser.address(text, "Begin a new book"))[1]
        self.assertIn("<h1>Begin</h1>", text)

    def test_idle_end(self):
        """The session ends while keel is at it: closed, and ended."""
        browser, text = self.locked()
        text = browser.go(browser.address(text, "Open it"))[1]
        address, fields = self.form_of(browser, text, "passphrase")
        self.hold()
        raw = browser.start_send(address, dict(fields, words=SECRET))
        pid = self.wait_held()
        self.k.pass_time(minutes=11)
        status, _, text = browser.answer(raw)
        self.assertEqual(status, 410)
        self.assertIn("<h1>Closed</h1>", text)
        self.wait_gone(pid)
        self.assertEqual(self.state(), "locked")


class File(Case):
    book = "file"

    def page(self, to="kept"):
        browser = Visitor(self, to)
        return browser, browser.enter()

    def test_kept(self):
        browser, text = self.page()
        self.assertIn("book.key", text)
        self.assertIn("the book cannot be locked", text)
        self.assertNotIn("keel key", text)
        # a copy that is late can be written now
        place = os.path.join(self.k.top, "stick")
        os.mkdir(place)
        self.k.put("/v1/copy", {"place": place})
        os.rename(place, place + ".away")
        self.k.pass_time(days=1, hours=2)  # past every drawn minute
        self.k.turn()
        os.rename(place + ".away", place)
        browser, text = self.page()
        self.assertIn(f"the sealed copy in {place}", text)
        status, text = browser.send(*browser.form(text, "Write it now"))
        self.assertEqual(status, 200)
        self.assertIn("The sealed copy is up to date", text)

    def test_no_key_file(self):
        """The key is gone: only the words open it."""
        self.k.stop()
        os.unlink(os.path.join(self.k.home, "book.key"))
        self.k.start()
        browser, text = self.page("unlock")
        self.assertIn("The file with the key is gone", text)
        self.assertEqual(text.count('name="how"'), 1)

    def broken(self, text, *parts):
        self.assertIn('role="alert"', text)
        for part in parts:
            self.assertIn(part, text)
        self.assertIn("Nobody is watching", text)
        self.assertIn("looks after your computer", text)

    def test_damaged(self):
        self.k.stop()
        with open(os.path.join(self.k.home, "book.db"), "r+b") as f:
            f.write(b"no database")
        self.k.start()
        for to in ("today", "start", "kept", "unlock"):
            browser, text = self.page(to)
            self.assertEqual(browser.status, 500)
            self.broken(text, "Your book cannot be read",
                        "Nothing was deleted", "keel doctor", "keel restore")

    def test_newer(self):
        self.k.stop()
        db = sqlite3.connect(os.path.join(self.k.home, "book.db"))
        db.execute("PRAGMA user_version = 999")
        db.commit()
        db.close()
        self.k.start()
        browser, text = self.page("today")
        self.broken(text, "Your book is newer", "update Evenkeel")

    def test_no_file(self):
        self.k.stop()
        path = os.path.join(self.k.home, "book.db")
        os.unlink(path)
        os.mkdir(path)
        self.k.start()
        browser, text = self.page("today")
        self.broken(text, "Your book cannot be opened")


class Keyring(Case):
    """A secret-tool of our own, that can be told to fail."""

    def setUp(self):
        super().setUp()
        self.k.stop()
        folder = os.path.join(self.k.top, "bin")
        os.mkdir(folder)
        self.tool = os.path.join(folder, "secret-tool")
        with open(self.tool, "w") as f:
            f.write(TOOL)
        os.chmod(self.tool, 0o700)
        self.k.more["PATH"] = folder + ":/usr/bin:/bin"
        self.k.start()

    def test_keyring(self):
        browser = Visitor(self, "today")
        address, fields = browser.form(browser.enter(), "Make my book")
        status, text = browser.send(address, dict(
            fields, shared="no", when="none", place="keyring"))
        self.assertEqual(status, 200, text)
        self.assertIn('<ol class="words">', text)
        self.assertEqual(self.k.get("/v1/key")["mode"], "keyring")
        open(self.tool + ".fail", "w").close()
        self.k.restart()
        browser = Visitor(self, "rewords")
        text = browser.enter()
        address, fields = browser.form(text, "Open my book")
        self.assertEqual(fields["how"], "keyring")
        status, text = browser.send(address, fields)
        self.assertEqual(status, 403)
        self.assertIn("The login keyring", text)
        self.assertNotIn("keel key", text)
        os.unlink(self.tool + ".fail")
        address, fields = browser.form(text, "Open my book")
        status, text = browser.send(address, fields)
        self.assertEqual(status, 200)
        self.assertIn("<h1>New recovery words</h1>", text)


if __name__ == "__main__":
    keeld.main()
