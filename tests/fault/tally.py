"""tally - what one script has checked: a line each, and their number."""
import sys

passed = failed = skipped = 0


def check(name, ok, detail=""):
    global passed, failed
    if ok:
        passed += 1
        print("ok      %s" % name)
    else:
        failed += 1
        print("not ok  %s %s" % (name, detail))
    sys.stdout.flush()
    return ok


def skip(name):
    global skipped
    skipped += 1
    print("skip    %s" % name)


def end():
    """The line that the runner counts; the exit status."""
    print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
    return 1 if failed or not passed + skipped else 0
