"""words - English sentences, from our source and from a page, and the grade at
which they are read.  test_words.py says what is asked of them.
"""
import fnmatch
import glob
import json
import os
import re
import subprocess

import browse
import keeld

GRADE = 7
TOKEN = re.compile(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"|[A-Za-z_]\w*|\S', re.S)
SAYS = {"ek_why", "http_refuse", "html_put", "web_anchor"}
HERS = {line.lstrip("-# ").split(" → ")[0]
        for line in keeld.PLAN.splitlines()}


def literals(path):
    """Each string of the file, pieces put together, without comments."""
    with open(os.path.join(keeld.ROOT, path), encoding="utf-8") as f:
        tokens = [t for t in TOKEN.findall(f.read()) if t[:2] != "/*"]
    at = 0
    while at < len(tokens):
        text = ""
        while at < len(tokens) and tokens[at][0] == '"':
            text += tokens[at][1:-1]
            at += 1
        if text:
            yield text
        at += 1


def plain(text):
    """As it is read: no tags, no entities, a word for what is filled in."""
    text = re.sub(r"\\n", " ", text).replace('\\"', '"')
    text = re.sub(r"</?(code|span|b|em|strong)\b[^<>]*>", " ", text)
    text = re.sub(r"<[^<>]*>?|^[^<]*\">", "\n", text)
    text = re.sub(r"%[-.*\d]*(?:ll?|z)?[a-z]", "it", text).replace("%%", "%")
    return text


def sentences(text):
    for line in plain(text).split("\n"):
        line = " ".join(line.split()).strip(" \"'")
        if re.search(r"[a-z]{2}", line):
            yield line


def is_speech(text):
    """Said to a person, not a header, a name or a path."""
    return bool(re.search(r"[a-z]+ [a-z]+", text)) and \
        not re.match(r"[\w-]+='|default-src|camera=|text/|max-age", text)


def from_source():
    """[(where, sentence)]"""
    for path in sorted(glob.glob("daemon/keeld/web*.c", root_dir=keeld.ROOT)):
        for text in literals(path):
            if "<" in text or is_speech(text):
                for line in sentences(text):
                    yield path, line
    for path in sorted(glob.glob("daemon/keeld/[!w]*.c", root_dir=keeld.ROOT)
                       + glob.glob("core/*.c", root_dir=keeld.ROOT)):
        if any(part[0] == "@" and fnmatch.fnmatch(path, part[1:])
               for part in exceptions()):
            continue
        for text in literals(path):
            if "; " in text and is_speech(text):  # what; what to do
                for line in sentences(text):
                    yield path, line


def grades(texts):
    """[(grade, words, syllables of the longest word)]"""
    ended = [re.sub(r"[;:](?= |$)", ".", text) for text in texts]
    done = subprocess.run(
        ["node", os.path.join(browse.HERE, "grade.mjs")],
        input=json.dumps(ended), text=True, capture_output=True, check=True,
        timeout=keeld.LIMIT)
    return json.loads(done.stdout)


def hard(texts):
    """Those that read too hard, with why."""
    for text, (grade, words, longest) in zip(texts, grades(texts)):
        if words < 5:
            if longest > 4:
                yield text, f"a word of {longest} syllables"
        elif grade > GRADE:
            yield text, f"grade {grade}"


def exceptions():
    with open(os.path.join(browse.HERE, "words.except"),
              encoding="utf-8") as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                part, _, reason = line.strip().partition(" | ")
                assert len(reason) >= 8, "an exception has a reason: " + line
                yield part


def judge(found, pages):
    """found: [(where, text)].  What reads too hard, and the exceptions for
    pages (or for the source) that nothing needed."""
    where = {}
    for place, text in found:
        where.setdefault(text, place)
    listed = [part.removeprefix("~") for part in exceptions()
              if part[0] != "@" and (part[0] == "~") == pages]
    others = [part.removeprefix("~") for part in exceptions()]
    needed, bad = set(), []
    for text, why in hard(list(where)):
        needed.update(part for part in listed if part in text)
        if not any(part in text for part in others):
            bad.append(f"{where[text]}: {why}: {text}")
    return bad, set(listed) - needed


def on_page(tab):
    """What stands on it, block by block, without her own words."""
    blocks = tab.do("evaluate", code="""[...document.querySelectorAll(
        'h1, h2, h3, p, li, legend, label, button, a, td, th, caption')]
        .filter((one) => !one.querySelector('p, li, label, legend'))
        .map((one) => one.innerText)""")
    for block in blocks:
        for line in sentences(block.replace("<", "(")):
            if not any(own and own in line for own in HERS):
                yield line
