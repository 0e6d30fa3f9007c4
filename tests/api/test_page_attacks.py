"""The page, attacked: another user of this computer, links and cookies that
are over, forged hosts, crooked paths, markup in every field of every form,
floods of bytes and of connections.  All of it on loopback, and bounded.

What is refused must say nothing of hers, change nothing in the book, and leave
the honest browser served.
"""
import html.parser
import os
import re
import resource
import select
import socket
import threading
import time
import unittest
import urllib.parse

import keeld
from test_page import Browser

EVIL = "</textarea><evil-tag onload=\"x\">'&amp;"
OTHER_UID = 65534
FLOOD = 2000
DROP = 0.2  # seconds between two drops of a slow sender


class Parsed(html.parser.HTMLParser):
    """Forms and links as a browser reads them, and every tag's name."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.forms, self.links = set(), [], []
        self.area = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        one = dict(attrs)
        self.tags.add(tag)
        self.tags.update(name for name in one if name.startswith("on"))
        if tag == "a":
            self.links.append(one.get("href", ""))
        elif tag == "form":
            self.forms.append((one["action"], []))
        elif tag in ("input", "textarea", "select", "button") and \
                self.forms and "name" in one:
            self.forms[-1][1].append((tag, one))
        elif tag == "option" and self.forms and self.forms[-1][1]:
            self.forms[-1][1][-1][1].setdefault("value", one.get("value", ""))


def filled(fields):
    """A form filled in by someone who means harm wherever words may go."""
    body = []
    chosen = set()
    for tag, one in fields:
        name, kind = one["name"], one.get("type", "text")
        if tag == "textarea" or tag == "input" and kind in (
                "text", "search", "email", "tel"):
            body.append((name, EVIL))
        elif kind == "hidden" or tag == "select":
            body.append((name, one.get("value", "")))
        elif kind == "radio" and one.get("value") and name not in chosen:
            chosen.add(name)
            body.append((name, one["value"]))
    return urllib.parse.urlencode(body)


class Attacks(keeld.Case):
    schedules = (keeld.DAILY,)
    plan = keeld.PLAN.replace(
        "Tell Tan", "Tell " + EVIL.replace("<", "\\<").replace("&", "\\&"))

    def setUp(self):
        super().setUp()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = FLOOD + 100
        if hard != resource.RLIM_INFINITY and hard < wanted:
            self.skipTest(f"only {hard} files may be open")
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))

    def dial(self, browser, timeout=keeld.LIMIT):
        raw = socket.create_connection(("127.0.0.1", browser.port), timeout)
        self.addCleanup(raw.close)
        return raw

    def send(self, browser, head, body=b""):
        """(status, everything that came)"""
        raw = self.dial(browser)
        try:
            raw.sendall(head.encode("latin-1") + body)
        except OSError:
            pass  # refused before the end
        got = self.rest(raw)
        return int(got[9:12] or b"0"), got.decode(errors="replace")

    @staticmethod
    def rest(raw):
        got = b""
        try:
            while piece := raw.recv(65536):
                got += piece
        except OSError:
            pass
        return got

    def head(self, browser, target, *more, host=None, method="GET"):
        return "\r\n".join((
            f"{method} {target} HTTP/1.1", f"Host: {host or browser.host}",
            f"Cookie: {browser.cookie}", "Connection: close",
            *more, "", ""))

    def says_nothing(self, text):
        for hers in ("Tea with", "Jia", "csrf", "skipping", "Today"):
            self.assertNotIn(hers, text)

    # --- who asks ---

    def as_other(self, deed):
        """What the deed, done by another user, says: a line."""
        if os.geteuid() != 0:
            self.skipTest("only root can play another user")
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            said = "failed"
            try:
                os.setgroups([])
                os.setgid(OTHER_UID)
                os.setuid(OTHER_UID)
                said = deed()
            finally:
                os.write(write, said.encode())
                os._exit(0)
        os.close(write)
        with os.fdopen(read, encoding="utf-8") as pipe:
            said = pipe.read()
        os.waitpid(pid, 0)
        return said

    def test_another_user(self):
        """Has link, cookie and all: no byte comes back, the link is good
        still, and the API's socket is out of reach."""
        browser = Browser(self)
        browser.follow()
        unused = Browser(self)

        def deed():
            said = []
            for head in (self.head(browser, browser.page),
                         self.head(unused, unused.link)):
                raw = socket.create_connection(
                    ("127.0.0.1", browser.port), keeld.LIMIT)
                try:
                    raw.sendall(head.encode())
                    said.append(repr(self.rest(raw)))
                except OSError:
                    said.append("b''")
                raw.close()
            with socket.socket(socket.AF_UNIX) as raw:
                try:
                    raw.connect(self.k.sock)
                    said.append("connected")
                except PermissionError:
                    said.append("no")
            return " ".join(said)
        self.assertEqual(self.as_other(deed), "b'' b'' no")
        self.assertIn("<h1>Today</h1>", unused.follow())
        self.assertIn("<h1>Today</h1>", browser.get(browser.page))

    def test_link_taken_by_many_at_once(self):
        browser = Browser(self)
        raws = [self.dial(browser) for _ in range(20)]
        head = self.head(browser, browser.link).encode()
        for raw in raws:
            raw.sendall(head[:-2])
        for raw in raws:
            raw.sendall(head[-2:])
        answers = sorted(int(self.rest(raw)[9:12]) for raw in raws)
        self.assertEqual(answers, [303] + [410] * 19)

    def test_earlier_run(self):
        """A cookie, its path and its token end with the daemon they are of."""
        browser = Browser(self, "hard")
        text = browser.follow()
        address, fields = browser.form(text, "Show me my words")
        for restart in (self.k.restart, lambda: self.k.kill()
                        and self.k.start()):
            restart()
            again = Browser(self)
            again.follow()
            browser.port, browser.host = again.port, again.host
            status, _, text = browser.ask("GET", browser.page)
            self.assertEqual(status, 410)
            self.says_nothing(text)
            status, _, text = browser.post(address, fields)
            self.assertEqual(status, 410)
            self.says_nothing(text)
        self.assertEqual(self.k.entries(), [])

    # --- what is asked ---

    def test_forged_host(self):
        browser = Browser(self)
        browser.follow()
        port = browser.port
        for host in (f"evil.example:{port}", f"127.0.0.1.nip.example:{port}",
                     f"localhost:{port}", f"127.0.0.1:{port}.", "127.0.0.1",
                     f"127.0.0.1:{port + 1}", f"[::1]:{port}", f"0:{port}",
                     f"2130706433:{port}", f"0x7f000001:{port}",
                     f"127.1:{port}", f"x@127.0.0.1:{port}",
                     f"127.0.0.1:{port}@x", f"127.0.0.1:0{port}", ""):
            status, text = self.send(
                browser, self.head(browser, browser.page, host=host)
                if host else self.head(browser, browser.page).replace(
                    f"Host: {browser.host}\r\n", ""))
            self.assertEqual(status, 400, host)
            self.says_nothing(text)
        for target in (f"http://evil.example{browser.page}",
                       f"http://evil.example:{port}{browser.page}",
                       f"http://{browser.host}{browser.page}",
                       f"//evil.example{browser.page}", "*",
                       f"https://{browser.host}{browser.page}"):
            status, text = self.send(browser, self.head(browser, target))
            self.assertEqual(status, 400, target)
            self.says_nothing(text)
        for more in (f"Host: {browser.host}", "Host: evil.example",
                     "host : evil.example"):
            status, text = self.send(
                browser, self.head(browser, browser.page, more))
            self.assertEqual(status, 400, more)
            self.says_nothing(text)
        self.assertIn("<h1>Today</h1>", browser.get(browser.page))

    def test_paths(self):
        browser = Browser(self)
        browser.follow()
        path, page = browser.page[1:].split("/")
        tried = [
            f"/{path}//{page}", f"//{path}/{page}", f"/{path}/./{page}",
            f"/x/../{path}/{page}", f"/{path}/x/../{page}", f"/{path}/..",
            f"/{path}%2f{page}", f"/{path}/%2e/{page}", f"/{path}/%2e%2e",
            f"/{path}/{page}%00", f"/{path}/{page}%00.css", f"/{path}%00/x",
            f"/{path}/{page}/", f"/{path}/{page};x", f"/{path}\\{page}",
            f"/{path}/{page}.css", f"/{path}/%{page}", f"/%2f{path}/{page}",
            f"/{path.upper()}x/{page}", f"/{path}", f"/{path}/", "/", "",
            f"/{path[:-1]}/{page}", f"/{path}/{page[:-1]}", "/closed/..",
            "/style.css/../../api.sock", "/o/../closed/", "/v1/today",
            "/v1/export", f"/{path}/v1/today", "/../../../etc/passwd",
            f"/{path}/../../../../etc/passwd", f"/{path}/{page}%ff",
            f"/{path}/{page}%c0%ae", f"/{path}/{page}#x", "/" + "a" * 5000,
            f"/{path}/hide", "/%6f/" + "0" * 32,
        ]
        for target in tried:
            status, text = self.send(browser, self.head(browser, target))
            self.assertNotIn(status, (200, 303, 500, 0), target)
            self.says_nothing(text)
        for method in ("PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT",
                       "PATCH", "get", "POST\t"):
            status, text = self.send(
                browser, self.head(browser, browser.page, method=method))
            self.assertIn(status, (400, 404, 405, 501), method)
            self.says_nothing(text)
        self.assertIn("<h1>Today</h1>", browser.get(browser.page))

    def test_markup_in_every_field(self):
        """Every form that can be reached is sent, full of markup; wherever it
        comes back, it is text.  Her own words of the plan are markup, too."""
        self.k.pass_time(days=1)
        self.k.post("/v1/asks", {"text": EVIL}, keeld.key())
        self.k.checkin(note=EVIL)
        browser = Browser(self)
        shown, sent, waiting = set(), set(), []
        seen = []

        def look(text):
            parsed = Parsed(text)
            self.assertNotIn("evil-tag", parsed.tags, text)
            self.assertNotIn("onload", parsed.tags, text)
            seen.append(text.count("&lt;evil-tag"))
            waiting.extend(link for link in parsed.links
                           if link.startswith(browser.path))
            for action, fields in parsed.forms:
                names = tuple(sorted({one["name"] for _, one in fields}))
                if action.endswith("/hide") or (action, names) in sent:
                    continue
                sent.add((action, names))
                status, headers, text = browser.ask(
                    "POST", action, filled(fields))
                self.assertNotIn(status, (403, 410, 500), text)
                if status == 303:
                    waiting.append(headers["Location"])
                else:
                    look(text)
        look(browser.follow())
        while waiting:
            link = waiting.pop()
            if link not in shown and len(shown) < 200:
                shown.add(link)
                look(browser.ask("GET", link)[2])
        self.assertGreaterEqual(len(shown), 3)
        self.assertGreaterEqual(sum(seen), 3, "her words were shown")
        self.assertGreaterEqual(len(sent), 2)

    # --- too much ---

    def memory_kib(self):
        with open(f"/proc/{self.k.process.pid}/status",
                  encoding="ascii") as f:
            return int(re.search(r"VmRSS:\s+(\d+)", f.read())[1])

    def test_large_forms(self):
        browser = Browser(self, "hard")
        address, fields = browser.form(browser.follow(), "Show me my words")
        form = "Content-Type: application/x-www-form-urlencoded"
        before = self.memory_kib()
        size = 10 * 1024 * 1024
        body = b"csrf=" + fields["csrf"].encode() + b"&note="
        body += b"a" * (size - len(body))
        for more in ((form, f"Content-Length: {size}"),
                     (form, f"Content-Length: {size}",
                      "Expect: 100-continue")):
            status, text = self.send(browser, self.head(
                browser, address, *more, method="POST"), body)
            self.assertEqual(status, 413)
            self.says_nothing(text)
        chunk = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
        status, text = self.send(browser, self.head(
            browser, address, form, "Transfer-Encoding: chunked",
            method="POST"), chunk)
        self.assertEqual(status, 413)
        status, _, text = browser.ask("POST", address, "&".join(
            f"a{i}=1" for i in range(600)) + "&csrf=" + fields["csrf"])
        self.assertEqual(status, 400)
        self.says_nothing(text)
        for crooked in ("csrf=%zz", "csrf=%00", "a=%ff%fe", "=x", "&&&=",
                        "csrf=" + fields["csrf"] + "&a=%"):
            status, _, text = browser.ask("POST", address, crooked)
            self.assertIn(status, (400, 403), crooked)
            self.says_nothing(text)
        if os.environ.get("EK_KIND") == "debug":
            self.assertLess(self.memory_kib() - before, 4096)
        self.assertEqual(self.k.entries(), [])
        self.assertEqual(browser.post(address, fields)[0] // 100 in (2, 3),
                         True)

    def test_header_floods(self):
        browser = Browser(self)
        browser.follow()
        floods = (
            "\r\n".join(f"X-{i}: {'a' * 50}" for i in range(10000)),
            "X: " + "a" * 1000000,
            "\r\n".join("Cookie: ek=" + "0" * 32 for _ in range(10000)),
            "X: y\r\n z" * 5000,
        )
        for flood in floods:
            status, text = self.send(
                browser, self.head(browser, browser.page, flood))
            self.assertIn(status, (400, 413, 414, 431), flood[:40])
            self.says_nothing(text)
        status, text = self.send(browser, "A" * 1000000)
        self.assertIn(status, (400, 413, 414, 431))
        self.assertIn("<h1>Today</h1>", browser.get(browser.page))

    def drip(self, raw, ends_at):
        """Bytes, one now and then, until the other end has had enough; what
        came, or None when it never had."""
        while time.monotonic() < ends_at:
            if select.select([raw], [], [], DROP)[0]:
                return self.rest(raw)
            try:
                raw.send(b"a")
            except OSError:
                return b""
        return None

    def test_slow_senders(self):
        """A head or a body that comes by the drop is not waited for."""
        browser = Browser(self, "hard")
        address, _ = browser.form(browser.follow(), "Show me my words")
        slow_head = self.dial(browser)
        slow_head.sendall(
            self.head(browser, browser.page, "X: ").encode()[:-4])
        slow_body = self.dial(browser)
        slow_body.sendall(self.head(
            browser, address, "Content-Length: 1000", "Content-Type: "
            "application/x-www-form-urlencoded", method="POST").encode())
        silent = self.dial(browser)
        ends_at = time.monotonic() + 20
        ended = {}

        def run(name, raw):
            ended[name] = self.drip(raw, ends_at)
        threads = [threading.Thread(target=run, args=one)
                   for one in (("head", slow_head), ("body", slow_body))]
        for thread in threads:
            thread.start()
        honest = 0
        while any(thread.is_alive() for thread in threads):
            browser.get(browser.page)
            honest += 1
            threads[0].join(DROP)
            threads[1].join(DROP)
        self.assertEqual(self.rest(silent), b"")
        self.assertTrue(ended["head"].startswith(b"HTTP/1.1 408 "), ended)
        self.assertTrue(ended["body"].startswith(b"HTTP/1.1 408 "), ended)
        self.assertGreater(honest, 0)

    # --- too many ---

    def flood(self, browser, first=b""):
        """Connections by the thousand, held; their sockets."""
        held = []
        for _ in range(FLOOD):
            raw = socket.socket()
            raw.setblocking(False)
            raw.connect_ex(("127.0.0.1", browser.port))
            held.append(raw)
        if first:
            for raw in held:
                try:
                    raw.send(first)
                except OSError:
                    pass
        return held

    def honest_click(self, browser):
        """Seconds until the page is there."""
        began = time.monotonic()
        self.assertIn("<h1>Today</h1>", browser.get(browser.page))
        link = Browser(self)
        self.assertIn("<h1>Today</h1>", link.follow())
        return time.monotonic() - began

    def test_connections_of_her_own(self):
        """A broken program of hers holds 2,000, saying nothing, or half of a
        request."""
        for first in (b"", b"GET / HTTP/1.1\r\n"):
            browser = Browser(self)
            browser.follow()
            held = self.flood(browser, first)
            try:
                self.assertLess(self.honest_click(browser), 10)
            finally:
                for raw in held:
                    raw.close()

    def test_connections_of_another_user(self):
        """They get no place at all: hers are never made to wait."""
        if os.geteuid() != 0:
            self.skipTest("only root can play another user")
        browser = Browser(self)
        browser.follow()
        begin, tell = os.pipe(), os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                os.setgroups([])
                os.setgid(OTHER_UID)
                os.setuid(OTHER_UID)
                held = self.flood(browser)
                os.write(tell[1], b"f")
                os.read(begin[0], 1)
                for raw in held:
                    raw.close()
            finally:
                os._exit(0)
        try:
            self.assertEqual(os.read(tell[0], 1), b"f")
            self.assertLess(self.honest_click(browser), 3)
        finally:
            os.write(begin[1], b"e")
            os.waitpid(pid, 0)
            for fd in begin + tell:
                os.close(fd)


if __name__ == "__main__":
    unittest.util._MAX_LENGTH = 2000
    keeld.main()
