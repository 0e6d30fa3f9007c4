"""hand - a hand on the page: forms as a browser fills and sends them.

What is sent is what the form holds, with what was typed in its place; text is
encoded as browsers do, line breaks as CR LF.
"""
import html.parser
import re
import urllib.parse

import keeld
from test_page import Browser


class Forms(html.parser.HTMLParser):
    """Every form: its address, its fields in order, its buttons."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.forms, self.form, self.area, self.button = [], None, None, None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.form = {"to": attrs["action"], "fields": [], "buttons": {}}
            self.forms.append(self.form)
        elif self.form is None:
            return
        elif tag == "input":
            kind = attrs.get("type", "text")
            if kind in ("radio", "checkbox") and "checked" not in attrs:
                return
            self.form["fields"].append(
                (attrs["name"], attrs.get("value", "on")))
        elif tag == "textarea":
            self.area = [attrs["name"], ""]
        elif tag == "button":
            self.button = [attrs, ""]

    def handle_data(self, data):
        if self.area is not None:
            self.area[1] += data
        if self.button is not None:
            self.button[1] += data

    def handle_endtag(self, tag):
        if tag == "textarea" and self.area is not None:
            name, value = self.area
            # the first line break behind <textarea> is the page's
            self.form["fields"].append((name, value.removeprefix("\n")))
            self.area = None
        elif tag == "button" and self.button is not None:
            self.form["buttons"][self.button[1]] = self.button[0]
            self.button = None
        elif tag == "form":
            self.form = None


class Hand(Browser):
    def fields(self, text, button):
        """(address, [(name, value)]) of the form with this button."""
        for form in Forms(text).forms:
            if button in form["buttons"]:
                pressed = form["buttons"][button]
                more = [(pressed["name"], pressed["value"])] \
                    if "name" in pressed else []
                return form["to"], form["fields"] + more
        self.case.fail(f"no form with {button}: {text}")

    def send(self, to, fields):
        """(status, headers, text)"""
        return self.ask("POST", to, urllib.parse.urlencode(
            [(name, value.replace("\n", "\r\n")) for name, value in fields]))

    def fill(self, text, button, typed=(), ticked=(), unticked=()):
        """The fields of the form with what is typed, ticked, unticked."""
        to, fields = self.fields(text, button)
        typed = dict(typed)
        fields = [(name, typed.pop(name, value)) for name, value in fields
                  if (name, value) not in unticked]
        self.case.assertEqual(typed, {}, "no such fields")
        return to, fields + list(ticked)

    def press(self, text, button, *args, **more):
        """Fills and sends; the page that is seen after it."""
        return self.seen(self.send(*self.fill(text, button, *args, **more)))

    def seen(self, answer):
        status, headers, text = answer
        self.case.assertEqual(status, 303, text)
        return self.get(headers["Location"])

    def refused(self, status, answer):
        self.case.assertEqual(answer[0], status, answer[2])
        self.case.assertIn('role="alert"', answer[2])
        self.case.assertNotIn("keel ", re.sub(r"<[^>]*>", "", answer[2]))
        return answer[2]

    def late(self, form):
        """Sends it when the session is over; a new browser, on today."""
        self.case.k.pass_time(minutes=10, seconds=1)
        status, _, text = self.send(*form)
        self.case.assertEqual(status, 200, text)
        self.case.assertIn("What you wrote is kept.", text)
        self.case.assertNotIn(self.path, text)
        other = Hand(self.case)
        return other, other.follow()

    def click(self, text, link):
        return self.get(self.address(text, link))


def text_of(page):
    """What is read: without markup, entities resolved."""
    bare = re.sub(r"<(br|/?li|/?p|/?h\d|/?dd|/?dt)\b[^>]*>", "\n", page)
    return html.unescape(re.sub(r"<[^>]*>", "", bare))


def main():
    keeld.main()
