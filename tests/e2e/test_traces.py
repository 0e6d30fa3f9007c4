#!/usr/bin/python3
"""What a browser keeps of the page (P7), with words like no others typed into
every field: its arguments, its history, its logs, and its profile, searched
after it was killed in the middle of a form.

Found so, and what became of it:
- Chromium wrote what was typed, and what was chosen, into its session file
  (Sessions/) within seconds, `Cache-Control: no-store` or not, and the file was
  there after the crash.  Mended: every form says autocomplete="off", of which
  Chromium keeps nothing.  A control, a form without it in the tab beside, shows
  that this search finds what is kept.
- The history and the session file hold the addresses, which are random
  digits, with the neutral title, and the times of the visits: that the page
  was open, and when.  `keel open --help` tells so, and how to leave less.
- The link that was handed over stands in the browser's arguments and history.
  It is good once.
"""
import glob
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
import http.server

import browse
import keeld

WORDS = {"note": "quokkasong", "plan": "wombatgarden",
         "role": "numbatduties"}
CONTROL = "bettongletter"
FIELDS = "textarea, input[type=text], input:not([type])"
PLAN = keeld.PLAN.replace("Walk in the garden", "Walk to the wombatgarden")


def encodings(word):
    """As a file may hold it."""
    return (word.encode(), word.encode("utf-16-le"), word.upper().encode(),
            word.encode("utf-16-be"))


def processes(folder):
    """Those whose arguments name the folder: {pid: arguments}"""
    found = {}
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as f:
                argv = f.read()
        except OSError:
            continue
        if folder.encode() in argv:
            found[int(path.split("/")[2])] = argv
    return found


