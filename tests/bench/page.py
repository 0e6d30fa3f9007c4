"""The page's and the bubble's figures; bench.py calls them."""
import datetime
import html
import http.client
import os
import re
import secrets
import statistics
import subprocess
import time
import urllib.parse

from desk import Desk, ten_years

TAKES = 9


class Browser:
    """One link followed, as a browser does it."""

    def __init__(self, desk, to="today"):
        url = desk.call("POST", "/v1/page", {"to": to})["url"]
        self.host, link = re.match(r"http://([^/]+)(/.*)", url).groups()
        self.to = http.client.HTTPConnection(self.host, timeout=30)
        self.cookie = ""
        _, head, _, _ = self.ask("GET", link)
        self.cookie = head["Set-Cookie"].split(";")[0]
        self.first = head["Location"]

    def ask(self, method, path, body=None):
        """(status, headers, text, milliseconds to the first byte)"""
        head = {"Cookie": self.cookie}
        if body is not None:
            head["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self.to.request(method, path, body, head)
        reply = self.to.getresponse()
        first = (time.perf_counter() - began) * 1000
        return reply.status, reply.headers, reply.read().decode(), first

    def send(self, text, button, **typed):
        """(milliseconds of the POST, text of what is seen after it)"""
        address, inside = next(
            form for form in re.findall(
                r'<form[^>]* action="([/0-9a-f]+)">(.*?)</form>',
                text, re.S) if f">{button}</button>" in form[1])
        fields = dict(re.findall(
            r'type="hidden" name="([^"]+)" value="([^"]*)"', inside))
        status, head, text, took = self.ask(
            "POST", address, urllib.parse.urlencode({**fields, **typed}))
        if status != 303:
            raise SystemExit(f"bench: {button}: {status} {text[:300]}")
        return took, self.see(head["Location"])

    def see(self, address):
        """The page's text, wherever it leads."""
        status, head, text, _ = self.ask("GET", address)
        return self.see(head["Location"]) if status == 303 else text

    def walk(self):
        """The pages to be got to by links, three of each kind (there are
        thousands of entries): address -> text."""
        seen, todo, kinds = {}, [self.first], {}
        while todo:
            address = todo.pop(0)
            if address in seen:
                continue
            status, head, text, _ = self.ask("GET", address)
            if status == 303:
                todo.append(head["Location"])
                continue
            kind = heading(text)
            kinds[kind] = kinds.get(kind, 0) + 1
            if kinds[kind] > 3:
                continue
            seen[address] = text
            todo += [html.unescape(to) for to in re.findall(
                r'<a href="(/[0-9a-f]{32}/[0-9a-f]+)"', text)]
        return seen


def heading(text):
    return re.search(r"<h1[^>]*>(.*?)</h1>", text)[1]


def listens(pid):
    """Does this process hold a TCP socket?"""
    inodes = set()
    for table in ("tcp", "tcp6"):
        with open(f"/proc/{pid}/net/{table}") as f:
            inodes |= {line.split()[9] for line in f.readlines()[1:]}
    for fd in os.listdir(f"/proc/{pid}/fd"):
        at = os.readlink(f"/proc/{pid}/fd/{fd}")
        if at.startswith("socket:[") and at[8:-1] in inodes:
            return True
    return False


def one_checkin(desk):
    """Milliseconds of each of its steps, and of its save."""
    browser = Browser(desk, "checkin")
    text, steps = browser.see(browser.first), []
    while ">Save</button>" not in text:
        took, text = browser.send(text, "Go on", **(
            {} if steps else {"a.mood": "6"}))
        steps.append(took)
    took, text = browser.send(text, "Save", note="a word of mine")
    browser.to.close()
    if "Saved." not in text:
        raise SystemExit("bench: the check-in is not saved")
    return steps, took


def saving():
    """A save drops its draft, and what is dropped is scrubbed before the
    answer: VACUUM in the loop, of ten years."""
    desk = Desk("saving")
    try:
        desk.start()
        desk.make()
        ten_years(desk)
        steps, saves, bare = [], [], []
        for _ in range(TAKES):
            took = one_checkin(desk)
            steps += took[0]
            saves.append(took[1])
            began = time.perf_counter()
            desk.call("POST", "/v1/checkins", {
                "instrument": "pulse", "slot": None, "answers": {"mood": 6},
                "note": "a word of mine"}, secrets.token_hex(16))
            bare.append((time.perf_counter() - began) * 1000)
        step, save, plain = (
            statistics.median(took) for took in (steps, saves, bare))
        print(f"  by keel, with no draft to scrub: {plain:.1f} ms; the slowest "
              f"save of {TAKES}: {max(saves):.1f} ms")
        return save < 150, (f"saving: a step of a check-in {step:.1f} ms, its "
                            f"save with the scrub {save:.1f} ms (150)")
    finally:
        desk.close()


def page():
    desk = Desk("page")
    try:
        desk.start()
        desk.make()
        ten_years(desk)
        browser = Browser(desk)
        slowest, largest, pages = 0, 0, browser.walk()
        for address, text in pages.items():
            took = statistics.median(
                browser.ask("GET", address)[3] for _ in range(TAKES))
            if took > slowest or len(text.encode()) > largest:
                print(f"  {heading(text)}: {took:.2f} ms, "
                      f"{len(text.encode())} bytes")
            slowest = max(slowest, took)
            largest = max(largest, len(text.encode()))
        form = re.search(r'action="(/[0-9a-f]+/hide)".*?value="(\w+)"', text)
        browser.ask("POST", form[1], "csrf=" + form[2])
        browser.to.close()
        held = listens(desk.process.pid)
        time.sleep(61)
        left = listens(desk.process.pid)
        return (slowest < 5 and largest < 50000 and held and not left,
                f"page: {len(pages)} pages, the slowest first byte "
                f"{slowest:.2f} ms (5), the largest {largest} bytes (50000), "
                f"{'a' if left else 'no'} TCP socket a minute after Hide")
    finally:
        desk.close()


def screen(procs):
    """Xvfb with dunst on a bus of its own; the environment."""
    read, write = os.pipe()
    procs.append(subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "800x300x24",
         "-nolisten", "tcp"], pass_fds=[write], stderr=subprocess.DEVNULL))
    os.close(write)
    with os.fdopen(read) as f:
        env = {"DISPLAY": ":" + f.readline().strip()}
    bus = subprocess.Popen(["dbus-daemon", "--session", "--nofork",
                            "--print-address"], stdout=subprocess.PIPE)
    procs.append(bus)
    env["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().decode().strip()
    env["DBUS_SYSTEM_BUS_ADDRESS"] = env["DBUS_SESSION_BUS_ADDRESS"]
    procs.append(subprocess.Popen(
        ["dunst", "-conf", "/dev/null"], env=dict(os.environ, **env),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    for _ in range(200):
        if b"Notifications" in subprocess.run(
                ["dbus-send", "--session", "--print-reply",
                 "--dest=org.freedesktop.DBus", "/",
                 "org.freedesktop.DBus.ListNames"],
                env=dict(os.environ, **env), capture_output=True).stdout:
            return env
        time.sleep(0.05)
    raise SystemExit("bench: dunst does not come up")


def one_bubble(env):
    """Seconds from the slot's instant until a window is mapped."""
    desk = Desk("bubble", env)
    eyes = None
    try:
        desk.start()
        desk.make()
        due = datetime.datetime.now(datetime.timezone.utc).replace(
            microsecond=0) + datetime.timedelta(seconds=3)
        eyes = subprocess.Popen(
            ["xev", "-root", "-event", "substructure"], text=True,
            env=dict(os.environ, **env), stdout=subprocess.PIPE)
        desk.call("POST", "/v1/import", {"records": [{
            "id": secrets.token_hex(16), "kind": "schedule",
            "time": f"{due - datetime.timedelta(days=1):%FT%T}.000Z",
            "name": "bench", "instrument": "pulse", "rule": "FREQ=DAILY",
            "start": f"{due - datetime.timedelta(days=1):%FT%T}",
            "from": f"{due - datetime.timedelta(days=1):%F}"}]})
        for line in eyes.stdout:
            if line.startswith("MapNotify"):
                return time.time() - due.timestamp()
        raise SystemExit("bench: no bubble")
    finally:
        if eyes:
            eyes.kill()
            eyes.wait()
        desk.close()


def bubble():
    procs = []
    try:
        env = screen(procs)
        took = [one_bubble(env) * 1000 for _ in range(7)]
        mid = statistics.median(took)
        print("  " + " ".join(f"{t:.0f}" for t in took) + " ms")
        return (0 < mid < 150,
                f"bubble: on the screen {mid:.0f} ms after its slot (150)")
    finally:
        for process in reversed(procs):
            process.terminate()
            process.wait()
