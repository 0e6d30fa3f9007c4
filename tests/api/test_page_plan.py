"""The plan on the page: read, changed by section, agreed, its versions.

What is typed comes back as typed; what stands around it stays byte for byte;
two windows lose nothing.
"""
import html
import os
import random
import re

import hand
import keeld
from hand import Hand, text_of

MINE = """# Mei's plan

Written *slowly*, with Tan.

## When I am well at work
- I say good morning first

## Early warning signs

What I notice first:

* skipping **lunch** → Walk in the garden; Call Jia; breathe
* short answers

## What helps me
- Walk in the garden
- Tea with the door closed
- Music on the way home

## My garden
Roses, and *beans*.
- water them

## People I can turn to
- Jia, a friend

## When it gets hard
1. Tell Tan I need ten minutes
2. Go home

## Review
2026-12-01
"""

BITS = ["-", "- ", "+", "*", "# ", "> ", "\\", "`", "``", "→", "->", "-->",
        ";", "；", "[", "](", "![x](y)", "[x]: y", "<b>", "<!--", "&amp;",
        "&#39;", "&", "_", "__", "~~~", "```", "1. ", "2) ", "  ", "a", "Word",
        "你", "🌱", "===", "---", "***", "|", '"', "'", "http://x.y/", "%s",
        "%41", "+", "=", "{{", "a_b_c", "*a*", "</textarea>", "2026-12-01"]


