#!/usr/bin/python3
"""The plan: versions, ids, agreements, what is refused."""
import unittest

import keeld
from keeld import PLAN, key


class Plan(keeld.Case):
    def put(self, text, base=0, idem=None):
        if base == 0:
            base = self.k.get("/v1/plan")["version"]
        return self.k.put("/v1/plan", {"text": text, "base": base},
                          idem or key())

    def test_get(self):
        plan = self.k.get("/v1/plan")
        self.assertEqual(plan["text"], PLAN)
        self.assertEqual((plan["exists"], plan["lang"], plan["review"],
                          plan["draft"], plan["agreed"], plan["saved"]),
                         (True, "en", "2026-12-01", True, [],
                          "2026-11-24T17:00:00"))
        sections = {s["key"]: s for s in plan["sections"]}
        signs = sections["signs"]["bullets"]
        self.assertEqual([(b["id"], b["text"]) for b in signs],
                         [("s1", "skipping lunch"), ("s2", "short answers")])
        self.assertEqual(signs[0]["links"],
                         ["Walk in the garden", "Call Jia"])
        self.assertEqual(sections["signs"]["heading"], "Early warning signs")
        self.invalid("GET", "/v1/plan?x=1")

    def test_document(self):
        """Every piece in her order; which line each link means."""
        self.put("# Mine\n\nHello *you*.\n\n" + PLAN.split("\n", 2)[2]
                 + "\n## My garden\n- roses\n")
        plan = self.k.get("/v1/plan")
        pieces = plan["document"]
        self.assertEqual(
            [(p["kind"], p["key"], p["known"], p["level"], p["id"], p["text"])
             for p in pieces[:5]],
            [("heading", None, False, 1, None, "Mine"),
             ("text", None, False, 0, None, "Hello you."),
             ("heading", "well", True, 2, None, "When I am well at work"),
             ("bullet", "well", False, 0, "w1", "I say good morning first"),
             ("heading", "signs", True, 2, None, "Early warning signs")])
        self.assertEqual([p["text"] for p in pieces[-3:]],
                         ["2026-12-01", "My garden", "roses"])
        self.assertEqual(plan["sections"][1]["bullets"][0]["linked"],
                         ["h1", "p1"])

    def test_no_plan(self):
        other = self.another()
        other.start()
        other.make_book(plan=None)
        plan = other.get("/v1/plan")
        self.assertEqual((plan["exists"], plan["version"], plan["sections"]),
                         (False, None, []))
        self.assertEqual(other.get("/v1/plan/history"),
                         {"versions": [], "older": False})
        status, _ = other.ask("GET", "/v1/plan/diff")
        self.assertEqual(status, 404)
        for path, body in (("agree", {"with": "Tan"}),
                           ("same", {"was": "s1", "now": "s2"})):
            self.assertEqual(
                other.ask("POST", "/v1/plan/" + path, body)[0], 404)
        first = other.put("/v1/plan", {"text": PLAN, "base": None}, key())
        self.assertTrue(first["changed"])

    def test_new_version_carries_ids(self):
        text = PLAN.replace("- skipping lunch → Walk in the garden; Call Jia\n"
                            "- short answers\n",
                            "- a headache by noon\n- short answers again\n")
        saved = self.put(text)
        self.assertTrue(saved["changed"])
        self.assertIn("+ ", saved["diff"])
        plan = self.k.get("/v1/plan")
        self.assertEqual(plan["version"], saved["version"])
        signs = [s for s in plan["sections"] if s["key"] == "signs"][0]
        self.assertEqual([(b["id"], b["text"]) for b in signs["bullets"]],
                         [("s3", "a headache by noon"),
                          ("s2", "short answers again")])
        # an id once used never means another bullet
        self.put(text.replace("- a headache by noon\n",
                              "- a headache by noon\n- humming\n"))
        self.put(text)
        self.put(text.replace("- a headache by noon\n",
                              "- a headache by noon\n- quite another one\n"))
        signs = [s for s in self.k.get("/v1/plan")["sections"]
                 if s["key"] == "signs"][0]
        self.assertEqual([b["id"] for b in signs["bullets"]],
                         ["s3", "s5", "s2"])

    def test_unchanged(self):
        before = self.k.export()
        base = self.k.get("/v1/plan")["version"]
        self.assertEqual(self.put(PLAN), {"saved": True, "version": base,
                                          "changed": False, "diff": ""})
        self.assertEqual(self.k.export(), before)

    def test_conflict(self):
        base = self.k.get("/v1/plan")["version"]
        self.put(PLAN + "\n## My role\n- mine\n", base)
        for wrong in (base, None, key()):
            self.refused(409, "conflict", "PUT", "/v1/plan",
                         {"text": PLAN, "base": wrong}, key())
        self.assertEqual(len(self.k.records("plan")), 2)

    def test_repeat(self):
        base, idem = self.k.get("/v1/plan")["version"], key()
        text = PLAN + "\n## My role\n- mine\n"
        saved = self.put(text, base, idem)
        self.k.kill()
        self.k.start()
        self.assertEqual(self.put(text, base, idem), saved)
        self.put(PLAN)
        self.assertEqual(self.put(text, base, idem), saved)
        self.assertEqual(len(self.k.records("plan")), 3)
        self.refused(409, "conflict", "PUT", "/v1/plan",
                     {"text": PLAN + "\n## My role\n- other\n", "base": base},
                     idem)

    def test_refusals(self):
        base = self.k.get("/v1/plan")["version"]
        for body in ({}, {"text": 1, "base": base}, {"base": base},
                     {"text": PLAN, "base": "abc"},
                     {"text": PLAN, "base": base, "x": 1},
                     {"text": "no headings", "base": base},
                     {"text": PLAN + "\n## What helps me\n- x\n", "base": base},
                     {"text": PLAN + "\u001b[2J", "base": base},
                     {"text": PLAN.replace("2026-12-01", "soon"),
                      "base": base}):
            with self.subTest(body=str(body)[:60]):
                self.invalid("PUT", "/v1/plan", body)
        pad = 65536 - len(PLAN.encode())
        self.refused(413, "too-large", "PUT", "/v1/plan",
                     {"text": PLAN + "\n" * (pad + 1), "base": base})
        self.put(PLAN + "\n" * pad)

    def test_history_diff_versions(self):
        first = self.k.get("/v1/plan")["version"]
        self.k.pass_time(days=2)
        second = self.put(PLAN.replace("Music", "Loud music"))["version"]
        versions = self.k.get("/v1/plan/history")["versions"]
        self.assertEqual([v["version"] for v in versions], [first, second])
        self.assertEqual([v["saved"] for v in versions],
                         ["2026-11-24T17:00:00", "2026-11-26T17:00:00"])
        self.assertEqual(versions[0]["bullets"], 8)
        diff = self.k.get("/v1/plan/diff")
        self.assertEqual((diff["from"], diff["to"]), (first, second))
        self.assertIn("Loud music on the way home", diff["diff"])
        self.assertEqual(diff["changes"], [
            {"key": "helps", "heading": "What helps me",
             "was": "Music on the way home",
             "is": "Loud music on the way home"}])
        for query, wanted, older in (
                ("limit=1", [second], True), ("limit=2", [first, second], False),
                ("before=" + second, [first], False),
                ("limit=1000&before=" + first, [], False)):
            reply = self.k.get("/v1/plan/history?" + query)
            self.assertEqual([v["version"] for v in reply["versions"]], wanted)
            self.assertEqual(reply["older"], older)
        for bad in ("limit=0", "limit=1001", "limit=x", "before=zz"):
            self.invalid("GET", "/v1/plan/history?" + bad)
        back = self.k.get(f"/v1/plan/diff?from={second[:4]}&to={first[:9]}")
        self.assertEqual((back["from"], back["to"]), (second, first))
        old = self.k.get("/v1/plan/versions/" + first[:6])
        self.assertEqual((old["version"], old["text"]), (first, PLAN))
        self.refused(404, "not-found", "GET", "/v1/plan/versions/" + key())
        self.refused(404, "not-found", "GET",
                     "/v1/plan/diff?to=" + first)
        self.invalid("GET", "/v1/plan/versions/abc")
        self.invalid("GET", "/v1/plan/diff?from=zz")
        self.invalid("GET", "/v1/plan/diff?x=1")
        self.invalid("GET", "/v1/plan/history?x=1")

    def test_agree(self):
        idem = key()
        self.k.post("/v1/plan/agree", {"with": "Tan"}, idem)
        self.k.pass_time(days=1)
        self.k.post("/v1/plan/agree", {"with": "Tan"}, idem)
        plan = self.k.get("/v1/plan")
        self.assertEqual((plan["draft"], plan["agreed"]),
                         (False, [{"with": "Tan", "day": "2026-11-24"}]))
        self.refused(409, "conflict", "POST", "/v1/plan/agree",
                     {"with": "Noor"}, idem)
        self.put(PLAN + "\n## My role\n- mine\n")
        self.assertTrue(self.k.get("/v1/plan")["draft"])
        # the same request again means the version of then
        self.k.post("/v1/plan/agree", {"with": "Tan"}, idem)
        self.assertTrue(self.k.get("/v1/plan")["draft"])
        for body in ({}, {"with": ""}, {"with": " "}, {"with": 1},
                     {"with": "a\nb"}, {"with": "\u202ea"},
                     {"with": "Tan", "x": 1}):
            with self.subTest(body=body):
                self.invalid("POST", "/v1/plan/agree", body)
        self.k.post("/v1/plan/agree", {"with": "n" * 64}, key())
        self.refused(413, "too-large", "POST", "/v1/plan/agree",
                     {"with": "n" * 65}, key())

    def test_same(self):
        self.k.checkin(signs={"s2": 1})
        self.put(PLAN.replace("- short answers", "- I go silent"))
        signs = [s for s in self.k.get("/v1/plan")["sections"]
                 if s["key"] == "signs"][0]["bullets"]
        self.assertEqual(signs[1]["id"], "s3")
        idem = key()
        for _ in range(2):
            self.assertEqual(self.k.post(
                "/v1/plan/same", {"was": "s2", "now": "s3"}, idem),
                {"saved": True})
        self.assertEqual(len(self.k.records("plan")), 3)
        signs = [s for s in self.k.get("/v1/plan")["sections"]
                 if s["key"] == "signs"][0]["bullets"]
        self.assertEqual(signs[1]["id"], "s2")
        self.refused(409, "conflict", "POST", "/v1/plan/same",
                     {"was": "s1", "now": "s3"}, idem)
        for body in ({}, {"was": "s2"}, {"was": "s1", "now": "h1"},
                     {"was": 1, "now": "s1"},
                     {"was": "s1", "now": "s2", "x": 1}):
            with self.subTest(body=body):
                self.invalid("POST", "/v1/plan/same", body)
        self.refused(404, "not-found", "POST", "/v1/plan/same",
                     {"was": "s1", "now": "s9"}, key())


if __name__ == "__main__":
    keeld.main()
