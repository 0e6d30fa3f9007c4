#!/usr/bin/python3
"""The first run on the page: the book it makes is the one of `keel start`;
nothing typed is lost by a mistake, nor found anywhere; the recovery words are
seen once; whoever leaves, presses twice or stops keeld in between."""
import html
import json
import os
import re
import signal

import keeld
from test_prompt import Waiting
from visitor import Case, Visitor

SIGN = "skipping lunch <b>&"
HELPS = "Walk in the garden"
PERSON = "Jia, a friend"
SECRET = "canary heron walnut"
ANSWERS = {"shared": "no", "sign": SIGN, "helps": HELPS, "person": PERSON,
           "when": "suggested", "time": "16:30", "place": "file",
           "passphrase": "", "again": ""}
LIST = re.compile(r'<ol class="words">(.*?)</ol>')


def words_of(text):
    """The recovery words on a page."""
    found = LIST.search(text)
    return None if found is None else re.findall(r"<li>(\w+)</li>", found[1])


def plain(records):
    """Records without what differs between two runs of the same."""
    lines = []
    for line in records.splitlines():
        record = json.loads(line)
        for name in ("id", "time"):
            record.pop(name, None)
        lines.append(json.dumps(record, sort_keys=True))
    return sorted(lines)


class Start(Case):
    def begin(self, to="today"):
        """A browser on the form: (browser, address, hidden fields)"""
        browser = Visitor(self, to)
        text = browser.enter()
        self.assertIn("<h1>Begin</h1>", text)
        # what it is for comes before what is asked
        self.assertLess(text.index("how work is going"),
                        text.index("<fieldset"))
        return (browser, *browser.form(text, "Make my book"))

    def twin(self, answers):
        """The export of a book made by keel with the same answers."""
        other = self.another().start()
        status, out = self.command(
            other, "start", "--answers", "-",
            text="".join(f"{n}={v}\n" for n, v in answers.items()))
        self.assertEqual(status, 0, out)
        return plain(other.export())

    def make(self, **changed):
        browser, address, fields = self.begin()
        status, text = browser.send(address, {**fields, **ANSWERS, **changed})
        self.assertEqual(status, 200, text)
        return browser, text

    def test_whole(self):
        browser, text = self.make()
        words = words_of(text)
        self.assertEqual(len(words), 8, text)
        self.assertEqual(plain(self.k.export()), self.twin(
            {"sign": SIGN, "helps": HELPS, "person": PERSON, "key": "file"}))
        # back and reload bring the page, and not the words
        for _ in range(2):
            status, again = browser.go(browser.page)
            self.assertEqual(status, 200)
            self.assertIsNone(words_of(again))
            for word in words:
                self.assertNotIn(f">{word}<", again)
        number = int(re.search(r"word number (\d)", text)[1])
        address, fields = browser.form(again, "I wrote them down")
        status, text = browser.send(address, dict(fields, word="wrongly"))
        self.assertEqual(status, 400)
        self.assertIn(f"That is not word number {number}", text)
        self.assertIsNone(words_of(text))
        address, fields = browser.form(text, "I wrote them down")
        status, text = browser.send(
            address, dict(fields, word=f" {words[number - 1].upper()} "))
        self.assertEqual(status, 200)
        self.assertIn("<h1>Your book is made</h1>", text)
        for part in ("A short question is waiting", "Nobody is watching",
                     self.k.home, "book.key", "nowhere else until you say so",
                     "Whoever administers this computer"):
            self.assertIn(part.lower(), text.lower())
        self.assertEqual(text.count("Nobody is watching"), 1)
        self.assertNotIn("keel key", text)
        status, text = browser.go(browser.address(text, "Go to today"))
        self.assertIn("<h1>Today</h1>", text)
        # the words are the book's
        status, out = self.command(self.k, "key", "passphrase", "--yes",
                                   "--passphrase", "-", text=SECRET)
        self.assertEqual(status, 0, out)

    def test_own_days(self):
        self.make(when="own", tue="1", thu="1", time="15:05")
        self.assertEqual(plain(self.k.export()), self.twin(
            {"sign": SIGN, "helps": HELPS, "person": PERSON, "key": "file",
             "when": "Tue Thu 15:05"}))

    def test_nothing_asked(self):
        self.make(when="none", sign="", helps="", person="")
        self.assertEqual(plain(self.k.export()),
                         self.twin({"when": "none", "key": "file"}))
        self.assertEqual(self.k.get("/v1/schedules")["schedules"], [])

    def test_every_page_leads_there(self):
        for to in ("today", "checkin", "hard", "start"):
            self.begin(to)
        browser, address, fields = self.begin("hard")
        self.assertNotIn("Hard day", browser.go(browser.page)[1])
        self.assertEqual(self.state(), "none")

    def test_begun_already(self):
        browser, address, fields = self.begin()
        self.k.make_book()
        before = self.k.export()
        status, text = browser.send(address, {**fields, **ANSWERS})
        self.assertEqual(status, 200)
        self.assertIn("You have begun already", text)
        self.assertEqual(self.k.export(), before)
        self.assertEqual(self.started(), "")

    # --- mistakes ---

    def kept(self, text, fields):
        """All that was typed stands in the form."""
        for name in ("sign", "helps", "person", "time", "passphrase",
                     "again"):
            self.assertRegex(text, 'name="%s"[^>]* value="%s"' % (
                name, re.escape(html.escape(fields[name], True)
                                .replace("&#x27;", "&#39;"))))
        for name in ("shared", "when", "place"):
            self.assertIn(f'name="{name}" value="{fields[name]}" checked',
                          text)

    def test_mistakes(self):
        browser, address, fields = self.begin()
        for field, reason, status, changed in (
                ("shared", "not supported", 403, {"shared": "yes"}),
                ("sign", "too long", 413, {"sign": "x" * 301}),
                ("helps", "too long", 413, {"helps": "ö" * 151}),
                ("when", "at least one day", 400, {"when": "own"}),
                ("when", "at least one day", 400,
                 {"when": "own", "mon": "1", "time": "noon"}),
                ("place", "Choose a passphrase, or a file", 400,
                 {"place": "keyring"}),
                ("passphrase", "at least 8 characters", 400,
                 {"place": "passphrase", "passphrase": "seven 7"[:7],
                  "again": "seven 7"[:7]}),
                ("passphrase", "needs at least 8", 400,
                 {"place": "passphrase"}),
                ("again", "not alike", 400,
                 {"place": "passphrase", "passphrase": SECRET,
                  "again": SECRET + "s"})):
            with self.subTest(field=field, reason=reason):
                sent = {**fields, **ANSWERS, **changed}
                got, text = browser.send(address, sent)
                self.assertEqual(got, status, text)
                self.assertRegex(text, 'role="alert"[^>]*>'
                                 f'<a href="#{field}">[^<]*{reason}')
                self.assertIn(f'id="{field}"', text)
                self.assertNotIn("keel key", text)
                self.assertNotIn("--key", text)
                self.kept(text, sent)
                address, fields = browser.form(text, "Make my book")
                self.assertEqual(self.state(), "none")
        missing = {**fields, **ANSWERS}
        del missing["shared"]
        got, text = browser.send(address, missing)
        self.assertEqual(got, 400)
        self.assertIn('<a href="#shared">Please say if', text)
        # mended, it is made
        got, text = browser.send(address, {**fields, **ANSWERS})
        self.assertEqual(len(words_of(text)), 8)

    def test_no_line_of_hers_is_an_answer(self):
        """A line break in a field begins no other answer."""
        self.make(sign="one\r\nshared=yes\nkey=passphrase",
                  helps="#nothing", person="a\n\nb")
        text = self.k.get("/v1/plan")["text"]
        self.assertIn("one shared=yes key=passphrase", text)
        self.assertEqual(self.k.get("/v1/key")["mode"], "file")

    def test_too_much(self):
        browser, address, fields = self.begin()
        status, text = browser.send(
            address, {**fields, **ANSWERS, "person": "y" * 20000})
        self.assertEqual(status, 400, text)
        self.assertIn("too long", text)
        self.assertEqual(self.started(), "")

    # --- nowhere else ---

    def test_canary(self):
        """Passphrase, words and answers stand in no argument, environment,
        file or log."""
        browser, text = self.make(place="passphrase", passphrase=SECRET,
                                  again=SECRET)
        words = words_of(text)
        self.assertIn("start\n--answers\n-\n", self.started())
        told = [self.started(), self.k.logged()]
        with open(f"/proc/{self.k.process.pid}/cmdline") as f:
            told.append(f.read())
        for folder, _, names in os.walk(self.k.top):
            for name in names:
                path = os.path.join(folder, name)
                told.append(path)
                if os.path.isfile(path):
                    with open(path, "rb") as f:
                        told.append(f.read().decode("latin-1"))
        for text in told:
            for hers in (SECRET, "skipping lunch", HELPS, PERSON,
                         " ".join(words), *SECRET.split()):
                self.assertNotIn(hers, text)
        self.k.restart()
        self.assertEqual(self.state(), "locked")

    # --- in between ---

    def test_twice(self):
        """A second press waits for the same; one keel, one book."""
        self.hold()
        browser, address, fields = self.begin()
        sent = {**fields, **ANSWERS}
        first = browser.start_send(address, sent)
        self.wait_held()
        second = browser.start_send(address, sent)
        self.assertEqual(browser.answer(first)[0], 409)
        # another form of the session has to wait
        other = browser.form(browser.go(browser.page)[1], "Make my book")
        status, text = browser.send(other[0], {**other[1], **ANSWERS})
        self.assertEqual(status, 503)
        self.assertIn("wait a moment", text)
        self.let_go()
        status, location, _ = browser.answer(second)
        self.assertEqual(status, 303)
        self.assertEqual(len(words_of(browser.go(location)[1])), 8)
        self.assertEqual(self.started().count("--answers"), 1)
        # and once more, when it is done
        status, text = browser.send(address, sent)
        self.assertEqual(status, 200)
        self.assertIn("begun already", text)
        self.assertEqual(self.started().count("--answers"), 1)

    def test_leaves(self):
        """The browser leaves: the book is made, the words wait for her."""
        self.hold()
        browser, address, fields = self.begin()
        raw = browser.start_send(address, {**fields, **ANSWERS})
        self.wait_held()
        raw.close()
        self.state()
        self.let_go()
        self.wait_state("open")
        shown = []

        def ended():  # keel has its answer, and ends
            shown[:] = words_of(browser.go(browser.page)[1]) or []
            return shown
        self.till(ended)
        self.assertEqual(len(shown), 8)
        self.assertIsNone(words_of(browser.go(browser.page)[1]))

    def test_stopped(self):
        """keeld stops: nothing is made, and it can be begun again."""
        self.hold()
        browser, address, fields = self.begin()
        raw = browser.start_send(address, {**fields, **ANSWERS})
        pid = self.wait_held()
        self.assertEqual(self.k.stop(), 0)
        self.assertFalse(os.path.exists(f"/proc/{pid}"))
        raw.close()
        for name in ("there", "go"):
            os.unlink(os.path.join(self.folder, name))
        self.k.start()
        self.assertEqual(self.state(), "none")
        self.make()

    def test_killed(self):
        """keel dies in the middle: said, and all that was typed is there."""
        self.hold()
        browser, address, fields = self.begin()
        sent = {**fields, **ANSWERS}
        raw = browser.start_send(address, sent)
        os.kill(self.wait_held(), signal.SIGKILL)
        status, _, text = browser.answer(raw)
        self.assertEqual(status, 503)
        self.assertIn('role="alert"', text)
        self.kept(text, sent)

    def test_killed_at_the_end(self):
        """The book is made, the words were not heard: new ones."""
        self.hold(after=True)
        browser, address, fields = self.begin()
        raw = browser.start_send(address, {**fields, **ANSWERS})
        os.kill(self.wait_held(), signal.SIGKILL)
        status, location, _ = browser.answer(raw)
        self.assertEqual(status, 303)
        self.assertEqual(self.state(), "open")
        status, text = browser.go(location)
        self.assertIsNone(words_of(text))
        self.assertIn("make new ones", text)

    def test_hangs(self):
        self.k.stop()
        self.k.more["EVENKEEL_TEST_KEEL_MS"] = "300"
        self.k.start()
        self.hold()
        browser, address, fields = self.begin()
        sent = {**fields, **ANSWERS}
        # nobody reads what it says at the pipe: it hangs, how far it came
        raw = browser.start_send(address, sent)
        status, _, text = browser.answer(raw)
        self.assertEqual(status, 503)
        self.assertIn("took too long", text)
        self.kept(text, sent)
        self.assertEqual(self.k.children(), set())
        self.assertEqual(self.state(), "none")

    def test_hidden(self):
        """Hide in another tab ends it; nothing of it is shown."""
        self.hold()
        browser, address, fields = self.begin()
        raw = browser.start_send(address, {**fields, **ANSWERS})
        pid = self.wait_held()
        hide, token = browser.form(browser.go(browser.page)[1], "Hide")
        self.assertEqual(browser.post(hide, token)[0], 303)
        status, _, text = browser.answer(raw)
        self.assertEqual(status, 410)
        self.assertIn("<h1>Closed</h1>", text)
        self.wait_gone(pid)
        self.assertEqual(self.state(), "none")

    # --- new words ---

    def test_new_words(self):
        for mode in ("file", "passphrase"):
            with self.subTest(mode=mode):
                browser, text = self.make(
                    place=mode, passphrase=SECRET, again=SECRET)
                old = words_of(text)
                _, text = browser.go(browser.address(
                    browser.go(browser.page)[1], "make new ones"))
                address, fields = browser.form(text, "Make new words")
                self.assertEqual("passphrase" in text, mode == "passphrase")
                if mode == "passphrase":
                    status, text = browser.send(address, dict(
                        fields, passphrase=SECRET, again="other"))
                    self.assertEqual(status, 400)
                    self.assertIn("not alike", text)
                status, text = browser.send(address, dict(
                    fields, passphrase=SECRET, again=SECRET))
                self.assertEqual(status, 200, text)
                new = words_of(text)
                self.assertEqual(len(new), 8)
                self.assertNotEqual(new, old)
                number = int(re.search(r"word number (\d)", text)[1])
                address, fields = browser.form(text, "I wrote them down")
                status, text = browser.send(
                    address, dict(fields, word=new[number - 1]))
                self.assertIn("Where this is kept", text)
                self.assertNotIn(SECRET, self.started())
            self.k.close()
            self.setUp()

    def test_icon(self):
        browser = Visitor(self)
        status, headers, text = browser.ask("GET", "/favicon.ico")
        self.assertEqual((status, headers["Content-Type"]),
                         (200, "image/svg+xml"))
        self.assertIn("<svg", text)


