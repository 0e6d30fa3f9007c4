"""The page, as a browser asks for it, and as others would: links used twice,
forged heads, cookies and tokens, her own words as markup, Hide, the idle end.
Time is the test clock's; that no TCP socket is left is read from the kernel.
"""
import http.client
import os
import re
import socket
import subprocess

import keeld

MARKUP = "<b onmouseover=\"x\">'&amp;"
ESCAPED = "&lt;b onmouseover=&quot;x&quot;&gt;&#39;&amp;amp;"
# as Markdown, where a backslash makes of each sign itself
PLAN = keeld.PLAN.replace(
    "Tell Tan", "Tell " + MARKUP.replace("<", "\\<").replace("&", "\\&"))


class Browser:
    """One link followed: a path and a cookie."""

    def __init__(self, case, to="today", url=None):
        self.case = case
        self.url = url or case.k.post("/v1/page", {"to": to})["url"]
        found = re.fullmatch(r"http://(127\.0\.0\.1:(\d+))(/o/[0-9a-f]{32})",
                             self.url)
        self.host, self.port, self.link = \
            found[1], int(found[2]), found[3]
        self.cookie = None

    def ask(self, method, path, body=None, **headers):
        """(status, headers, text)"""
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=keeld.LIMIT)
        headers = {name.replace("_", "-"): value
                   for name, value in headers.items() if value is not None}
        if self.cookie is not None:
            headers.setdefault("Cookie", self.cookie)
        if body is not None:
            headers.setdefault("Content-Type",
                               "application/x-www-form-urlencoded")
        connection.putrequest(method, path, skip_host="Host" in headers,
                              skip_accept_encoding=True)
        if body is not None:
            headers["Content-Length"] = str(len(body))
        for name, value in headers.items():
            connection.putheader(name, value)
        try:
            connection.endheaders(None if body is None else body.encode())
            reply = connection.getresponse()
            return reply.status, reply.headers, reply.read().decode()
        finally:
            connection.close()

    def follow(self):
        """Takes the link; the first page's text."""
        status, headers, _ = self.ask("GET", self.link)
        self.case.assertEqual(status, 303)
        self.page = headers["Location"]
        self.path = self.page.rsplit("/", 1)[0]
        parts = headers["Set-Cookie"].split("; ")
        self.case.assertEqual(
            parts[1:], ["HttpOnly", "SameSite=Strict", "Path=" + self.path])
        self.cookie = parts[0]
        status, headers, _ = self.ask("GET", self.page)
        if status == 303:  # to an address of its own
            self.page = headers["Location"]
        return self.get(self.page)

    def get(self, path):
        status, headers, text = self.ask("GET", path)
        self.case.assertEqual(status, 200, text)
        self.case.assertIn("default-src 'none'",
                           headers["Content-Security-Policy"])
        self.case.assertEqual(headers["Cache-Control"], "no-store")
        self.case.assertIn("<title>Evenkeel</title>", text)
        self.case.assertNotIn("<script", text)
        return text

    def form(self, text, button):
        """The form with this button: (address, what is filled in hidden)."""
        for address, inside in re.findall(
                r'<form [^>]*action="([/0-9a-z]+)">(.*?)</form>',
                text, re.S):
            if f">{button}</button>" in inside:
                return address, dict(re.findall(
                    r'type="hidden" name="(\w+)" value="(\w*)"', inside))
        self.case.fail(f"no form with {button}: {text}")

    def address(self, text, link):
        """Where this link leads."""
        found = re.search(r'<a href="(/[0-9a-f]{32}/[0-9a-f]{16})"'
                          r'[^>]*>%s</a>' % re.escape(link), text)
        self.case.assertIsNotNone(found, text)
        return found[1]

    def post(self, address, fields, **headers):
        body = "&".join(f"{n}={v}" for n, v in fields.items())
        return self.ask("POST", address, body, **headers)


