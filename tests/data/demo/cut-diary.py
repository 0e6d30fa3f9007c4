#!/usr/bin/env python3
"""Cuts one person's diary out of openplay_daily.csv for the demo.

    cut-diary.py openplay_daily.csv [PERSON] > diary.csv

Keeps the day's number, mood (valence / 10) and life satisfaction
(life_sat / 10); the person's number, weekday, work day and stress are left
behind.  A missing day has no row, here as there.  PROVENANCE.md says where
the file comes from and under which terms.
"""
import csv
import sys


def tenth(text):
    """0..100 as 0..10 with one decimal; an empty cell stays empty."""
    if text == "":
        return ""
    value = int(text)
    if not 0 <= value <= 100:
        raise SystemExit("cut-diary: a value lies outside 0 to 100")
    return f"{value // 10}.{value % 10}" if value % 10 else f"{value // 10}"


def main(argv):
    if len(argv) not in (2, 3):
        raise SystemExit("usage: cut-diary.py openplay_daily.csv [PERSON]")
    person = argv[2] if len(argv) == 3 else "P062"
    with open(argv[1], encoding="utf-8", newline="") as source:
        rows = [r for r in csv.DictReader(source) if r["person"] == person]
    if not rows:
        raise SystemExit("cut-diary: nobody of that number in the file")
    print("day,mood,life_sat")
    for row in sorted(rows, key=lambda r: int(r["day"])):
        print(f"{row['day']},{tenth(row['valence'])},{tenth(row['life_sat'])}")


main(sys.argv)
