"""browse - Chromium in the hands of a test: a node process beside it
(hand.mjs) drives Debian's /usr/bin/chromium; here are its tabs, the way from
`keel open` to a page, and the walk through every page and state.

What is on a page is found by role and name and reached by following links and
pressing buttons, as a person does: no address is built here.
"""
import json
import os
import re
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../api"))
import keeld  # noqa: E402

LIMIT = keeld.LIMIT
SHOTS = os.path.join(keeld.ROOT, "build/e2e-shots")


NOTE = "Your note (may stay empty)"


class HandError(AssertionError):
    """The browser did not do what was wished: nothing there by that name."""


class Hand:
    """One node process and its browser."""

    def __init__(self, env=None, **launch):
        env = dict(os.environ if env is None else env)
        self.node = subprocess.Popen(
            ["node", os.path.join(HERE, "hand.mjs")], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, env=env)
        self.do("launch", **launch)

    def do(self, verb, **wish):
        self.node.stdin.write(json.dumps({"do": verb, **wish}) + "\n")
        self.node.stdin.flush()
        line = self.node.stdout.readline()
        if not line:
            raise HandError("the hand is gone: " + verb)
        told = json.loads(line)
        if "error" in told:
            raise HandError(told["error"])
        return told["ok"]

    def tab(self, **options):
        """A tab of a context of its own: no cookie is shared."""
        context = self.do("context", **options)
        return Tab(self, self.do("tab", context=context), context)

    def close(self):
        self.node.stdin.close()
        try:
            self.node.wait(LIMIT)
        except subprocess.TimeoutExpired:
            self.node.kill()
            self.node.wait(LIMIT)
        self.node.stdout.close()


class Tab:
    def __init__(self, hand, number, context=0):
        self.hand, self.number, self.context = hand, number, context

    def do(self, verb, **wish):
        return self.hand.do(verb, tab=self.number, **wish)

    def beside(self):
        """Another tab of the same window."""
        return Tab(self.hand, self.hand.do("tab", context=self.context),
                   self.context)

    def goto(self, url):
        return self.do("goto", url=url)

    def link(self, name, **more):
        """Follows a link, waits for what it leads to."""
        return self.do("follow", role="link", name=name, **more)

    def button(self, name, **more):
        return self.do("follow", role="button", name=name, **more)

    def has(self, role, name=None, **more):
        return self.do("count", role=role, name=name, **more) > 0

    def text(self):
        return self.do("text")

    def status(self):
        return self.do("loads")[-1]["status"]

    def press(self, key, times=1):
        """What has the keyboard then."""
        return self.do("press", key=key, times=times)

    def enter(self, key="Enter"):
        return self.do("enter", key=key)

    def check_in(self, answers, ticks=(), note=None, leave=None):
        """The check-in that is open, step by step: {question: option} and what
        is ticked, wherever they are asked; to the end, or to the step that has
        `leave` to say (a heading or a label), which is filled in, not sent."""
        for _ in range(8):
            for question, option in answers.items():
                self.do("choose", group=question, option=option)
            for tick in ticks:
                if self.has("checkbox", tick):
                    self.do("check", role="checkbox", name=tick)
            if note is not None and self.has("textbox", NOTE):
                self.do("fill", role="textbox", name=NOTE, text=note)
            if leave is not None and leave in self.text():
                return
            for last in ("Save", "Done"):
                if self.has("button", last):
                    self.button(last)
                    return
            self.button("Go on")
        raise HandError("the check-in has no end: " + self.text())

    def shot(self, name):
        os.makedirs(SHOTS, exist_ok=True)
        self.do("shot", path=os.path.join(SHOTS, name + ".png"))

    def close(self):
        self.hand.do("close", context=self.context)


def keel(k, *args, stdin="", **env):
    """`keel` of this home; (status, output)."""
    done = subprocess.run(
        [os.path.join(keeld.BIN, "keel"), "--home", k.home, *args],
        input=stdin, capture_output=True, text=True, timeout=LIMIT,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8",
             "HOME": k.top, **env})
    return done.returncode, done.stdout + done.stderr


def plain(records):
    """Records of two books to be compared: their ids become the numbers in
    which they come, their times the order."""
    ids = {}
    times = sorted({one["time"] for one in records if "time" in one})

    def number(value):
        if isinstance(value, dict):
            return {name: number(one) for name, one in value.items()}
        if isinstance(value, list):
            return [number(one) for one in value]
        if isinstance(value, str) and re.fullmatch("[0-9a-f]{32}", value):
            return ids.setdefault(value, f"id {len(ids)}")
        return value
    return [number(dict(one, time=times.index(one["time"]))
                   if "time" in one else one) for one in records]


def handed_link(k, to="today"):
    """The link, as `keel open` hands it to the browser that BROWSER names."""
    script, pipe = (os.path.join(k.top, name) for name in ("browser", "pipe"))
    if not os.path.exists(script):
        os.mkfifo(pipe, 0o600)
        with open(script, "w", encoding="utf-8") as f:
            f.write(f'#!/bin/sh\nprintf %s "$1" >{pipe}\n')
        os.chmod(script, 0o700)
    status, said = keel(k, "open", to, BROWSER=script)
    if status != 0:
        raise AssertionError("keel open: " + said)
    with open(pipe, encoding="utf-8") as f:
        return f.read()


class Case(keeld.Case):
    """A daemon a test, one browser for all tests of the class."""

    schedules = (keeld.DAILY,)

    @classmethod
    def setUpClass(cls):
        cls.hand = Hand()

    @classmethod
    def tearDownClass(cls):
        cls.hand.close()

    def open(self, to="today", **options):
        """A new window at a page, by the link that keel hands over."""
        tab = self.hand.tab(**options)
        self.addCleanup(self.quietly, tab.close)
        tab.goto(handed_link(self.k, to))
        return tab

    @staticmethod
    def quietly(close):
        try:
            close()
        except HandError:
            pass  # the test has closed it, or its browser is gone

    def until(self, is_so, what="not in time"):
        """Asks again until it is so: another program's doing is awaited."""
        began = time.monotonic()
        while not is_so():
            self.assertLess(time.monotonic() - began, LIMIT, what)
            time.sleep(0.02)


def end(pid):
    os.kill(pid, signal.SIGKILL)
