#!/usr/bin/python3
"""Another site's page in her own browser, beside her open page, and knowing
all its addresses, token and key: its forms, images, frames, fetches and windows
get nothing and change nothing.

Two such sites: localhost is another site; 127.0.0.1 with another port is the
same one to SameSite, so that her cookie goes along and Origin, Sec-Fetch-Site
and the resource policy have to hold.
"""
import http.server
import json
import threading

import browse
import keeld

PAGE = b"<!doctype html><html lang=en><title>other</title><body>Other</body>"


class Other(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    do_POST = do_GET

    def log_message(self, *_):
        pass


class CrossSite(browse.Case):
    def setUp(self):
        super().setUp()
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Other)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.port = server.server_port
        self.mine = self.open("hard")
        self.page = self.mine.do("url")
        self.form = self.mine.do("evaluate", code="""(() => {
            const form = document.querySelector('main form');
            return {action: form.action,
                    fields: [...new FormData(form).entries()]};
        })()""")
        self.before = self.k.export()

    def sites(self):
        """A new tab at each."""
        for host in ("localhost", "127.0.0.1"):
            other = self.mine.beside()
            other.goto(f"http://{host}:{self.port}/")
            yield other

    def run_in(self, tab, code, verb="evaluate", **given):
        words = "".join(f"const {name} = {json.dumps(value)};"
                        for name, value in given.items())
        return tab.do(verb, code=f"(async () => {{ {words} {code} }})()")

    def unchanged(self):
        self.assertEqual(self.k.export(), self.before)
        self.assertEqual(self.k.entries(), [])

    FORM = """
        document.body.innerHTML =
            '<iframe name=inside></iframe><form method=post>';
        const form = document.querySelector('form');
        form.action = ours.action;
        form.target = where;
        for (const [name, value] of ours.fields) {
            const one = document.createElement('input');
            [one.name, one.value] = [name, value];
            form.append(one);
        }
        form.submit();"""

    def test_form(self):
        """Token, key and all, in the window itself: closed."""
        for other in self.sites():
            self.run_in(other, self.FORM, "runs", ours=self.form,
                        where="_self")
            self.assertIn(other.status(), (403, 410))
            self.assertIn("Closed", other.text())
            self.unchanged()

    def test_form_in_a_frame(self):
        for other in self.sites():
            self.run_in(other, self.FORM, ours=self.form, where="inside")
            self.until(lambda: any(one["url"] == self.form["action"]
                                   for one in other.do("sent")))
            self.unchanged()

    def test_image_frame_script_and_style(self):
        for other in self.sites():
            for tag, link in (("img", "src"), ("iframe", "src"),
                              ("script", "src"), ("object", "data"),
                              ("embed", "src"), ("video", "src")):
                seen = self.run_in(other, """
                    const one = document.createElement(tag);
                    one[link] = page;
                    const done = new Promise((end) => {
                        one.onload = () => end('load');
                        one.onerror = () => end('error');
                        setTimeout(() => end('nothing'), 1500);
                    });
                    document.body.append(one);
                    const what = await done;
                    let inside = '';
                    try {
                        inside = one.contentDocument?.body?.innerText ?? '';
                    } catch (error) { }
                    return [what, one.naturalWidth ?? 0, inside];""",
                    tag=tag, link=link, page=self.page)
                self.assertEqual(seen[1:], [0, ""], tag)
                if tag in ("img", "script", "video"):
                    self.assertNotEqual(seen[0], "load", tag)
            frames = other.do("evaluate", code="""[...document
                .querySelectorAll('iframe, object, embed')].length""")
            self.assertEqual(frames, 3)
            self.unchanged()

    def test_fetch(self):
        """No byte of an answer, whatever the mode, GET or POST."""
        for other in self.sites():
            for how in ({"credentials": "include"},
                        {"credentials": "include", "mode": "no-cors"},
                        {"credentials": "include", "mode": "no-cors",
                         "method": "POST"},
                        {"credentials": "include", "method": "POST"}):
                got = self.run_in(other, """
                    if (how.method === 'POST')
                        how.body = new URLSearchParams(ours.fields);
                    try {
                        const answer = await fetch(
                            how.method ? ours.action : page, how);
                        return [answer.type, await answer.text()];
                    } catch (error) {
                        return ['refused', ''];
                    }""", how=how, ours=self.form, page=self.page)
                self.assertIn(got[0], ("refused", "opaque"), how)
                self.assertEqual(got[1], "", how)
                self.unchanged()

    def test_window(self):
        """A window it opened on her page cannot be looked into, and her page
        cannot be steered from it."""
        for other in self.sites():
            got = self.run_in(other, """
                const one = open(page);
                await new Promise((done) => setTimeout(done, 500));
                try {
                    return [one.closed, one.document.body.innerText];
                } catch (error) {
                    return [one.closed, ''];
                }""", page=self.page)
            self.assertEqual(got[1], "")
            self.unchanged()

    def test_honest(self):
        """And her own press, in the end, works: the token was good."""
        self.mine.button("Show me my words")
        self.assertIn("Jia, a friend", self.mine.text())
        self.assertEqual(len(self.k.entries()), 1)


if __name__ == "__main__":
    keeld.main()
