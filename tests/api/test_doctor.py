#!/usr/bin/python3
"""test_doctor - every check of `keel doctor` on keeld's side: the thing is
broken, the remedy is read, what it says is typed, and the check is well.

What is typed is cut out of the remedy itself: a remedy that names another
path, or a command that does not exist, fails here.  Needs a mount namespace
of its own for the disk and the network home (skipped where there is none).
"""
import json
import os
import pty
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "fault"))
from desk import Desk, Refused, new_key  # noqa: E402

RESTART = "systemctl --user restart keeld.service"
MARK = "EK_OWN_MOUNTS"
OWN_MOUNTS = os.environ.get(MARK) == "1"
RELEASE = os.environ.get("EK_KIND") == "release"

NAMES = """book-file folder free-disk network-home pending set-aside key-file keyring
key-mode copy-place copy-fresh copy-opens help-lines config instruments zone
clock schedule plan plan-review""".split()

PLAN = """# My plan
## Early warning signs
- rarebird skips lunch
## Review
%s
"""


def own_mounts():
    """Starts this test again where a mount is seen by nobody else."""
    if MARK in os.environ or shutil.which("unshare") is None:
        return
    how = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    works = subprocess.run(
        how + ["mount", "-t", "tmpfs", "none", "/mnt"], check=False,
        stderr=subprocess.DEVNULL).returncode == 0
    os.environ[MARK] = "1" if works else "0"
    if works:
        os.execvp("unshare", how + [sys.executable] + sys.argv)


def day(ahead):
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + ahead * 86400))


