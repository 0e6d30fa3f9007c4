"""P2 on the page: a check-in in steps, killed at every step of keeld's.

kill -9 at each write, sync and answer of a whole check-in, from its first page
to its save.  keeld is started again, and she opens the page anew: what was
acknowledged of it, each step (303) or the save, is there exactly once, and
never both as a draft and as a check-in.
"""
import argparse
import http.client
import os
import re
import sys
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import Desk, Lost  # noqa: E402
from steps import have_strace, killed_at_each_step  # noqa: E402
from tally import check, end, skip  # noqa: E402

PLAN = """# My plan

## Early warning signs
- skipping lunch

## What helps me
- Tea with the door closed
"""
# what each page is sent, in order; of the record: how it reads there
TYPED = ({"a.mood": "7"}, {"s.s1": "2"}, {"u.h1": "1"},
         {"h.h1": "3", "note": "a word"})
CALLS = ("write", "writev", "sendmsg", "pwrite64", "fsync", "fdatasync",
         "ftruncate")


class Page:
    """A browser on the check-in; Lost when keeld went away."""

    def __init__(self, desk):
        url = desk.call("POST", "/v1/page", {"to": "checkin"})["url"]
        host, link = re.match(r"http://([^/]+)(/.*)", url).groups()
        self.to, self.cookie = http.client.HTTPConnection(host, timeout=20), ""
        _, head, _ = self.ask("GET", link)
        self.cookie = head["Set-Cookie"].split(";")[0]
        self.see(head["Location"])

    def ask(self, method, path, body=None):
        head = {"Cookie": self.cookie}
        if body is not None:
            head["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self.to.request(method, path, body, head)
            reply = self.to.getresponse()
            return reply.status, reply.headers, reply.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise Lost(str(error)) from None

    def where(self):
        found = re.search(r'<p class="where">(\d) of 4</p>', self.text)
        return int(found[1]) if found else 0

    def send(self, button, typed):
        """Where it leads; it is acknowledged by then."""
        address, inside = next(
            form for form in re.findall(
                r'<form[^>]* action="([/0-9a-f]+)">(.*?)</form>',
                self.text, re.S) if ">%s</button>" % button in form[1])
        fields = dict(re.findall(
            r'type="hidden" name="([^"]+)" value="([^"]*)"', inside))
        fields.update(re.findall(
            r'type="(?:radio|checkbox)" name="([^"]+)" value="([^"]*)"[^>]*'
            r' checked', inside))
        status, head, text = self.ask("POST", address, urllib.parse.urlencode(
            {**fields, **typed}))
        if status != 303:
            raise RuntimeError("%s: %d %s" % (button, status, text))
        return head["Location"]

    def see(self, address):
        """The page, wherever it leads."""
        status, head, self.text = self.ask("GET", address)
        if status == 303:
            self.see(head["Location"])


def go_through(desk, said):
    """A whole check-in; said: the numbers of the pages acknowledged."""
    said.clear()
    page = Page(desk)
    while True:
        number = page.where()
        leads = page.send("Save" if number == 4 else "Go on",
                          TYPED[number - 1])
        said.append(number)
        page.see(leads)
        if number == 4:
            return


def finish(page):
    """The rest of it, with nothing typed."""
    while page.where() != 4:
        page.see(page.send("Go on", {}))
    page.see(page.send("Save", {}))


def says(record, notes, number):
    """Does the record hold what this page was sent?"""
    if number == 1:
        return record["answers"].get("mood") == 7
    if number == 2:
        return record["signs"] == {"s1": 2}
    if number == 3:
        return "h1" in record["used"]
    return record["used"] == {"h1": 3} and notes == ["a word"]


def saved(desk):
    """[(check-in, the texts of its notes)]"""
    records = desk.records()
    return [(r, [n["text"] for n in records
                 if n["kind"] == "note" and n["of"] == r["id"]])
            for r in records if r["kind"] == "check-in"]


def problems_of(desk, said):
    """After the kill, by what she sees and what is there."""
    page, found = Page(desk), saved(desk)
    begun = "You began this" in page.text
    if len(found) > 1:
        return ["saved %d times" % len(found)]
    if found and begun:
        return ["saved, and offered as begun"]
    if 4 in said and not found:
        return ["an acknowledged save is lost"]
    if said and not found and not begun:
        return ["the draft of acknowledged steps is lost"]
    if found:
        return ["saved without page %d" % n for n in range(1, 5)
                if not says(*found[0], n)]
    problems = []
    if page.where() < len(said) + 1:
        problems.append("goes on at page %d after %s" % (page.where(), said))
    if begun:
        finish(page)
        found = saved(desk)
        problems += ["page %d was acknowledged and is lost" % n for n in said
                     if len(found) != 1 or not says(*found[0], n)]
    return problems


def test_killed(keeld):
    base, said, problems = Desk(keeld), [], []
    base.start()
    base.make(plan=PLAN)
    base.kill()
    kills, lost_after = 0, set()
    for step, desk in killed_at_each_step(
            base, lambda desk: go_through(desk, said), CALLS):
        kills += 1
        lost_after.add(len(said))
        problems += ["%s: %s" % (step, p) for p in problems_of(desk, said)]
    base.close()
    check("kill -9 at each of %d steps of a check-in on the page" % kills,
          kills > 20 and not problems, "; ".join(problems[:3]))
    check("after none, one, ... and all of its pages",
          lost_after == {0, 1, 2, 3, 4}, str(lost_after))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keeld")
    args = parser.parse_args()
    if have_strace():
        test_killed(args.keeld)
    else:
        skip("a check-in on the page: strace is not installed")
    return end()


if __name__ == "__main__":
    sys.exit(main())
