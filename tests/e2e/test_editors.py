#!/usr/bin/env python3
"""P7 with real editors: what she writes in vim, vim.tiny and nano, each told
by her own settings to keep swap, undo, backup and history, is in her plan and
in no file beside it: not while it is edited, not after, not when keel or the
editor is ended by a signal.  An editor keel does not know is warned about and
has its home inside the folder that is wiped."""

import os
import select
import shutil
import signal
import stat
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "cli"))
from terminal import KEEL, LIMIT, Home, Terminal  # noqa: E402

RARE = "quetzalword"
START = "sign=skipping lunch\nhelps=Walk\nperson=Jia\nkey=file\n"
VIMRC = """set backup writebackup swapfile undofile history=100
set backupdir={0} directory={0} undodir={0}
set viminfo='100,n{0}/viminfo
set updatecount=1 updatetime=100
"""
NANORC = """set backup
set backupdir "{0}"
set historylog
set locking
set positionlog
"""


class Raw(Terminal):
    """A terminal whose screen nobody reads: editors draw it."""

    def read(self, seconds):
        if not select.select([self.master], [], [], seconds)[0]:
            return True
        try:
            self.raw += os.read(self.master, 65536)
        except OSError:
            return False
        return True

    def come(self, true):
        end = time.monotonic() + LIMIT
        while not true():
            assert time.monotonic() < end, self.raw[-2000:]
            self.read(0.05)


class Editors(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.close)
        self.home.start_real()
        done = self.home.run("start", "--answers", "-", words=START)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.run_dir = os.path.join(self.home.path, "run")
        self.keep = os.path.join(self.home.path, "keep")
        os.mkdir(self.keep)
        for name, text in ((".vimrc", VIMRC), (".nanorc", NANORC)):
            with open(os.path.join(self.home.path, name), "w",
                      encoding="ascii") as file:
                file.write(text.format(self.keep))

    def edit(self, editor):
        term = Raw(self.home, "plan", "edit", EDITOR=editor, VISUAL=None)
        self.addCleanup(term.close)
        return term

    def folders(self):
        return [n for n in os.listdir(self.run_dir) if n.startswith("e-")]

    def found(self, besides=()):
        """Files under her home that hold the rare word."""
        hits = []
        for folder, _, files in os.walk(self.home.path):
            for name in files:
                path = os.path.join(folder, name)
                if path in besides or stat.S_ISSOCK(os.stat(path).st_mode):
                    continue
                with open(path, "rb") as file:
                    data = file.read()
                if RARE.encode() in data or RARE.encode("utf-16le") in data:
                    hits.append(path)
        return hits

    def text_file(self, term):
        paths = []

        def there():
            paths[:] = [os.path.join(self.run_dir, n, "text.md")
                        for n in self.folders()]
            return paths and os.path.exists(paths[0])
        term.come(there)
        mode = os.stat(os.path.dirname(paths[0])).st_mode
        self.assertEqual(stat.S_IMODE(mode), 0o700)
        self.assertEqual(stat.S_IMODE(os.stat(paths[0]).st_mode), 0o600)
        return paths[0]

    def plan(self):
        return self.home.run("plan", "export", "-").stdout

    def clean(self):
        self.assertEqual(self.folders(), [])
        self.assertEqual(self.found(), [])
        self.assertEqual(os.listdir(self.keep), [])

    def arguments_are_clean(self):
        for pid in filter(str.isdigit, os.listdir("/proc")):
            for name in ("cmdline", "environ"):
                try:
                    with open(f"/proc/{pid}/{name}", "rb") as file:
                        self.assertNotIn(RARE.encode(), file.read())
                except (FileNotFoundError, PermissionError,
                        ProcessLookupError):
                    pass

    def type_in(self, term, editor, path):
        """Types a line and lets the editor write it; not yet the end."""
        if "vim" in editor:
            term.come(lambda: b"My plan" in term.raw)
            term.type(f"Go- {RARE}")
            time.sleep(0.3)  # longer than updatetime: a swap would be written
            self.assertEqual(self.found(), [])
            term.type("\x1b:w\r")
        else:
            term.come(lambda: b"My plan" in term.raw)
            term.type(f"\x1b/- {RARE}\r")  # M-/ is the end of the text
            time.sleep(0.3)
            self.assertEqual(self.found(), [])
            term.type("\x13")  # C-s writes
        term.come(lambda: self.found() == [path])
        self.arguments_are_clean()

    def leave(self, term, editor):
        term.type(":q\r" if "vim" in editor else "\x18")