class Sample(Waiting):
    """Shown when she presses, and said what became of it."""

    def test_shown(self):
        browser = Visitor(self, "begun")
        address, fields = browser.form(browser.enter(), "Show me one now")
        raw = browser.start_send(address, fields)
        helper = self.started()
        # she presses once more, and it is the same
        again = browser.start_send(address, fields)
        self.assertEqual(browser.answer(raw)[0], 409)
        helper.say("free")
        helper.until("tell")
        helper.say("shown 9")
        status, _, text = browser.answer(again)
        self.assertEqual(status, 200)
        self.assertIn("A sample is on the screen now", text)
        browser.form(text, "Show me one more")
        text = browser.go(browser.address(text, "Go on"))[1]
        self.assertIn("<h1>Your book is made</h1>", text)

    def test_later(self):
        """Whenever she likes, where it is said where all is kept."""
        browser = Visitor(self, "kept")
        address, fields = browser.form(browser.enter(), "Show me a sample")
        raw = browser.start_send(address, fields)
        self.started().say("held dnd")
        status, _, text = browser.answer(raw)
        self.assertEqual(status, 200)
        self.assertIn("Do not disturb is on", text)
        browser.form(text, "Show me one more")
        text = browser.go(browser.address(text, "Back"))[1]
        self.assertIn("<h1>Where this is kept</h1>", text)

    def test_leaves(self):
        """She leaves meanwhile, keeld stops: nothing hangs."""
        browser = Visitor(self, "begun")
        address, fields = browser.form(browser.enter(), "Show me one now")
        browser.start_send(address, fields).close()
        self.started()
        self.assertEqual(self.k.stop(), 0)

    def test_none(self):
        self.k.stop()
        del self.k.more["DBUS_SESSION_BUS_ADDRESS"]
        self.k.start()
        browser = Visitor(self, "begun")
        address, fields = browser.form(browser.enter(), "Show me one now")
        status, text = browser.send(address, fields)
        self.assertEqual(status, 200)
        self.assertIn("Nothing here shows notifications. What waits stands "
                      "on the page, under Today.</p>", text)


if __name__ == "__main__":
    keeld.main()
