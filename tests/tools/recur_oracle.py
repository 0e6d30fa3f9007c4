#!/usr/bin/python3
"""Compares recur with python3-dateutil over random rules.

usage: recur_oracle.py HELPER [RULES] [SEED]

HELPER is build/.../recur_lines.  Where dateutil is known to differ from RFC
5545 the rule is put to it in other words, or not at all; each such place says
so.  The seed is printed; exits 1 at the first differences.
"""
import datetime
import random
import signal
import subprocess
import sys
import warnings

from dateutil import rrule

DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
FREQS = {"YEARLY": rrule.YEARLY, "MONTHLY": rrule.MONTHLY,
         "WEEKLY": rrule.WEEKLY, "DAILY": rrule.DAILY}
COUNT = 40
YEARS = 36
PATIENCE = 0.05  # seconds; dateutil walks to year 9999 for an empty BYSETPOS


class TooLong(Exception):
    pass


def too_long(_signal, _frame):
    raise TooLong()


def watch():
    signal.signal(signal.SIGVTALRM, too_long)


def patient(rule):
    """rule.expected(), or None twice when dateutil has no answer: it walks on
    too long, or stumbles (IndexError at some 53rd weekdays)."""
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)
    try:
        return rule.expected()
    except (IndexError, TooLong):
        return None, None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def some(rand, values, most):
    return sorted(rand.sample(values, rand.randint(1, min(most, len(values)))))


def signed(rand, high, most):
    values = set()
    for _ in range(rand.randint(1, most)):
        values.add(rand.choice([1, 1, -1]) * rand.randint(1, high))
    return sorted(values)


def by_day(rand, freq, weekno):
    """Names and dateutil's weekdays.  dateutil intersects plain weekdays with
    ordinals where the RFC takes both: never mixed here."""
    ordinals = freq in ("YEARLY", "MONTHLY") and not weekno
    if not ordinals or rand.random() < 0.5:
        days = some(rand, list(range(7)), 4)
        return [DAYS[d] for d in days], [rrule.weekday(d) for d in days]
    high = 5 if freq == "MONTHLY" else rand.choice([5, 53])
    names, days = [], []
    for _ in range(rand.randint(1, 3)):
        day = rand.randrange(7)
        nth = rand.choice([1, 1, -1]) * rand.randint(1, high)
        names.append("%d%s" % (nth, DAYS[day]))
        days.append(rrule.weekday(day)(nth))
    return names, days