class Page(keeld.Case):
    plan = PLAN
    schedules = (keeld.DAILY,)

    def sockets(self):
        """The daemon's TCP listeners."""
        pid = self.k.process.pid
        inodes = set()
        for fd in os.listdir(f"/proc/{pid}/fd"):
            try:
                inodes.add(os.readlink(f"/proc/{pid}/fd/{fd}"))
            except OSError:
                pass
        lines = []
        for table in ("tcp", "tcp6"):
            with open(f"/proc/{pid}/net/{table}") as f:
                lines += f.read().splitlines()[1:]
        return [line for line in lines if line.split()[3] == "0A"
                and f"socket:[{line.split()[9]}]" in inodes]

    def closed(self, answer, status):
        self.assertEqual(answer[0], status, answer[2])
        self.assertIn("<h1>Closed</h1>", answer[2])
        for hers in ("Tea", "Jia", "csrf", "Hide"):
            self.assertNotIn(hers, answer[2])

    def test_link_once(self):
        self.k.pass_time(days=1)
        self.k.post("/v1/asks", {"text": MARKUP}, keeld.key())
        self.assertEqual(self.sockets(), [])
        browser = Browser(self)
        self.assertEqual(len(self.sockets()), 1)
        self.assertIn("0100007F", self.sockets()[0])
        text = browser.follow()
        self.assertIn("<h1>Today</h1>", text)
        self.assertIn("Waiting, whenever you like", text)
        self.assertIn(ESCAPED, text)
        self.assertNotIn("<b ", text)
        self.closed(Browser.ask(browser, "GET", browser.link), 410)
        # what was opened is open still
        browser.get(browser.page)
        other = Browser(self)
        self.k.pass_time(seconds=61)
        self.closed(other.ask("GET", other.link), 410)
        self.closed(other.ask("GET", "/o/" + "0" * 32), 410)
        self.invalid("POST", "/v1/page", {"to": "nowhere"})
        self.invalid("POST", "/v1/page", {})

    def test_style(self):
        browser = Browser(self)
        status, headers, text = browser.ask("GET", "/style.css")
        self.assertEqual((status, headers["Content-Type"]),
                         (200, "text/css; charset=utf-8"))
        self.assertIn("prefers-color-scheme: dark", text)

    def test_forged(self):
        browser = Browser(self, "hard")
        hard, fields = browser.form(browser.follow(), "Show me my words")
        before = self.k.export()
        good, mine = browser.cookie, browser.page
        for host in ("localhost", "127.0.0.1", "evil.example",
                     f"localhost:{browser.port}"):
            self.closed(browser.ask("GET", mine, Host=host), 400)
        for cookie in ("", "ek=" + "0" * 32, good + "0", good + "; " + good,
                       good[:-1]):
            self.closed(browser.ask("GET", mine, Cookie=cookie), 410)
            self.closed(browser.post(hard, fields, Cookie=cookie), 410)
        self.closed(browser.ask("GET", "/" + "0" * 32 + "/today"), 410)
        for origin in ("null", "http://evil.example", "http://localhost",
                       "https://" + browser.host,
                       f"http://{browser.host}.evil.example"):
            self.closed(browser.post(hard, fields, Origin=origin), 403)
        for site in ("cross-site", "same-site", "none"):
            self.closed(
                browser.post(hard, fields, Sec_Fetch_Site=site), 403)
        for token in ("", "0" * 32, fields["csrf"][:-1]):
            self.closed(
                browser.post(hard, dict(fields, csrf=token)), 403)
        self.closed(browser.post(hard, {"key": fields["key"]}), 403)
        self.closed(browser.ask("POST", hard, "{}",
                                Content_Type="application/json"), 400)
        for page in ("hard", "nothing", "0" * 16):
            self.closed(browser.ask("GET", f"{browser.path}/{page}"), 404)
            self.closed(browser.post(f"{browser.path}/{page}", fields), 404)
        # one session's names are not another's
        other = Browser(self, "hard")
        other.follow()
        self.closed(browser.ask("GET", browser.path + other.page[33:]), 404)
        self.assertEqual(self.k.export(), before)
        status, _, text = browser.post(
            hard, fields, Origin="http://" + browser.host,
            Sec_Fetch_Site="same-origin")
        self.assertEqual(status, 303, text)

    def test_hard(self):
        """The record equals the command's; twice is once; words are text."""
        browser = Browser(self, "hard")
        text = browser.follow()
        self.assertIn("nothing is sent to anybody", text)
        hard, fields = browser.form(text, "Show me my words")
        # to look writes nothing
        only = browser.get(browser.address(
            text, "Only show them, and write nothing down"))
        self.assertIn("Nothing was written down", only)
        self.assertIn("Jia, a friend", only)
        self.assertNotIn("<textarea", only)
        self.assertEqual(self.k.entries(), [])
        status, headers, _ = browser.post(hard, fields)
        self.assertEqual(status, 303)
        words = headers["Location"]
        text = browser.get(words)
        self.assertIn("This sends nothing to anyone", text)
        self.assertIn("Tell " + ESCAPED, text)
        self.assertNotIn("<b ", text)
        self.assertIn("Tea with the door closed", text)
        self.assertIn("Jia, a friend", text)
        once = self.k.export()
        again = browser.post(hard, fields)
        self.assertEqual((again[0], again[1]["Location"], self.k.export()),
                         (303, words, once))
        self.k.post("/v1/hard", {}, keeld.key())
        page, command = self.k.entries()
        self.assertEqual(set(page), set(command))
        for name in set(page) - {"id"}:
            self.assertEqual(page[name], command[name], name)

    def test_hard_note(self):
        browser = Browser(self, "hard")
        hard, fields = browser.form(browser.follow(), "Show me my words")
        words = browser.post(hard, fields)[1]["Location"]
        note, fields = browser.form(browser.get(words), "Keep this note")
        status, _, text = browser.post(note, dict(fields, text="+"))
        self.assertEqual(status, 400)
        self.assertIn('role="alert"', text)
        self.assertIn('aria-describedby="why"', text)
        status, headers, _ = browser.post(
            note, dict(fields, text="a+%3Cb%3E+of+it"))
        self.assertEqual(status, 303)
        text = browser.get(headers["Location"])
        self.assertIn("Your note is kept.", text)
        self.assertNotIn("<textarea", text)
        self.assertEqual(
            browser.post(note, dict(fields, text="a+%3Cb%3E+of+it"))[0], 303)
        self.assertEqual([n["text"] for n in self.k.entries()[0]["notes"]],
                         ["a <b> of it"])

    def test_hide(self):
        browser = Browser(self)
        hide, fields = browser.form(browser.follow(), "Hide")
        status, headers, _ = browser.post(hide, fields)
        self.assertEqual((status, headers["Location"]), (303, "/closed"))
        self.closed(browser.ask("GET", "/closed"), 200)
        self.closed(browser.ask("GET", browser.page), 410)
        self.closed(browser.post(hide, fields), 410)
        self.k.pass_time(seconds=59)
        self.closed(browser.ask("GET", browser.page), 410)
        self.ends(2)

    def test_idle(self):
        browser = Browser(self)
        text = browser.follow()
        self.assertIn('content="590;url=/closed"', text)
        self.k.pass_time(minutes=9)
        browser.get(browser.page)
        self.k.pass_time(minutes=9)
        browser.get(browser.page)
        self.k.pass_time(minutes=10, seconds=1)
        self.closed(browser.ask("GET", browser.page), 410)
        self.ends(61)

    def test_clock_set(self):
        """A clock set on ends nothing early, set back it lengthens nothing."""
        browser = Browser(self)
        self.k.step(hours=30)
        browser.follow()
        self.k.step(hours=30)
        self.k.get("/v1/status")
        browser.get(browser.page)
        link = Browser(self)
        self.k.step(hours=-60)
        self.k.pass_time(seconds=61)
        self.closed(link.ask("GET", link.link), 410)
        browser.get(browser.page)
        self.k.pass_time(minutes=10, seconds=1)
        self.closed(browser.ask("GET", browser.page), 410)
        self.ends(61)

    def ends(self, seconds):
        """The listener goes; a new link opens another."""
        self.k.pass_time(seconds=seconds)
        self.k.turn()
        self.assertEqual(self.sockets(), [])
        browser = Browser(self)
        self.assertIn("<h1>Today</h1>", browser.follow())

    def keel(self, *args, **env):
        return subprocess.run(
            [os.path.join(keeld.BIN, "keel"), "--home", self.k.home, *args],
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=keeld.LIMIT,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **env})

    def test_command(self):
        done = self.keel("open", "hard", "--print")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        browser = Browser(self, url=done.stdout.strip())
        self.assertIn("<h1>A hard day</h1>", browser.follow())
        # the browser is given the link, and nothing waits for it
        pipe, script = (os.path.join(self.k.top, name)
                        for name in ("pipe", "browser"))
        os.mkfifo(pipe)
        with open(script, "w") as f:
            f.write(f'#!/bin/sh\nprintf %s "$1" >{pipe}\n')
        os.chmod(script, 0o700)
        done = self.keel("open", BROWSER=script)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        with open(pipe) as f:
            browser = Browser(self, url=f.read())
        self.assertIn("<h1>Today</h1>", browser.follow())
        done = self.keel("open", BROWSER="/nowhere/browser", PATH="/nowhere")
        self.assertEqual(done.returncode, 1)
        self.assertIn("keel open --print", done.stderr)
        self.assertEqual(self.keel("open", "nowhere").returncode, 1)
        self.assertEqual(self.keel("open", "today", "hard").returncode, 3)

    def test_absolute_target(self):
        browser = Browser(self)
        browser.follow()
        raw = socket.create_connection(("127.0.0.1", browser.port))
        raw.settimeout(keeld.LIMIT)
        raw.sendall(f"GET http://evil.example{browser.page} HTTP/1.1\r\n"
                    f"Host: {browser.host}\r\n"
                    f"Cookie: {browser.cookie}\r\n\r\n".encode())
        self.assertTrue(raw.recv(4096).startswith(b"HTTP/1.1 400 "))
        raw.close()


if __name__ == "__main__":
    keeld.main()