class Case(unittest.TestCase):
    def setUp(self):
        self.top = tempfile.mkdtemp(prefix="ekd-")
        self.addCleanup(shutil.rmtree, self.top, True)
        self.bin = self.path("bin")
        os.mkdir(self.bin)
        self.program("sudo", '#!/bin/sh\nexec "$@"\n')
        self.copies = self.path("copies")
        os.mkdir(self.copies)
        self.desks = []
        self.phrase = None

    def tearDown(self):
        for desk in self.desks:
            desk.close()

    def path(self, *names):
        return os.path.join(self.top, *names)

    def program(self, name, text):
        with open(os.path.join(self.bin, name), "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(f.name, 0o755)

    def write(self, path, text):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path

    def desk(self, home="home", env=None):
        home = self.path(home)
        os.makedirs(home, mode=0o700, exist_ok=True)
        desk = Desk(home=home, env=env)
        desk.env["PATH"] = self.bin + ":" + desk.env["PATH"]
        self.desks.append(desk)
        return desk

    def started(self, home="home", key="file", env=None):
        """A desk with a book, a schedule, a plan; its phrase is kept."""
        desk = self.desk(home, env)
        self.assertTrue(desk.start())
        made = self.keel(desk, ["start", "--answers", "-", "--json"],
                         "sign=x\nhelps=y\nperson=z\nwhen=suggested\n"
                         "shared=no\nkey=%s\n" % key)
        self.phrase = json.loads(made)["phrase"]
        return desk

    def restart(self, desk):
        desk.stop()
        self.assertTrue(desk.start())

    def keel(self, desk, argv, text="", status=0):
        program = os.path.join(os.path.dirname(desk.keeld), "keel")
        done = subprocess.run([program] + argv, env=desk.env, input=text,
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, status, done.stderr + done.stdout)
        return done.stdout

    def checks(self, desk):
        lines = desk.call("GET", "/v1/doctor")["checks"]
        self.assertEqual([c["name"] for c in lines], NAMES)
        for line in lines:
            self.assertEqual(line["ok"], line["remedy"] is None, line)
            self.assertNotIn("rarebird", json.dumps(line))
            self.assertTrue(line["words"])
        return {c["name"]: c for c in lines}

    def well(self, desk, name, words=None):
        line = self.checks(desk)[name]
        self.assertTrue(line["ok"], line)
        if words is not None:
            self.assertRegex(line["words"], words)

    def ill(self, desk, name, words=None):
        line = self.checks(desk)[name]
        self.assertFalse(line["ok"], line)
        if words is not None:
            self.assertRegex(line["words"], words)
        return line["remedy"]

    def type(self, desk, remedy, pattern):
        """Types in a shell what the remedy says."""
        found = re.search(pattern, remedy)
        self.assertIsNotNone(found, remedy)
        subprocess.run(["sh", "-c", found[0]], env=desk.env, check=True,
                       stdout=subprocess.DEVNULL)

    def type_restart(self, desk, remedy):
        self.assertIn(RESTART, remedy)
        self.restart(desk)

    def type_keel(self, desk, remedy, pattern, text="", more=()):
        found = re.search(r"\bkeel " + pattern, remedy)
        self.assertIsNotNone(found, remedy)
        argv = subprocess.run(
            ["sh", "-c", 'printf "%%s\\n" %s' % found[0]], check=True,
            capture_output=True, text=True).stdout.split("\n")[1:-1]
        return self.keel(desk, argv + list(more), text)


class Book(Case):
    def test_none(self):
        desk = self.desk()
        desk.start()
        remedy = self.ill(desk, "book-file", "No book")
        made = self.type_keel(desk, remedy, "start", "when=suggested\n"
                              "shared=no\nkey=file\n", ["--answers", "-"])
        self.assertTrue(made)
        self.well(desk, "book-file", "whole")

    def damaged(self, spoil):
        desk = self.started()
        self.keel(desk, ["copy", "set", self.copies])
        desk.stop()
        spoil(os.path.join(desk.home, "book.db"))
        desk.start()
        return desk

    def test_corrupt(self):
        def spoil(path):
            with open(path, "r+b") as f:
                f.write(b"\0" * 4096)
        desk = self.damaged(spoil)
        remedy = self.ill(desk, "book-file", "damaged")
        self.assertIn("'%s'" % self.copies, remedy)
        self.type_keel(desk, remedy, "restore --from '[^']*'",
                       "phrase=%s\nkey=file\n" % self.phrase,
                       ["--answers", "-"])
        self.well(desk, "book-file", "whole")
        self.well(desk, "schedule")

    def test_row_forged(self):
        def spoil(path):
            db = sqlite3.connect(path)
            table, column = db.execute(
                "SELECT m.name, p.name FROM sqlite_master m, "
                "pragma_table_info(m.name) p WHERE m.name LIKE 'row%' "
                "AND p.name LIKE '%blob%' OR m.name LIKE 'rec%' "
                "AND p.name LIKE '%blob%'").fetchone()
            db.execute("UPDATE %s SET %s = zeroblob(length(%s))"
                       % (table, column, column))
            db.commit()
            db.close()
        desk = self.damaged(spoil)
        remedy = self.ill(desk, "book-file", "damaged")
        self.type_keel(desk, remedy, "restore --from '[^']*'",
                       "phrase=%s\nkey=file\n" % self.phrase,
                       ["--answers", "-"])
        self.well(desk, "book-file", "whole")

    def test_corrupt_without_copy(self):
        desk = self.started()
        desk.stop()
        book = os.path.join(desk.home, "book.db")
        shutil.copy(book, self.path("backup"))
        self.write(book, "no book")
        desk.start()
        remedy = self.ill(desk, "book-file", "damaged")
        self.assertIn("book.db and book.key back", remedy)
        self.assertIn("'%s'" % desk.home, remedy)
        shutil.copy(self.path("backup"), book)
        self.type_restart(desk, remedy)
        self.well(desk, "book-file", "whole")

    def test_newer(self):
        desk = self.started()

        def version(number):
            desk.stop()
            db = sqlite3.connect(os.path.join(desk.home, "book.db"))
            was = db.execute("PRAGMA user_version").fetchone()[0]
            db.execute("PRAGMA user_version = %d" % number)
            db.close()
            return was
        was = version(999)
        desk.start()
        remedy = self.ill(desk, "book-file", "newer")
        self.assertIn("apt install", remedy)
        version(was)  # stands for the newer program
        self.type_restart(desk, remedy)
        self.well(desk, "book-file", "whole")

    def test_gone(self):
        desk = self.started()
        self.keel(desk, ["copy", "set", self.copies])
        desk.stop()
        os.unlink(os.path.join(desk.home, "book.db"))
        desk.start()
        remedy = self.ill(desk, "book-file", "gone")
        self.type_keel(desk, remedy, "restore --from '[^']*'",
                       "phrase=%s\nkey=file\n" % self.phrase,
                       ["--answers", "-"])
        self.well(desk, "book-file", "whole")

    def test_taken_away(self):
        desk = self.started()
        book = os.path.join(desk.home, "book.db")
        os.rename(book, self.path("backup"))
        remedy = self.ill(desk, "book-file", "taken away")
        self.assertIn("put book.db", remedy)
        os.rename(self.path("backup"), book)
        self.well(desk, "book-file")

    def test_folder(self):
        desk = self.started("it's a home")
        os.chmod(desk.home, 0o755)
        remedy = self.ill(desk, "folder", "open to other")
        self.type(desk, remedy, "chmod 700 .*")
        self.well(desk, "folder")
        self.assertEqual(os.stat(desk.home).st_mode & 0o777, 0o700)

    def test_pending(self):
        self.secret_tool()
        desk = self.started(key="keyring")
        self.keel(desk, ["lock"])
        self.well(desk, "clock", "locked")
        self.well(desk, "pending")
        desk.call("POST", "/v1/checkins", {
            "instrument": "pulse", "slot": None,
            "answers": {"mood": 4, "energy": 4, "tense": 4}}, new_key())
        remedy = self.ill(desk, "pending", "1 entry was")
        self.type_keel(desk, remedy, "unlock --keep yes")
        self.well(desk, "pending")
        self.well(desk, "keyring")

    def secret_tool(self):
        """A keyring of one item; only shell builtins."""
        store = self.path("secret")
        self.program("secret-tool", """#!/bin/sh
case $1 in
store) read -r x; echo "$x" >'%s' ;;
lookup) read -r x <'%s' && echo "$x" ;;
esac
""" % (store, store))

    def test_keyring(self):
        self.secret_tool()
        desk = self.started(key="keyring")
        self.well(desk, "keyring")
        self.well(desk, "key-mode", "login keyring")
        self.well(desk, "key-file")
        path = desk.env["PATH"]
        desk.env["PATH"] = self.path("nowhere")
        self.restart(desk)
        remedy = self.ill(desk, "keyring", "not installed")
        self.assertIn("apt install libsecret-tools", remedy)
        desk.env["PATH"] = path  # stands for the package
        self.restart(desk)
        for _ in range(200):
            if self.checks(desk)["keyring"]["ok"]:
                break
            time.sleep(0.02)
        self.well(desk, "keyring")

    def test_keyring_locked(self):
        self.secret_tool()
        desk = self.started(key="keyring")
        os.rename(self.path("secret"), self.path("secret.away"))
        self.restart(desk)
        remedy = self.ill(desk, "keyring", "locked")
        os.rename(self.path("secret.away"), self.path("secret"))
        self.type_keel(desk, remedy, "unlock")
        self.well(desk, "keyring")


class Key(Case):
    def test_rights(self):
        desk = self.started()
        self.well(desk, "key-mode", "keel key passphrase")
        key = os.path.join(desk.home, "book.key")
        os.chmod(key, 0o644)
        remedy = self.ill(desk, "key-file", "open to other")
        self.type(desk, remedy, "chmod 600 .*")
        self.well(desk, "key-file")
        self.assertEqual(os.stat(key).st_mode & 0o777, 0o600)

    def test_missing_while_open(self):
        desk = self.started()
        os.unlink(os.path.join(desk.home, "book.key"))
        remedy = self.ill(desk, "key-file", "missing")
        self.type_keel(desk, remedy, "key file --yes")
        self.well(desk, "key-file")
        self.restart(desk)
        self.well(desk, "book-file", "whole")
        self.well(desk, "key-file")

    def locked(self):
        desk = self.started()
        desk.stop()
        key = os.path.join(desk.home, "book.key")
        os.rename(key, self.path("backup"))
        desk.start()
        return desk, key, self.ill(desk, "key-file", "missing")

    def test_put_back(self):
        desk, key, remedy = self.locked()
        self.assertIn("'%s'" % desk.home, remedy)
        os.rename(self.path("backup"), key)
        self.type_restart(desk, remedy)
        self.well(desk, "key-file")

    def test_phrase(self):
        desk, _, remedy = self.locked()
        self.type_keel(desk, remedy, "unlock --phrase", self.phrase, ["-"])
        self.type_keel(desk, remedy, "key file --yes")
        self.restart(desk)
        self.well(desk, "key-file")
        self.well(desk, "plan")

    def test_foreign(self):
        desk = self.started()
        desk.stop()
        key = os.path.join(desk.home, "book.key")
        shutil.copy(key, self.path("backup"))
        with open(key, "r+b") as f:
            f.seek(-8, os.SEEK_END)
            f.write(b"otherkey")
        desk.start()
        remedy = self.ill(desk, "key-file", "does not open")
        shutil.copy(self.path("backup"), key)
        self.type_restart(desk, remedy)
        self.well(desk, "key-file")


class Copy(Case):
    def copied(self, env=None):
        desk = self.started(env=env)
        self.keel(desk, ["copy", "set", self.copies])
        for name in ("copy-place", "copy-fresh", "copy-opens"):
            self.well(desk, name)
        return desk

    def the_copy(self):
        return os.path.join(self.copies, [
            n for n in os.listdir(self.copies) if n.endswith(".copy")][0])

    def test_none(self):
        desk = self.started()
        remedy = self.ill(desk, "copy-place", "No sealed copy")
        self.assertIn("keel copy set DIR", remedy)
        self.type_keel(desk, remedy, "copy set", "", [self.copies])
        for name in ("copy-place", "copy-fresh", "copy-opens"):
            self.well(desk, name)

    def test_away(self):
        desk = self.copied()
        os.rename(self.copies, self.path("away"))
        remedy = self.ill(desk, "copy-place", "reached")
        self.type(desk, remedy, "mkdir -p '[^']*'")
        self.well(desk, "copy-place")
        remedy = self.ill(desk, "copy-fresh", "not where")
        self.type_keel(desk, remedy, "copy now")
        self.well(desk, "copy-fresh")

    def test_rights(self):
        desk = self.copied()
        desk.stop()
        no_override = [] if os.geteuid() != 0 else [
            "setpriv", "--bounding-set=-dac_override,-dac_read_search"]
        self.assertTrue(desk.start(no_override))
        os.chmod(self.copies, 0o500)
        remedy = self.ill(desk, "copy-place", "written")
        self.type(desk, remedy, r"chmod u\+rwx '[^']*'")
        self.well(desk, "copy-place")

    @unittest.skipUnless(OWN_MOUNTS, "no mounts of our own here")
    def test_read_only(self):
        desk = self.copied()
        subprocess.run(["mount", "--bind", self.copies, self.copies],
                       check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", self.copies],
                        check=False)
        subprocess.run(["mount", "-o", "remount,bind,ro", self.copies],
                       check=True)
        remedy = self.ill(desk, "copy-place", "cannot be written now")
        self.type(desk, remedy, "sudo mount -o remount,rw '[^']*'")
        self.well(desk, "copy-place")

    @unittest.skipIf(RELEASE, "release programs take no other clock")
    def test_stale(self):
        clock = self.path("clock")
        env = {"EVENKEEL_TEST_CLOCK": clock}
        now = int(time.time() * 1000)
        self.write(clock, str(now))
        desk = self.copied(env)
        self.write(clock, str(now + 3 * 86400 * 1000))
        remedy = self.ill(desk, "copy-fresh", "3 days old")
        self.type_keel(desk, remedy, "copy now")
        self.well(desk, "copy-fresh")

    def test_damaged(self):
        desk = self.copied()
        self.write(self.the_copy(), "no copy")
        remedy = self.ill(desk, "copy-opens", "damaged")
        self.type_keel(desk, remedy, "copy now")
        remedy = self.ill(desk, "copy-opens", "set aside")
        self.type(desk, remedy, "rm '[^']*damaged[0-9]'")
        self.well(desk, "copy-opens")
        self.well(desk, "copy-fresh")

    def test_damaged_inside(self):
        desk = self.copied()
        desk.kill()
        with open(self.the_copy(), "r+b") as f:
            f.seek(-100, os.SEEK_END)
            f.write(b"\0" * 32)
        desk.start()
        remedy = self.ill(desk, "copy-opens", "damaged")
        self.type_keel(desk, remedy, "copy now")
        remedy = self.ill(desk, "copy-opens", "set aside")
        self.type(desk, remedy, "rm '[^']*damaged[0-9]'")
        self.well(desk, "copy-opens")

    def test_foreign(self):
        one = self.copied()
        other = self.desk("other")
        other.start()
        self.keel(other, ["restore", "--from", self.copies, "--answers", "-"],
                  "phrase=%s\nkey=file\n" % self.phrase)
        self.keel(other, ["copy", "set", self.copies])
        changed = self.keel(one, ["key", "phrase", "--yes", "--json"])
        phrase = json.loads(changed)["phrase"]
        self.restart(other)
        remedy = self.ill(other, "copy-opens", "another desk")
        self.type_keel(other, remedy, "restore --from '[^']*'",
                       "phrase=%s\nkey=file\n" % phrase, ["--answers", "-"])
        self.well(other, "copy-opens")


class Site(Case):
    def test_help(self):
        desk = self.desk()
        at = self.path("help.txt")
        self.write(os.path.join(desk.home, "evenkeel.ini"),
                   "[site]\nhelp = %s\n" % at)
        desk.start()
        for text in (None, "# nothing yet\n", "\0\0"):
            if text is not None:
                self.write(at, text)
            remedy = self.ill(desk, "help-lines", re.escape(at))
            self.assertIn("sudo nano '%s'" % at, remedy)
        self.write(at, "Ward office, room 5\n")
        self.well(desk, "help-lines")

    def test_config(self):
        desk = self.desk()
        ini = os.path.join(desk.home, "evenkeel.ini")
        self.well(self.begun(desk), "config")
        self.write(ini, "[copy]\nplase = /x\n")
        remedy = self.ill(desk, "config", "evenkeel.ini line 2")
        self.restart(desk)
        remedy = self.ill(desk, "config", "evenkeel.ini line 2")
        self.assertIn("mend that line", remedy)
        self.write(ini, "[copy]\n")
        self.type_restart(desk, self.ill(desk, "config", "its start|at its"))
        self.well(desk, "config")

    def begun(self, desk):
        self.assertTrue(desk.start())
        return desk

    def test_instruments(self):
        desk = self.begun(self.desk())
        self.well(desk, "instruments")
        bad = os.path.join(desk.home, "instruments", "mine.json")
        self.write(bad, "{}")
        self.restart(desk)
        remedy = self.ill(desk, "instruments", "mine.json")
        self.type(desk, remedy, "rm '[^']*'")
        self.assertFalse(os.path.exists(bad))
        self.type_restart(desk, remedy)
        self.well(desk, "instruments")

    def test_instrument_on(self):
        desk = self.desk()
        ini = os.path.join(desk.home, "evenkeel.ini")
        self.write(ini, "[instruments]\non = who-55\n")
        self.begun(desk)
        remedy = self.ill(desk, "instruments", "who-55")
        self.assertIn("[instruments]", remedy)
        self.write(ini, "[instruments]\non = who-5\n")
        self.type_restart(desk, remedy)
        self.well(desk, "instruments")

    def test_zone(self):
        zone = self.write(self.path("zone"), "no zone")
        desk = self.desk()
        desk.env["TZ"] = zone
        self.begun(desk)
        remedy = self.ill(desk, "zone", "UTC")
        self.assertIn("variable TZ", remedy)
        desk.env["TZ"] = "UTC"
        self.type_restart(desk, remedy)
        self.well(desk, "zone")

    @unittest.skipIf(RELEASE, "release programs take no other clock")
    def test_clock(self):
        clock = self.path("clock")
        now = int(time.time() * 1000)
        self.write(clock, str(now))
        desk = self.started(env={"EVENKEEL_TEST_CLOCK": clock})
        self.well(desk, "clock")
        self.write(clock, str(now - 40 * 86400 * 1000))
        remedy = self.ill(desk, "clock", "behind")
        self.assertIn("timedatectl set-ntp true", remedy)
        self.write(clock, str(now + 1000))  # stands for the time server
        self.well(desk, "clock")


class Plan(Case):
    def bare(self):
        desk = self.desk()
        desk.start()
        desk.make()
        return desk

    def edit(self, desk, remedy, text):
        """keel plan edit, at a terminal, with an editor that writes text."""
        self.assertIn("keel plan edit", remedy)
        self.program("pen", '#!/bin/sh\nfor f; do :; done\ncat \'%s\' >"$f"\n'
                     % self.write(self.path("text"), text))
        desk.env["EDITOR"] = os.path.join(self.bin, "pen")
        keel = os.path.join(os.path.dirname(desk.keeld), "keel")
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(keel, [keel, "plan", "edit"], dict(
                desk.env, TERM="dumb"))
        said = b""
        try:
            while True:
                part = os.read(terminal, 4096)
                if not part:
                    break
                said += part
        except OSError:
            pass  # its end
        status = os.waitpid(pid, 0)[1]
        os.close(terminal)
        self.assertEqual(status, 0, said.decode(errors="replace"))

    def test_schedule(self):
        desk = self.bare()
        remedy = self.ill(desk, "schedule", "No schedule")
        self.type_keel(desk, remedy, "schedule add pulse")
        self.well(desk, "schedule")

    def test_schedule_of_lost_instrument(self):
        desk = self.desk()
        with open(os.path.join(os.path.dirname(os.path.dirname(HERE)), "share",
                               "instruments", "pulse.json"),
                  encoding="utf-8") as f:
            own = json.load(f)
        text = json.dumps(own).replace('"pulse"', '"mine"')
        text = re.sub(r'("url": "[^"]*)pulse"', r'\1mine"', text)
        mine = self.write(os.path.join(desk.home, "instruments", "mine.json"),
                          text)
        desk.start()
        desk.make()
        self.keel(desk, ["schedule", "add", "mine", "--instrument", "mine",
                         "--rule", "FREQ=DAILY", "--start", day(-1) + "T09:00"])
        self.keel(desk, ["schedule", "add", "pulse"])
        self.well(desk, "schedule")
        os.unlink(mine)
        self.restart(desk)
        remedy = self.ill(desk, "schedule", "1 of your schedules asks")
        self.type_keel(desk, remedy, "schedule list")
        self.type_keel(desk, remedy, "schedule remove", "", ["mine"])
        line = self.checks(desk)["schedule"]
        self.assertTrue(line["ok"], line)

    def test_plan(self):
        desk = self.bare()
        remedy = self.ill(desk, "plan", "no plan")
        self.well(desk, "plan-review", "no plan")
        self.edit(desk, remedy, PLAN % day(30))
        self.well(desk, "plan")
        self.well(desk, "plan-review", day(30))

    def put(self, desk, text):
        desk.call("PUT", "/v1/plan", {"text": text, "base": None}, new_key())

    def test_review(self):
        for review, words in (("", "no review day"), (day(-3), day(-3))):
            with self.subTest(review):
                desk = self.bare()
                self.put(desk, PLAN % review)
                remedy = self.ill(desk, "plan-review", words)
                self.well(desk, "plan")
                self.edit(desk, remedy, PLAN % day(90))
                self.well(desk, "plan-review", day(90))
                desk.close()
                shutil.rmtree(desk.home)


@unittest.skipUnless(OWN_MOUNTS, "no mounts of our own here")
class Disk(Case):
    SHIM = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
int statfs(const char *path, struct statfs *ret)
{
	int (*real)(const char *, struct statfs *) =
	    (int (*)(const char *, struct statfs *))dlsym(RTLD_NEXT, "statfs");
	const char *net = getenv("TEST_NETWORK");
	int rc = real(path, ret);
	if (rc == 0 && net != NULL && strncmp(path, net, strlen(net)) == 0)
		ret->f_type = 0x6969;
	return rc;
}
"""

    def mount(self, at, options):
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", at],
                       check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", at], check=False)

    def small(self, options):
        os.mkdir(self.path("home"))
        self.mount(self.path("home"), options + ",mode=700")
        desk = self.started()
        self.well(desk, "free-disk")
        return desk

    def test_full(self):
        desk = self.small("size=16m")
        filler = os.path.join(desk.home, "filler")
        with open(filler, "wb") as f:
            f.write(b"x" * (10 << 20))
        remedy = self.ill(desk, "free-disk", "nearly full")
        self.type(desk, remedy, "df '[^']*'$")
        os.unlink(filler)
        self.well(desk, "free-disk")

    def test_no_inodes(self):
        desk = self.small("size=64m,nr_inodes=60")
        made = []
        try:
            for number in range(60):
                path = os.path.join(desk.home, "f%d" % number)
                open(path, "wb").close()
                made.append(path)
        except OSError:
            pass
        self.ill(desk, "free-disk", "no more files")
        for path in made:
            os.unlink(path)
        self.well(desk, "free-disk")

    def test_network(self):
        cc = shutil.which("cc")
        if cc is None:
            self.skipTest("no compiler for the network disk")
        self.mount("/var/lib", "size=64m,mode=755")
        shim = self.path("shim.so")
        subprocess.run([cc, "-shared", "-fPIC", "-o", shim,
                        self.write(self.path("shim.c"), self.SHIM), "-ldl"],
                       check=True)
        desk = self.started()
        self.well(desk, "network-home", "disk of this computer")
        desk.stop()
        desk.env.update(
            LD_PRELOAD=shim, TEST_NETWORK=desk.home, ASAN_OPTIONS=os.environ
            .get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0")
        desk.start()
        remedy = self.ill(desk, "network-home", "no place of its own")
        self.type(desk, remedy, "sudo install -d -m 1777 [^ ]*")
        self.type_restart(desk, remedy)
        remedy = self.ill(desk, "network-home", "still lies there")
        self.program("systemctl", "#!/bin/sh\n:\n")
        desk.stop()
        self.type(desk, remedy, "systemctl --user stop .*")
        desk.start()
        self.well(desk, "network-home", "as it should")
        self.well(desk, "book-file", "whole")
        self.well(desk, "plan")


class Words(Case):
    def test_plain_words(self):
        """Every state of the book is answered; sentences are short."""
        desk = self.desk()
        desk.start()
        said = list(self.checks(desk).values())
        desk.make()
        said += self.checks(desk).values()
        for line in said:
            for sentence in re.split(r"[.:;] ", line["words"]):
                self.assertLess(len(sentence.split()), 25, line)
        with self.assertRaises(Refused):
            desk.call("GET", "/v1/doctor?all=1")

    def test_command_line(self):
        desk = self.started()
        text = self.keel(desk, ["doctor"], status=1)
        for name in NAMES:
            self.assertIn(name + ":", text)


if __name__ == "__main__":
    own_mounts()
    unittest.main()