class Storable(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        text = b"<!doctype html><title>x</title><textarea></textarea>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


class Traces(keeld.Case):
    schedules = (keeld.DAILY,)
    plan = PLAN

    def setUp(self):
        super().setUp()
        self.top = tempfile.mkdtemp(prefix="ek.", dir="/tmp")
        self.addCleanup(shutil.rmtree, self.top, True)
        self.profile = os.path.join(self.top, "profile")
        self.screen()
        # As a person's own browser: it remembers, saves sessions, and a link
        # comes to it by its own command line.
        self.hand = browse.Hand(
            env=dict(os.environ, DISPLAY=self.display, HOME=self.top),
            dir=self.profile, headed=True,
            plain=["--disable-field-trial-config", "--password-store=basic"],
            args=["--restore-last-session", "--enable-logging=stderr",
                  "--log-level=0"])
        self.addCleanup(self.hand.close)

    def screen(self):
        read, write = os.pipe()
        xvfb = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0",
             "1280x900x24", "-nolisten", "tcp"], pass_fds=[write],
            stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read, encoding="ascii") as f:
            self.display = ":" + f.readline().strip()
        self.addCleanup(xvfb.wait, keeld.LIMIT)
        self.addCleanup(xvfb.terminate)

    def hand_over(self, link):
        """As xdg-open does: the browser's own program, given the link."""
        before = self.hand.do("tabs")
        subprocess.run(
            ["/usr/bin/chromium", "--no-sandbox", "--user-data-dir="
             + self.profile, link], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            timeout=keeld.LIMIT, check=True,
            env=dict(os.environ, DISPLAY=self.display, HOME=self.top))
        return browse.Tab(self.hand, self.hand.do("newest", after=before))

    def type_all(self, tab, word=WORDS["note"]):
        """Into every field of the page that takes words; how many."""
        count = tab.do("evaluate", code=f"document.querySelectorAll("
                       f"'{FIELDS}').length")
        for number in range(count):
            tab.do("evaluate", code=f"document.querySelectorAll("
                   f"'{FIELDS}')[{number}].focus()")
            tab.do("type", text=f"{word} {number}")
        return count

    def crash(self):
        """The browser and all its processes at once, as a power cut would."""
        pids = [pid for pid in processes(self.profile)
                if pid != os.getpid() and pid != self.hand.node.pid]
        self.assertGreater(len(pids), 2)
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        for pid in pids:
            self.until_gone(pid)

    @staticmethod
    def until_gone(pid):
        while True:
            try:
                with open(f"/proc/{pid}/stat", encoding="ascii",
                          errors="replace") as f:
                    if f.read().rpartition(")")[2].split()[0] in "ZX":
                        return
            except OSError:
                return

    def search(self, folder, words):
        """[(file, word)]"""
        found = []
        for path in glob.glob(folder + "/**", recursive=True,
                              include_hidden=True):
            if not os.path.isfile(path) or os.path.islink(path):
                continue
            with open(path, "rb") as f:
                data = f.read()
            for word in words:
                if any(form in data for form in encodings(word)):
                    found.append((os.path.relpath(path, folder), word))
        return found

    def history(self):
        """[(address, title)] that the browser keeps."""
        path, = glob.glob(self.profile + "/**/History", recursive=True)
        copy = os.path.join(self.top, "history")
        for more in ("", "-journal", "-wal"):
            if os.path.exists(path + more):
                shutil.copy(path + more, copy + more)
        with sqlite3.connect(copy) as db:
            return db.execute("SELECT url, title FROM urls").fetchall()

    def until(self, is_so):
        return browse.Case.until(self, is_so)

    def test_crash_in_a_form(self):
        link = browse.handed_link(self.k, "checkin")
        tab = self.hand_over(link)
        self.assertIn("Check in", tab.text())
        self.look_at_all(tab)
        typed = self.last_page_with_words(tab)
        self.assertGreater(typed, 0)
        plan = self.hand_over(browse.handed_link(self.k, "plan"))
        plan.link("My role")
        self.assertGreater(self.type_all(plan, WORDS["role"]), 0)
        self.control()
        arguments = processes(self.profile)
        self.until(lambda: any(link in page[0] or page[0] == tab.do("url")
                               for page in self.history()))
        self.crash()
        self.assertNotEqual(self.search(self.profile, [CONTROL]), [])
        for argv in arguments.values():
            for word in WORDS.values():
                self.assertNotIn(word.encode(), argv)
        hers = list(WORDS.values()) + ["skipping lunch", "Hard day",
                                       "Tea with the door", "a.mood"]
        self.assertEqual(self.search(self.profile, hers), [])
        pages = self.history()
        port = re.match(r"http://127\.0\.0\.1:(\d+)/", link)[1]
        ours = [page for page in pages if f":{port}/" in page[0]]
        self.assertGreater(len(ours), 0)
        for address, title in ours:
            self.assertRegex(
                address, r"^http://127\.0\.0\.1:\d+/"
                r"(o/[0-9a-f]{32}|[0-9a-f]{32}/[0-9a-f]{16}|closed)$")
            self.assertIn(title, ("Evenkeel", "", link,
                                  re.sub("^http://", "", address)))
        self.assertNotIn("quokka", self.k.logged())
        for path, data in self.k.files().items():
            for word in WORDS.values():
                self.assertNotIn(word.encode(), data, path)
        # the cookie is worth nothing once its session is over
        self.assertLessEqual(set(self.cookies()), {("127.0.0.1", "ek")})

    def control(self):
        """A form of another's, which may be stored, filled in after hers: once
        the browser has written that down, it had its time with hers, and to
        find none of them means something."""
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Storable)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        tab = self.hand_over(f"http://127.0.0.1:{server.server_port}/")
        self.assertEqual(self.type_all(tab, CONTROL), 1)
        self.until(lambda: self.search(self.profile, [CONTROL]))

    def cookies(self):
        found = []
        for path in glob.glob(self.profile + "/**/Cookies", recursive=True):
            copy = os.path.join(self.top, "cookies")
            shutil.copy(path, copy)
            with sqlite3.connect(copy) as db:
                found += db.execute(
                    "SELECT host_key, name FROM cookies").fetchall()
        return found

    def look_at_all(self, tab):
        """Every page of the navigation is shown once."""
        names = tab.do("evaluate", code="""[...document.querySelectorAll(
            'nav a')].map((one) => one.innerText)""")
        self.assertGreaterEqual(len(names), 3)
        for name in names:
            tab.link(name, within="nav")

    def last_page_with_words(self, tab):
        """In the middle of a check-in, at the first step that takes words."""
        tab.link("Check in", within="nav")
        for _ in range(5):
            typed = self.type_all(tab)
            if typed:
                return typed
            for legend in ("mood", "energy"):
                self.answer(tab, legend)
            tab.button("Go on")
        return 0

    @staticmethod
    def answer(tab, name):
        tab.do("evaluate", code=f"""[...document.querySelectorAll(
            'input[name="a.{name}"][value="5"]')].forEach((one) =>
                one.click())""")


if __name__ == "__main__":
    keeld.main()
