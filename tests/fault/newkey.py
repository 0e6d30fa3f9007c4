"""A new key, killed at every step: the book opens as before or as now, nothing
is lost of it or of what another desk left in the copy, and the copy ends under
the one key the book has."""
import argparse
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import FILE_KEY, Desk, Lost, Refused, new_key  # noqa: E402
from steps import have_strace, killed_at_each_step  # noqa: E402
from tally import check, end, skip  # noqa: E402


OLD, NEW = "07" * 32, "0a" * 32
NEW_FILE = dict(FILE_KEY, phrase_kek=NEW)
NEW_PASS = dict(NEW_FILE, mode="passphrase", kek="09" * 32,
                kdf=FILE_KEY["phrase_kdf"])


def answer(desk, mood):
    desk.call("POST", "/v1/checkins", {
        "instrument": "pulse", "slot": None, "answers": {"mood": mood}},
        new_key())


def moods(desk):
    return sorted(r["answers"]["mood"] for r in desk.records("check-in"))


def restore(desk, folder, kek):
    book, = desk.call("POST", "/v1/restore/look", {"place": folder})["books"]
    return desk.call("POST", "/v1/restore", {
        "file": book["file"], "with": "phrase", "kek": kek,
        "key": dict(FILE_KEY, phrase_kek=kek)})


def opened_by(keeld, folder, kek):
    """Moods in the copy, None when kek does not open it."""
    desk = Desk(keeld)
    try:
        desk.start()
        restore(desk, folder, kek)
        return moods(desk)
    except Refused:
        return None
    finally:
        desk.close()


def prepared(keeld, folder):
    """A with [1, 2], a copy of [1, 7] that B wrote: 7 is in no book of A's."""
    a, b = Desk(keeld), Desk(keeld)
    a.start()
    a.make()
    a.call("PUT", "/v1/copy", {"place": folder})
    answer(a, 1)
    a.call("POST", "/v1/copy", {})
    b.start()
    restore(b, folder, OLD)
    b.call("PUT", "/v1/copy", {"place": folder})
    answer(a, 2)
    a.kill()
    answer(b, 7)
    b.call("POST", "/v1/copy", {})
    b.close()
    return a


def problems_after(keeld, step, desk, folder):
    if desk.call("GET", "/v1/status")["state"] == "locked":
        desk.call("POST", "/v1/unlock", {"with": "passphrase",
                                         "kek": "09" * 32})
    if moods(desk) != [1, 2, 7]:
        return "%s: the book has %s" % (step, moods(desk))
    copy = desk.call("POST", "/v1/copy", {})
    if copy["state"] != "ok":
        return "%s: the copy is %s" % (step, copy["state"])
    found = [opened_by(keeld, folder, kek) for kek in (OLD, NEW)]
    if found not in ([[1, 2, 7], None], [None, [1, 2, 7]]):
        return "%s: the copy opens as %s" % (step, found)
    return None


def test(keeld, name, spec):
    folder = tempfile.mkdtemp(prefix="ek-copy-")
    base = prepared(keeld, folder)
    kept = folder + ".kept"
    os.rename(folder, kept)
    problems, steps = [], 0

    def act(desk):
        # it comes only now: a start would have joined it already
        shutil.copytree(kept, folder)
        desk.call("PUT", "/v1/key", {"key": spec}, new_key())
        shutil.rmtree(folder)
    try:
        for step, desk in killed_at_each_step(base, act):
            steps += 1
            try:
                problem = problems_after(keeld, step, desk, folder)
            except (Refused, Lost) as error:
                problem = "%s: %s" % (step, error)
            if problem:
                problems.append(problem)
            shutil.rmtree(folder)
        check("kill -9 at each of %d steps of a new key, to %s"
              % (steps, name), steps > 20 and not problems,
              "; ".join(problems[:3]))
    finally:
        base.close()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(kept)


def check_of(copy):
    """Which key sealed it."""
    with open(copy, "rb") as file:
        return file.read(36)[20:].hex()


def joined(keeld, place):
    """A desk with the first key, and the copy of one that changed it."""
    a, b = Desk(keeld), Desk(keeld)
    a.start()
    a.make()
    a.call("PUT", "/v1/copy", {"place": place})
    first = check_of(a.call("GET", "/v1/copy")["file"])
    answer(a, 1)
    a.call("POST", "/v1/copy", {})
    b.start()
    restore(b, place, OLD)
    a.call("PUT", "/v1/key", {"key": NEW_FILE}, new_key())
    answer(a, 2)
    a.call("POST", "/v1/copy", {})
    a.close()
    answer(b, 7)
    b.kill()
    return b, first


def test_join(keeld):
    """No book has the newer key and not the record of when it began: an older
    key would be taken for the newer one."""
    place, own = (tempfile.mkdtemp(prefix="ek-copy-") for _ in range(2))
    base, first = joined(keeld, place)
    problems, steps, taken = [], 0, 0

    def act(desk):
        restore(desk, place, NEW)
    try:
        for step, desk in killed_at_each_step(base, act):
            steps += 1
            copy = desk.call("PUT", "/v1/copy", {"place": own})
            check_now = check_of(copy["file"])
            taken += check_now != first
            known = [r["value"] for r in desk.records("setting")
                     if r["key"] == "book-key"]
            if check_now not in known + [first]:
                problems.append(step + ": it has a key of no known time")
            os.unlink(copy["file"])
            desk.call("PUT", "/v1/copy", {"place": None})
            restore(desk, place, NEW)
            if moods(desk) != [1, 2, 7]:
                problems.append("%s: the book has %s" % (step, moods(desk)))
        check("kill -9 at each of %d steps of joining a newer key, %d with it"
              % (steps, taken), taken > 0 and steps > taken and not problems,
              "; ".join(problems[:3]))
    finally:
        base.close()
        shutil.rmtree(place)
        shutil.rmtree(own)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keeld")
    args = parser.parse_args()
    if have_strace():
        test(args.keeld, "a key file", NEW_FILE)
        test(args.keeld, "a passphrase", NEW_PASS)
        test_join(args.keeld)
    else:
        skip("kill at every step of a new key: no strace")
    return end()


if __name__ == "__main__":
    sys.exit(main())
