#!/bin/sh
# Turns the day numbers of diary.csv into a date column that ends yesterday.
#
#   date-diary.sh DIARY [TODAY] > dated.csv
#
# TODAY is YYYY-MM-DD; without it, the local day.  Needs a POSIX shell and
# GNU date only.
set -eu
diary=${1:?usage: date-diary.sh DIARY [TODAY]}
today=${2:-$(date +%Y-%m-%d)}

last=$(tail -n 1 "$diary")
last=${last%%,*}
echo "date,mood,life_sat"
tail -n +2 "$diary" | while IFS=, read -r day rest; do
	# noon in UTC: no clock change can move the date
	TZ=UTC date -d "$today 12:00 $((last - day + 1)) days ago" \
	    "+%Y-%m-%d,$rest"
done