def add_editor(editor):
    def whole(self):
        term = self.edit(editor)
        path = self.text_file(term)
        self.type_in(term, editor, path)
        self.leave(term, editor)
        self.assertEqual(term.end(), 0, term.raw[-500:])
        self.assertIn(RARE, self.plan())
        self.clean()

    def ended(self, number):
        before = self.plan()
        term = self.edit(editor)
        self.type_in(term, editor, self.text_file(term))
        term.signal(number)
        self.assertEqual(term.end(), -number)
        self.assertEqual(self.plan(), before)
        self.clean()

    def keel_killed(self):
        term = self.edit(editor)
        path = self.text_file(term)
        self.type_in(term, editor, path)
        term.signal(signal.SIGKILL)
        self.assertEqual(term.end(), -signal.SIGKILL)
        # what it left, the next edit takes away
        again = self.edit(editor)
        again.come(lambda: os.path.dirname(path).split("/")[-1]
                   not in self.folders())
        self.text_file(again)
        self.assertEqual(self.found(), [])
        again.signal(signal.SIGTERM)
        again.end()
        self.clean()

    def missing(test):
        return unittest.skipUnless(shutil.which(editor),
                                   f"{editor} is not installed")(test)

    name = editor.replace(".", "_")
    setattr(Editors, f"test_{name}", missing(whole))
    for number in (signal.SIGTERM, signal.SIGHUP):
        setattr(Editors, f"test_{name}_{number.name.lower()}",
                missing(lambda self, n=number: ended(self, n)))
    setattr(Editors, f"test_{name}_killed", missing(keel_killed))


for name in ("vim", "vim.tiny", "nano"):
    add_editor(name)


class Unknown(Editors):
    """An editor nobody knows: a script that leaves things about."""

    def script(self, text):
        path = os.path.join(self.home.path, "scribe")
        with open(path, "w", encoding="ascii") as file:
            file.write("#!/bin/sh\n" + text)
        os.chmod(path, 0o700)
        return path

    def run_edit(self, script, typed=""):
        """The exit status, and all that was on the screen."""
        term = self.edit(script)
        for question in typed:
            term.come(lambda: b"> " in term.raw)
            term.type(question + "\r")
        return term.end(), " ".join(term.raw.decode().split())

    def test_leavings(self):
        script = self.script(
            'mkdir "$HOME/.scribe"; cp "$1" "$HOME/.scribe/old"; '
            'cp "$1" "$1~"; cp "$1" "$TMPDIR/x"; '
            'printf -- "- %s%s\\n" quetzal word >"$1.new"; '
            'cat "$1" "$1.new" >"$1.all"; mv "$1.all" "$1"\n')
        status, text = self.run_edit(script)
        self.assertEqual(status, 0, text)
        self.assertIn("not one keel knows", text)
        self.assertIn(RARE, self.plan())
        self.clean()

    def test_failing(self):
        before = self.plan()
        for text, typed in (
                ("exit 1\n", ""), ("echo x >\"$1\"; kill -9 $$\n", ""),
                ("rm \"$1\"\n", "n"),
                ("rm \"$1\"; ln -s /etc/passwd \"$1\"\n", "n"),
                ("printf '\\377' >\"$1\"\n", "n"),
                ("head -c 70000 /dev/zero | tr '\\0' x >\"$1\"\n", "n")):
            with self.subTest(text):
                status, text = self.run_edit(self.script(text), typed)
                self.assertEqual(status, 1, text)
                self.assertEqual(self.plan(), before)
                self.clean()

    def test_none_and_refused(self):
        done = self.home.run("plan", "edit", EDITOR=None, VISUAL=None)
        self.assertEqual(done.returncode, 3)
        status, text = self.run_edit("none-such")
        self.assertEqual(status, 1)
        self.assertIn("not installed", text)
        os.chmod(self.run_dir, 0o777)
        status, text = self.run_edit("cat")
        self.assertEqual(status, 1)
        self.assertIn("not yours alone", text)
        os.chmod(self.run_dir, 0o700)


# Unknown has no editors of its own to run again.
for name in [n for n in dir(Unknown) if n.startswith("test_")]:
    if name in vars(Editors):
        setattr(Unknown, name, None)

if __name__ == "__main__":
    unittest.main()
