"""A damaged book is set aside whole or not at all: kill -9 at every step of a
restore that sets one aside, log and key with it."""
import argparse
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import FILE_KEY, Desk, Refused, new_key  # noqa: E402
from steps import files_of, have_strace, killed_at_each_step  # noqa: E402
from tally import check, end, skip  # noqa: E402


def answer(desk, mood):
    desk.call("POST", "/v1/checkins", {
        "instrument": "pulse", "slot": None, "answers": {"mood": mood}},
        new_key())


def restore(desk, folder):
    book, = desk.call("POST", "/v1/restore/look", {"place": folder})["books"]
    return desk.call("POST", "/v1/restore", {
        "file": book["file"], "with": "phrase", "kek": "07" * 32,
        "key": FILE_KEY})


def damaged(keeld, folder):
    """A book of five, three of them in the copy, the last two only in the log
    beside a file whose first page is spoilt; not running."""
    base = Desk(keeld)
    base.start()
    base.make()
    base.call("PUT", "/v1/copy", {"place": folder})
    for mood in (1, 2, 3):
        answer(base, mood)
    base.stop()
    base.start()
    for mood in (4, 5):
        answer(base, mood)
    base.kill()
    with open(os.path.join(base.home, "book.db"), "r+b") as file:
        file.write(b"no book " * 64)
    return base


def without_index(files):
    """The log's index (-shm) holds nothing that the log does not."""
    return {n: b for n, b in files.items() if "-shm" not in n}


def test_untouched(keeld):
    folder = tempfile.mkdtemp(prefix="ek-copy-")
    base = damaged(keeld, folder)
    try:
        before = without_index(files_of(base))
        check("there is a log to lose", len(before) == 3, str(list(before)))
        base.start()
        status = base.call("GET", "/v1/status")
        check("a spoilt file is a damaged book",
              (status["state"], status["code"]) == ("broken", "corrupt"),
              str(status))
        check("and opening it touched nothing, the log neither",
              without_index(files_of(base)) == before,
              str(list(files_of(base))))
    finally:
        base.close()
        shutil.rmtree(folder)


def whole_at(files, before, suffix):
    """Are before's files all there under suffix, byte for byte?"""
    names = {"book.db": "book.db" + suffix, "book.db-wal":
             "book.db" + suffix + "-wal", "book.key": "book.key" + suffix}
    return all(files.get(names[n]) == b for n, b in before.items())


def test_killed(keeld):
    if not have_strace():
        skip("kill at every step of setting aside: no strace")
        return
    folder = tempfile.mkdtemp(prefix="ek-copy-")
    base = damaged(keeld, folder)
    before = without_index(files_of(base))
    problems, steps, ends = [], 0, set()
    try:
        for step, desk in killed_at_each_step(
                base, lambda desk: restore(desk, folder)):
            steps += 1
            files = without_index(files_of(desk))
            aside = {n: b for n, b in files.items() if "damaged" in n}
            if not aside and whole_at(files, before, ""):
                ends.add("where it was")
            elif whole_at(files, before, ".damaged1") and len(aside) == 3:
                ends.add("aside")
            else:
                problems.append("%s: half: %s" % (step, list(files)))
            try:
                restore(desk, folder)
            except Refused as refused:
                problems.append("%s: not restored: %s" % (step, refused))
                continue
            moods = sorted(r["answers"]["mood"]
                           for r in desk.records("check-in"))
            if moods != [1, 2, 3]:
                problems.append("%s: restored %s" % (step, moods))
            files = files_of(desk)
            if not whole_at(files, before, ".damaged1") or any(
                    "damaged2" in n for n in files):
                problems.append("%s: at last %s" % (step, list(files)))
        check("kill -9 at each of %d steps of setting aside" % steps,
              steps > 8 and not problems, "; ".join(problems[:3]))
        check("some were before it and some behind",
              len(ends) == 2, str(ends))
    finally:
        base.close()
        shutil.rmtree(folder)


def test_twice(keeld):
    """A second damaged book is not laid over the first."""
    folder = tempfile.mkdtemp(prefix="ek-copy-")
    base = damaged(keeld, folder)
    try:
        first = without_index(files_of(base))
        base.start()
        restore(base, folder)
        base.stop()
        with open(os.path.join(base.home, "book.db"), "r+b") as file:
            file.write(b"no book " * 64)
        second = without_index(
            {n: b for n, b in files_of(base).items() if "damaged" not in n})
        base.start()
        restore(base, folder)
        files = files_of(base)
        check("a second one set aside leaves the first alone",
              whole_at(files, first, ".damaged1")
              and whole_at(files, second, ".damaged2"), str(list(files)))
        check("and only what belongs to it lies beside it",
              "book.db.damaged2-wal" not in files, str(list(files)))
    finally:
        base.close()
        shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keeld")
    args = parser.parse_args()
    test_untouched(args.keeld)
    test_twice(args.keeld)
    test_killed(args.keeld)
    return end()


if __name__ == "__main__":
    sys.exit(main())
