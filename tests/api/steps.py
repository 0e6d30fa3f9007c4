"""steps - a check-in on the page as a person goes through it: fields by their
names, buttons and links by their words, nothing sent twice.
"""
import html
import re
import urllib.parse

import keeld
from test_page import Browser


class Steps(Browser):
    """A browser that follows a 303 and remembers the page it is on."""

    text, status = "", 0

    def open(self):
        self.text = self.follow()
        return self

    def go(self, link):
        self.at = self.address(self.text, link)
        return self.load(self.at)

    def load(self, address):
        """A GET, which may lead to another, once."""
        status, headers, text = self.ask("GET", address)
        if status == 303:
            address = headers["Location"]
            status, headers, text = self.ask("GET", address)
            self.case.assertNotEqual(status, 303)
        self.at, self.status, self.text = address, status, text
        return text

    see = load

    def fields(self, button):
        """(address, hidden fields and what is chosen in that form)"""
        for address, inside in re.findall(
                r'<form [^>]*action="([/0-9a-z]+)">(.*?)</form>',
                self.text, re.S):
            if f">{button}</button>" not in inside:
                continue
            fields = dict(re.findall(
                r'type="hidden" name="([^"]+)" value="([^"]*)"', inside))
            for name, value in re.findall(
                    r'type="(?:radio|checkbox)" name="([^"]+)" '
                    r'value="([^"]*)"[^>]* checked', inside):
                fields[name] = value
            for name, words in re.findall(
                    r'<textarea[^>]*name="([^"]+)"[^>]*>\n(.*?)</textarea>',
                    inside, re.S):
                fields[name] = html.unescape(words)
            pressed = re.search(r'<button name="(\w+)" value="(\w+)"'
                                r'[^>]*>%s</button>' % button, inside)
            if pressed:
                fields[pressed[1]] = pressed[2]
            return address, fields
        raise AssertionError(f"no form with {button}: {self.text}")

    def raw(self, button, **more):
        """Sends that form, changed; the bare answer."""
        address, fields = self.fields(button)
        fields.update({name.replace("_", ".", 1): value
                       for name, value in more.items()})
        return self.send(address, fields)

    def send(self, address, fields):
        return self.ask("POST", address, urllib.parse.urlencode(
            {n: v for n, v in fields.items() if v is not None}))

    def press(self, button, **more):
        """As a browser does: 303 is followed by a GET."""
        self.status, headers, self.text = self.raw(button, **more)
        if self.status == 303:
            return self.see(headers["Location"])
        return self.text

    def where(self):
        found = re.search(r'<p class="where">(\d of \d)</p>', self.text)
        return found and found[1]

    def begun(self, mood="6"):
        """The first step is sent."""
        self.open()
        self.press("Go on", a_mood=mood, a_energy="5")
        return self


class Waiting(keeld.Case):
    """A check-in waits: it is 17:00, and its slot was at 16:30."""
    schedules = (keeld.DAILY,)

    def setUp(self):
        super().setUp()
        self.k.pass_time(days=1)

    def page(self, to="checkin"):
        return Steps(self, to).open()

    def rows(self):
        return self.k.drafts()

    def nowhere(self, rows):
        """No 16 bytes of what was sealed are left in any file."""
        self.assertNotEqual(rows, [])
        for path, data in self.k.files().items():
            self.assertFalse(any(keeld.windows(row) & keeld.windows(data)
                                 for row in rows), path)
