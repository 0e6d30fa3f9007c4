#!/usr/bin/python3
"""Every limit of include/evenkeel/limits.h that a request can meet: at it, and
one past it, which is refused by name and leaves nothing behind.  Those of one
module alone (CSV, recurrence, HTTP heads) are in its unit test."""
import os
import re
import unittest

import keeld
from keeld import DAILY, key

with open(os.path.join(keeld.ROOT, "include/evenkeel/limits.h"),
          encoding="ascii") as header:
    LIMIT = {name: eval(value, {"__builtins__": {}})  # our own arithmetic
             for name, value in re.findall(
                 r"^#define\s+EK_(\w+)\s+([0-9(][0-9 *()]*)", header.read(),
                 re.MULTILINE)}


def words(size):
    """Just so many bytes, most of them in characters of two."""
    return "é" * (size // 2) + "x" * (size % 2)


class Limits(keeld.Case):
    def at(self, size, method, path, body, idem=None):
        status, reply = self.k.ask(method, path, body(size), idem or key())
        self.assertIn(status, (200, 201), reply)
        before = self.k.export()
        status, reply = self.k.ask(method, path, body(size + 1), key())
        self.assertEqual((status, reply["error"]["code"]), (413, "too-large"))
        self.assertRegex(reply["error"]["message"], r"\d.*; ")
        self.assertEqual(self.k.export(), before)

    def test_note(self):
        def body(size):
            return {"instrument": "pulse", "answers": {"mood": 1},
                    "note": words(size)}
        self.at(LIMIT["NOTE_MAX"], "POST", "/v1/checkins", body)
        hard = self.k.post("/v1/hard", {}, key())
        self.at(LIMIT["NOTE_MAX"], "POST", "/v1/notes",
                lambda size: {"of": hard["id"], "text": words(size)})

    def test_open_question(self):
        self.at(LIMIT["NOTE_MAX"], "POST", "/v1/checkins", lambda size: {
            "instrument": "wave", "texts": {"role": words(size)}})

    def test_ask(self):
        self.at(LIMIT["ASK_MAX"], "POST", "/v1/asks",
                lambda size: {"text": words(size)})
        self.at(LIMIT["NAME_MAX"], "POST", "/v1/asks",
                lambda size: {"text": "x", "owner": words(size)})

    def test_plan(self):
        version = {"base": self.k.get("/v1/plan")["version"]}

        def put(text):
            status, reply = self.k.ask(
                "PUT", "/v1/plan", {"text": text, **version}, key())
            if status == 200:
                version["base"] = reply["version"]
            return status, reply

        head = "## My role\n"
        for at, past, limit in (
                (head + words(LIMIT["PLAN_MAX"] - len(head)),
                 head + words(LIMIT["PLAN_MAX"] - len(head) + 1), "PLAN_MAX"),
                (head + "- a\n" * LIMIT["PLAN_BULLETS_MAX"],
                 head + "- a\n" * (LIMIT["PLAN_BULLETS_MAX"] + 1),
                 "PLAN_BULLETS_MAX"),
                (head + "- " + words(LIMIT["BULLET_MAX"]),
                 head + "- " + words(LIMIT["BULLET_MAX"] + 1), "BULLET_MAX"),
                ("## Early warning signs\n- a -> " +
                 "b;" * LIMIT["PLAN_LINKS_MAX"],
                 "## Early warning signs\n- a -> " +
                 "b;" * (LIMIT["PLAN_LINKS_MAX"] + 1), "PLAN_LINKS_MAX")):
            with self.subTest(limit):
                self.assertEqual(put(at)[0], 200)
                status, reply = put(past)
                self.assertEqual(status, 413, reply)
                self.assertIn(str(LIMIT[limit]), reply["error"]["message"])
                self.assertEqual(self.k.get("/v1/plan")["text"], at)

    def test_agreed_with(self):
        self.at(LIMIT["NAME_MAX"], "POST", "/v1/plan/agree",
                lambda size: {"with": words(size)})

    def test_schedules(self):
        for number in range(LIMIT["SCHEDULES_MAX"]):
            self.k.post("/v1/schedules", {**DAILY, "name": "n%d" % number},
                        key())
        self.refused(413, "too-large", "POST", "/v1/schedules",
                     {**DAILY, "name": "more"}, key(),
                     str(LIMIT["SCHEDULES_MAX"]))

    def test_rule(self):
        begin = "FREQ=YEARLY;BYYEARDAY="

        def body(size):
            room = size - len(begin)
            first = "1" * (2 - room % 2)
            rule = begin + first + ",1" * ((room - len(first)) // 2)
            self.assertEqual(len(rule), size)
            return {**DAILY, "name": "long", "rule": rule}
        self.at(LIMIT["RULE_MAX"], "POST", "/v1/schedules", body)

    def test_measures_of_a_day(self):
        def body(size):
            return {"rows": [{"local": "2026-11-0%d" % (1 + size % 9),
                              "values": {"m%d" % n: n for n in range(size)}}]}
        self.at(LIMIT["MAP_MAX"], "POST", "/v1/history", body)

    def test_depth(self):
        def deep(levels):
            text = "[" * (levels - 1) + "]" * (levels - 1)
            return ('{"text":%s}' % text).encode()
        for levels, says in ((LIMIT["JSON_DEPTH_MAX"], "text is not text"),
                             (LIMIT["JSON_DEPTH_MAX"] + 1, "deeper")):
            status, reply = self.k.ask("POST", "/v1/asks",
                                       deep(levels).decode(), key())
            self.assertEqual(status, 400)
            self.assertIn(says, reply["error"]["message"])

    def test_body(self):
        def body(size):
            return '{"text":"x"%s}' % (" " * (size - 12))
        self.assertEqual(
            self.k.ask("POST", "/v1/asks", body(LIMIT["HTTP_BODY_MAX"]),
                       key())[0], 201)
        status, reply = self.k.ask(
            "POST", "/v1/asks", body(LIMIT["HTTP_BODY_MAX"] + 1), key())
        self.assertEqual(status, 413)
        self.assertIn(str(LIMIT["HTTP_BODY_MAX"]), reply["error"]["message"])


if __name__ == "__main__":
    unittest.main()