class Plan(keeld.Case):
    plan = MINE

    def open(self, to="plan"):
        browser = Hand(self, to)
        return browser, browser.follow()

    def text(self):
        return self.k.get("/v1/plan")["text"]

    def bullets(self, key, plan=None):
        for section in (plan or self.k.get("/v1/plan"))["sections"]:
            if section["key"] == key:
                return section["bullets"]
        return []

    # --- reading ---

    def test_read(self):
        """All of it, in her order; what is hers alone too."""
        browser, page = self.open()
        read = text_of(page.split("<main")[1].split("<footer")[0])
        places = [read.index(words) for words in (
            "Mei's plan", "A draft: not agreed with anyone yet.",
            "Written slowly, with Tan.", "When I am well at work",
            "What I notice first:", "skipping lunch",
            "What helps then: Walk in the garden; Call Jia; breathe",
            "What helps me", "Tea with the door closed", "My garden",
            "Roses, and beans.", "water them", "Jia, a friend",
            "Tell Tan I need ten minutes", "Tuesday 1 December 2026",
            "You could add", "How I work best")]
        self.assertEqual(places, sorted(places))
        self.assertEqual(page.count("<h1>"), 1)
        self.assertIn("<ol><li>Tell Tan I need ten minutes</li>"
                      "<li>Go home</li></ol>", page)
        self.assertEqual(read.count("Early warning signs"), 2)  # and its link
        for part in ("When I am not doing so well", "My role"):
            self.assertIn(f">{part}</a>", page)
        self.assertNotIn("keel ", read)
        self.assertLess(len(page.encode()), 50000)

    def test_none(self):
        """A book without a plan: any part can begin it."""
        k = self.another().start()
        k.make_book(plan=None)
        browser = Hand(self, url=k.post("/v1/page", {"to": "plan"})["url"])
        page = browser.follow()
        self.assertIn("There is no plan yet.", page)
        page = browser.click(page, "What helps me")
        page = browser.press(page, "Save", {"more": "tea\n\n- a walk\n"})
        self.assertIn("Saved.", page)
        plan = k.get("/v1/plan")
        self.assertEqual([b["text"] for b in self.bullets("helps", plan)],
                         ["tea", "- a walk"])
        self.assertIn("## Early warning signs", plan["text"])

    # --- changing ---

    def test_change(self):
        """One section changes, and nothing else of the document."""
        browser, page = self.open()
        page = browser.click(page, "Change: What helps me")
        page = browser.press(page, "Save", {
            "t.h2": "Tea with the window open", "t.h3": " ",
            "more": "Stretching\n\n  Calling home "})
        self.assertIn('role="status"', page)
        self.assertEqual(self.text(), MINE.replace(
            "- Tea with the door closed\n- Music on the way home\n",
            "- Tea with the window open\n- Stretching\n- Calling home\n"))
        ids = [b["id"] for b in self.bullets("helps")]
        self.assertEqual(ids, ["h1", "h2", "h4", "h5"])
        # a line in two; the first stays what it was
        page = browser.click(page, "Change: When it gets hard")
        browser.press(page, "Save", {
            "t.d1": "Tell Tan I need ten minutes\nBreathe out"})
        self.assertIn("1. Tell Tan I need ten minutes\n2. Breathe out\n"
                      "3. Go home\n", self.text())
        self.assertEqual([b["id"] for b in self.bullets("hard")],
                         ["d1", "d3", "d2"])

    def test_nothing(self):
        browser, page = self.open()
        before = self.k.export()
        for part in ("What helps me", "Early warning signs",
                     "When it gets hard", "Review"):
            browser.press(browser.click(page, "Change: " + part), "Save")
        self.assertEqual(self.k.export(), before)

    def test_new_section(self):
        browser, page = self.open()
        page = browser.click(page, "My role")
        self.assertIn("What is yours to do", page)
        browser.press(page, "Save", {"more": "Listening"})
        self.assertIn("- Go home".replace("- ", "2. ")
                      + "\n\n## My role\n\n- Listening\n\n## Review\n",
                      self.text())

    def test_links(self):
        """What helps with a sign: ticked among her own lines."""
        browser, page = self.open()
        page = browser.click(page, "Change: Early warning signs")
        to, fields = browser.fill(page, "Save")
        self.assertEqual([v for n, v in fields if n == "l.s1"],
                         ["h1", "p1", "x2"])
        self.assertEqual([v for n, v in fields if n == "l.s2"], [])
        page = browser.press(
            page, "Save", ticked=[("l.s2", "h3"), ("l.s2", "p1")],
            unticked=[("l.s1", "p1"), ("l.s1", "x2")])
        self.assertEqual(
            [b["links"] for b in self.bullets("signs")],
            [["Walk in the garden"],
             ["Music on the way home", "Jia, a friend"]])
        self.assertEqual(
            [b["linked"] for b in self.bullets("signs")],
            [["h1"], ["h3", "p1"]])
        # only what changed is written anew
        page = browser.click(page, "Change: Early warning signs")
        browser.press(page, "Save", unticked=[("l.s2", "p1")])
        self.assertIn("- skipping lunch → Walk in the garden\n"
                      "- short answers → Music on the way home\n",
                      self.text())

    def test_adjustment(self):
        browser, page = self.open()
        page = browser.click(page, "How I work best")
        to, fields = browser.fill(
            page, "Save", {"t.new": "A quiet desk", "w.new": "Tan"})
        page = browser.refused(400, browser.send(to, fields))
        self.assertIn("The day is missing", page)
        self.assertIn('name="t.new" rows="2" aria-invalid="true"', page)
        self.assertIn(">\nA quiet desk</textarea>", page)
        page = browser.press(page, "Save", {
            "d.new": "2026-11-24", "t.new": "A quiet desk\nA late start"})
        self.assertIn("- A quiet desk (Tan, 2026-11-24)\n- A late start\n",
                      self.text())
        page = browser.click(page, "Change: How I work best")
        _, fields = browser.fill(page, "Save")
        self.assertEqual([dict(fields)[n] for n in ("t.b1", "w.b1", "d.b1")],
                         ["A quiet desk", "Tan", "2026-11-24"])
        page = browser.press(page, "Save", {"w.b1": "", "d.b1": ""})
        self.assertIn("- A quiet desk\n", self.text())
        page = browser.click(page, "Change: How I work best")
        was = self.bullets("best")[0]["id"]
        page = browser.refused(400, browser.send(*browser.fill(
            page, "Save", {"w." + was: "Tan (ward 5)",
                           "d." + was: "2026-11-24"})))
        self.assertIn("brackets", page)

    def test_review(self):
        browser, page = self.open()
        page = browser.click(page, "Change: Review")
        page = browser.press(page, "Save", {"day": "2027-03-02"})
        self.assertIn("Tuesday 2 March 2027", page)
        self.assertEqual(self.text(),
                         MINE.replace("2026-12-01", "2027-03-02"))
        page = browser.click(page, "Change: Review")
        bad = browser.refused(400, browser.send(*browser.fill(
            page, "Save", {"day": "soon"})))
        self.assertIn('id="day" name="day" value="soon" aria-invalid', bad)
        browser.press(page, "Save", {"day": ""})
        self.assertIsNone(self.k.get("/v1/plan")["review"])

    def test_limits(self):
        """Said at the field; what was typed stays there."""
        browser, page = self.open()
        before = self.text()
        page = browser.click(page, "Change: What helps me")
        for field, typed, says in (
                ("t.h2", "é" * 251, "too long"),
                ("more", "tea\n" + "a" * 501, "too long"),
                ("more", "a\n" * 400, "too long"),
                ("more", "\n".join("x" * 490 for _ in range(140)),
                 "too long")):
            answer = browser.send(*browser.fill(page, "Save", {field: typed}))
            text = browser.refused(413, answer)
            self.assertIn(says, text)
            self.assertEqual(dict(browser.fields(text, "Save")[1])[field],
                             typed)
        self.assertEqual(self.text(), before)
        browser.press(page, "Save", {"t.h2": "a" * 500})
        self.assertEqual(self.bullets("helps")[1]["text"], "a" * 500)

    def test_round_trip(self):
        """Anything typed comes back as typed: form, API, form, page."""
        seed = int(os.environ.get("SEED", "20261126"))
        draw = random.Random(seed)
        browser, _ = self.open()
        for part in ("Early warning signs", "What helps me", "My role") * 12:
            page = browser.click(browser.get(browser.page),
                                 part if part == "My role" and
                                 not self.bullets("role")
                                 else "Change: " + part)
            typed = ["".join(draw.choices(BITS, k=draw.randint(1, 7)))
                     for _ in range(5)]
            typed = [line.strip() for line in typed]
            typed = [line for line in typed if line]
            _, fields = browser.fields(page, "Save")
            olds = {name: "" for name, _ in fields if name.startswith("t.")}
            keep = dict(zip(olds, typed[:2]))
            rest = typed[len(keep):]
            answer = browser.send(*browser.fill(
                page, "Save", {**olds, **keep, "more": "\n".join(rest)}))
            self.assertEqual(answer[0], 303, (seed, typed, answer[2]))
            plan = self.k.get("/v1/plan")
            key = {"Early warning signs": "signs", "What helps me": "helps",
                   "My role": "role"}[part]
            self.assertEqual([b["text"] for b in self.bullets(key, plan)],
                             typed, seed)
            page = browser.get(browser.page)
            for line in typed:
                self.assertIn(html.escape(line).replace("&#x27;", "&#39;"),
                              page)
            self.assertNotIn("<b>", page)
            page = browser.click(page, "Change: " + part)
            self.assertEqual(
                [v for n, v in browser.fields(page, "Save")[1]
                 if n.startswith("t.")], typed, seed)
        # and what is not of those sections is as she wrote it
        for words in ("Written *slowly*", "Roses, and *beans*.\n- water them",
                      "1. Tell Tan I need ten minutes"):
            self.assertIn(words, self.text())

    # --- which line is which ---

    def test_same(self):
        browser, page = self.open()
        page = browser.click(page, "Change: Early warning signs")
        page = browser.press(page, "Save", {
            "t.s1": "eating at my desk", "t.s2": "one-word replies"})
        for old, new, button in (
                ("skipping lunch", "eating at my desk", "Yes, the same"),
                ("short answers", "one-word replies", "No, another")):
            self.assertIn("Is this the same line?", page)
            self.assertIn(f"<dd>{old}</dd>", page)
            self.assertIn(f"<dd>{new}</dd>", page)
            once = browser.fill(page, button)
            page = browser.seen(browser.send(*once))
        self.assertIn("They count as two.", page)
        self.assertEqual([b["id"] for b in self.bullets("signs")],
                         ["s1", "s4"])
        # again: nothing more
        before = self.k.export()
        browser.send(*once)
        self.assertEqual(self.k.export(), before)

    # --- two windows ---

    def test_twice(self):
        browser, page = self.open()
        page = browser.click(page, "Change: What helps me")
        form = browser.fill(page, "Save", {"more": "Stretching"})
        browser.seen(browser.send(*form))
        before = self.k.export()
        browser.seen(browser.send(*form))
        self.assertEqual(self.k.export(), before)
        # with a key of another form, as from a page that was gone back to
        again = [(n, keeld.key() if n == "key" else v) for n, v in form[1]]
        browser.seen(browser.send(form[0], again))
        self.assertEqual(self.k.export(), before)

    def test_another_section(self):
        """Saved meanwhile in another part: both are kept, nobody is asked."""
        browser, page = self.open()
        one = browser.click(page, "Change: What helps me")
        two = browser.click(page, "Change: When it gets hard")
        form = browser.fill(one, "Save", {"more": "Stretching"})
        browser.press(two, "Save", {"more": "Call Jia"})
        browser.seen(browser.send(*form))
        self.assertIn("- Stretching\n", self.text())
        self.assertIn("3. Call Jia\n", self.text())
        before = self.k.export()
        browser.seen(browser.send(*form))
        self.assertEqual(self.k.export(), before)

    def test_conflict(self):
        """The same part, saved meanwhile: she sees both, and loses nothing."""
        browser, page = self.open()
        page = browser.click(page, "Change: What helps me")
        form = browser.fill(page, "Save", {
            "t.h1": "Run in the garden", "t.h3": "Music, loud",
            "more": "Stretching"})
        self.k.put("/v1/plan", {
            "text": MINE.replace("- Music on the way home",
                                 "- Baking bread")
                        .replace("- Tea with the door closed",
                                 "- Tea with the door open"),
            "base": self.k.get("/v1/plan")["version"]})
        text = browser.refused(409, browser.send(*form))
        read = text_of(text)
        self.assertIn("Nothing is lost", read)
        for now in ("Walk in the garden", "Baking bread",
                    "Tea with the door open"):
            self.assertIn(f"<li>{now}</li>", text)
        _, fields = browser.fields(text, "Save")
        fields = dict(fields)
        self.assertEqual(fields["t.h1"], "Run in the garden")
        self.assertEqual(fields["more"].split("\n"),
                         ["Music, loud", "Stretching"])
        browser.press(text, "Save")
        self.assertEqual(
            [b["text"] for b in self.bullets("helps")],
            ["Run in the garden", fields["t.h2"], "Baking bread",
             "Music, loud", "Stretching"])

    def test_conflict_signs(self):
        """What helps with a sign that came meanwhile stays."""
        browser, page = self.open()
        page = browser.click(page, "Change: Early warning signs")
        form = browser.fill(page, "Save", {"t.s2": "short replies"},
                            ticked=[("l.s2", "h3")])
        self.k.put("/v1/plan", {
            "text": MINE.replace("* short answers",
                                 "* short answers\n"
                                 "* headaches → Music on the way home"),
            "base": self.k.get("/v1/plan")["version"]})
        text = browser.refused(409, browser.send(*form))
        browser.press(text, "Save")
        self.assertEqual(
            [(b["text"], b["links"]) for b in self.bullets("signs")],
            [("skipping lunch", ["Walk in the garden", "Call Jia", "breathe"]),
             ("short replies", ["Music on the way home"]),
             ("headaches", ["Music on the way home"])])

    # --- a session that is over ---

    def test_left(self):
        """What was written into a page that closed is offered once more."""
        browser, page = self.open()
        page = browser.click(page, "Change: Early warning signs")
        form = browser.fill(
            page, "Save", {"t.s2": "short <b> & replies", "more": "tired"},
            ticked=[("l.s2", "h3")], unticked=[("l.s1", "p1")])
        before = self.k.export()
        browser, page = browser.late(form)
        self.assertEqual(self.k.export(), before)
        self.assertIn("My plan: Early warning signs. You wrote this at ",
                      page)
        page = browser.click(page, "My plan")
        self.assertIn("You began this and did not save it.", page)
        page = browser.click(page, "Go on")
        _, fields = browser.fields(page, "Save")
        self.assertEqual(
            [(n, v) for n, v in fields if n[:2] in ("t.", "l.", "mo")],
            [("t.s1", "skipping lunch"), ("l.s1", "h1"), ("l.s1", "x2"),
             ("t.s2", "short <b> & replies"), ("l.s2", "h3"),
             ("more", "tired")])
        # saved in another part meanwhile: no matter
        other = browser.click(browser.get(browser.address(page, "My plan")),
                              "Change: When it gets hard")
        browser.press(other, "Save", {"more": "Call Jia"})
        page = browser.press(page, "Save")
        self.assertEqual(
            [(b["text"], b["links"]) for b in self.bullets("signs")],
            [("skipping lunch", ["Walk in the garden", "breathe"]),
             ("short <b> & replies", ["Music on the way home"]),
             ("tired", [])])
        self.assertNotIn(">Go on</a>", page)
        self.assertNotIn(">Go on</a>", Hand(self).follow())

    def nowhere(self, rows):
        """No 16 bytes of what was sealed are left in any file."""
        self.assertEqual(self.k.drafts(), [])
        for path, data in self.k.files().items():
            for blob in rows:
                self.assertNotIn(blob[100:116], data, path)

    def test_left_away(self):
        browser, page = self.open()
        page = browser.click(page, "My role")
        browser, page = browser.late(
            browser.fill(page, "Save", {"more": "Listening"}))
        rows = self.k.drafts()
        self.assertEqual(len(rows), 1)
        page = browser.click(page, "My plan")
        form = browser.fill(page, "Throw it away")
        page = browser.seen(browser.send(*form))
        self.assertIn("Thrown away.", page)
        self.assertNotIn(">Go on</a>", page)
        browser.seen(browser.send(*form))
        self.nowhere(rows)

    # --- agreed, versions ---

    def test_agree(self):
        browser, page = self.open()
        form = browser.fill(page, "Note it", {"with": "Tan <b>"})
        text = browser.refused(400, browser.send(*browser.fill(
            page, "Note it", {"with": " "})))
        self.assertIn("The name is missing", text)
        page = browser.seen(browser.send(*form))
        self.assertIn("Agreed with Tan &lt;b&gt; on Tuesday 24 November",
                      page)
        self.assertIn("Nothing was sent to anyone.", page)
        before = self.k.export()
        browser.seen(browser.send(*form))
        self.assertEqual(self.k.export(), before)
        # what she read must be what is agreed
        page = browser.get(browser.page)
        form = browser.fill(page, "Note it", {"with": "Tan"})
        self.k.put("/v1/plan", {
            "text": MINE + "\n", "base": self.k.get("/v1/plan")["version"]})
        self.assertIn("look at it once more",
                      browser.refused(409, browser.send(*form)))
        self.assertEqual(self.k.get("/v1/plan")["agreed"], [])

    def test_versions(self):
        browser, page = self.open()
        for n in range(32):
            self.k.pass_time(seconds=1)
            self.k.put("/v1/plan", {
                "text": MINE.replace("short answers", f"answer {n} \\<i>")
                            .replace("- Music on the way home\n", ""),
                "base": self.k.get("/v1/plan")["version"]})
        page = browser.click(page, "Earlier versions")
        self.assertEqual(page.count(">Read it</a>"), 30)
        self.assertLess(len(page.encode()), 50000)
        changes = browser.get(re.search(
            r'href="([^"]*)">What changed then', page)[1])
        self.assertIn("<h2>Early warning signs</h2>", changes)
        self.assertIn("Before: answer 30 &lt;i&gt;<br>After: answer 31",
                      changes)
        page = browser.click(page, "Older versions")
        self.assertEqual(page.count(">Read it</a>"), 3)
        self.assertEqual(page.count(">What changed then</a>"), 2)
        changes = browser.get(re.findall(
            r'href="([^"]*)">What changed then', page)[-1])
        self.assertIn("Taken away: Music on the way home", changes)
        page = browser.get(re.findall(r'href="([^"]*)">Read it', page)[-1])
        self.assertIn("An earlier version", page)
        self.assertIn("short answers", page)
        self.assertNotIn("Change: ", page)


if __name__ == "__main__":
    hand.main()