class Rule:
    def __init__(self, rand):
        self.freq = rand.choice(list(FREQS))
        self.start = datetime.datetime(
            rand.randint(1990, 2030), rand.randint(1, 12),
            rand.randint(1, 28), rand.randint(0, 23), rand.randint(0, 59),
            rand.choice([0, 0, rand.randint(0, 59)]))
        if rand.random() < 0.2:
            self.start = self.start.replace(month=1, day=rand.choice(
                [29, 30, 31]))
        self.text = ["FREQ=" + self.freq]
        self.args = {"interval": 1}
        self.days(rand)
        self.times(rand)
        self.ends(rand)
        rest = self.text[1:]
        rand.shuffle(rest)
        self.text = ";".join(self.text[:1] + rest)

    def part(self, name, values, key):
        self.text.append("%s=%s" % (name, ",".join(map(str, values))))
        self.args[key] = values

    def days(self, rand):
        freq = self.freq
        if rand.random() < 0.5:
            most = {"YEARLY": 5, "MONTHLY": 14, "WEEKLY": 9, "DAILY": 40}
            self.args["interval"] = rand.randint(1, most[freq])
            self.text.append("INTERVAL=%d" % self.args["interval"])
        if rand.random() < 0.5:
            self.args["wkst"] = rand.randrange(7)
            self.text.append("WKST=" + DAYS[self.args["wkst"]])
        if rand.random() < 0.3:
            self.part("BYMONTH", some(rand, list(range(1, 13)), 4), "bymonth")
        weekno = freq == "YEARLY" and rand.random() < 0.25
        if weekno:
            # dateutil is wrong about the last week of the year before
            # (1 January 2022 is not in a week 53)
            self.part("BYWEEKNO", signed(rand, 51, 4), "byweekno")
        if freq == "YEARLY" and not weekno and rand.random() < 0.25:
            self.part("BYYEARDAY", signed(rand, 366, 6), "byyearday")
        if freq != "WEEKLY" and rand.random() < 0.35:
            self.part("BYMONTHDAY", signed(rand, 31, 6), "bymonthday")
        if rand.random() < 0.5:
            names, days = by_day(rand, freq, weekno)
            self.text.append("BYDAY=" + ",".join(names))
            self.args["byweekday"] = days
        elif weekno and "bymonthday" not in self.args:
            # RFC: what the rule does not say is the start's, so its weekday;
            # dateutil takes the whole week
            self.args["byweekday"] = [rrule.weekday(self.start.weekday())]

    def times(self, rand):
        if rand.random() < 0.2:
            self.part("BYHOUR", some(rand, list(range(24)), 3), "byhour")
        if rand.random() < 0.2:
            self.part("BYMINUTE", some(rand, list(range(60)), 3), "byminute")
        if rand.random() < 0.1:
            self.part("BYSECOND", some(rand, list(range(60)), 2), "bysecond")
        if rand.random() < 0.3 and any("BY" in part for part in self.text):
            high = {"YEARLY": 366, "MONTHLY": 10, "WEEKLY": 7, "DAILY": 2}
            self.part("BYSETPOS", signed(rand, rand.choice(
                [2, high[self.freq]]), 4), "bysetpos")
            if self.freq == "WEEKLY":
                # dateutil begins the first week's set at the start, the RFC
                # at the week's first day: let them be the same day
                first = self.args.get("wkst", 0)
                self.start -= datetime.timedelta(
                    (self.start.weekday() - first) % 7)

    def ends(self, rand):
        choice = rand.random()
        if choice < 0.2:
            self.args["count"] = rand.randint(1, 30)
            self.text.append("COUNT=%d" % self.args["count"])
        elif choice < 0.4:
            until = self.start + datetime.timedelta(
                rand.randint(0, 4000), rand.randint(0, 86399))
            self.args["until"] = until
            self.text.append("UNTIL=" + until.strftime("%Y%m%dT%H%M%S"))

    def expected(self):
        end = self.start.replace(year=self.start.year + YEARS, day=1)
        args = dict(self.args)
        args["until"] = min(args.get("until", end), end)
        found = []
        for when in rrule.rrule(FREQS[self.freq], dtstart=self.start, **args):
            if len(found) == COUNT:
                break
            found.append(when.strftime("%Y-%m-%dT%H:%M:%S"))
        return found, end.strftime("%Y-%m-%dT%H:%M:%S")


def ask(helper, rules, froms):
    lines = "".join("%d %s %s %s\n" % (
        COUNT, rule.start.strftime("%Y-%m-%dT%H:%M:%S"), after, rule.text)
        for rule, after in zip(rules, froms))
    return subprocess.run([helper], input=lines, stdout=subprocess.PIPE,
                          check=True, text=True).stdout.splitlines()


def differs(rule, expected, got, end):
    if got.startswith("refused"):
        return bool(expected) or "never" not in got
    got = [when for when in got.split() if when <= end]
    return got != expected


def main():
    helper = sys.argv[1]
    total = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(10**9)
    rand = random.Random(seed)
    warnings.simplefilter("ignore")
    rules = [Rule(rand) for _ in range(total)]
    answers = ask(helper, rules, ["-"] * total)
    wrong = refused = skipped = 0
    watch()
    froms = []
    wanted = []
    for rule, got in zip(rules, answers):
        expected, end = patient(rule)
        if expected is None:
            skipped += 1
            froms.append("-")
            wanted.append("")
            continue
        refused += got.startswith("refused")
        if differs(rule, expected, got, end):
            wrong += 1
            print("differs: %s from %s\n  dateutil %s\n  recur    %s" % (
                rule.text, rule.start, " ".join(expected[:8]), got[:200]))
        # seeking to an occurrence must give the rest of the same row
        at = rand.randrange(len(expected)) if expected else 0
        froms.append(expected[at] if expected else "-")
        wanted.append(" ".join(expected[at:]))
    for rule, row, want, got in zip(
            rules, froms, wanted, ask(helper, rules, froms)):
        if want and not got.startswith(want):
            wrong += 1
            print("differs after a seek to %s: %s from %s" % (
                row, rule.text, rule.start))
    print("recur_oracle: seed %d, %d rules, %d of them never fire, %d not "
          "answered by dateutil, %d wrong" %
          (seed, total, refused, skipped, wrong))
    return 1 if wrong or len(answers) != total else 0


if __name__ == "__main__":
    sys.exit(main())
