#!/bin/bash
# demo.sh - what Evenkeel is like, from the first run to leaving with
# everything: the release programs, a scratch folder below build/, no
# terminal, no network, at any hour.  Every step checks what it shows; the
# first that is not as it should be ends the demo, non-zero.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
# UTC has no hour that comes twice, in which "in two seconds" would be unclear
export LC_ALL=C.UTF-8 NO_COLOR=1 COLUMNS=80 TZ=UTC0
unset XDG_RUNTIME_DIR XDG_DATA_HOME XDG_CONFIG_HOME NOTIFY_SOCKET \
	LISTEN_FDS LISTEN_PID DBUS_SESSION_BUS_ADDRESS EDITOR VISUAL
exec </dev/null
here=$(mktemp -d "$root/build/demo.XXXXXX")
daemon='' shown=''

leave() {
	status=$?
	trap - EXIT
	if [ -n "$daemon" ] && kill "$daemon" 2>/dev/null; then
		wait "$daemon" || true
	fi
	cd "$root"
	if [ $status != 0 ] && [ -s "$here/keeld.log" ]; then
		echo "--- what keeld said:"
		cat "$here/keeld.log"
	fi
	rm -rf "$here"
	[ $status = 0 ] || echo "demo: FAILED at: $step (status $status)"
	exit $status
}
trap leave EXIT
trap 'exit 130' INT TERM
step='making the scratch folder'

# A socket's path holds 107 bytes.  In a checkout that lies deeper, both
# programs are given the folder they stand in instead.
cd "$here"
mkdir -m 700 home
export EVENKEEL_HOME=$here/home HOME=$here/home
[ ${#EVENKEEL_HOME} -lt 90 ] || export EVENKEEL_HOME=/proc/self/cwd/home
keel=$root/build/keel keeld=$root/build/keeld data=$root/tests/data/demo

fail() { echo "demo: $*" >&2; exit 1; }
title() { step=$1; echo; echo "=== $1"; }
# run COMMAND...: says it, runs it, shows at most 24 lines, keeps all in out
run() {
	echo "\$ keel $*"
	"$keel" "$@" >out 2>err || {
		status=$?
		cat out err
		fail "keel ${1:-}: status $status"
	}
	[ ! -s err ] || { cat err; fail "keel ${1:-} complained"; }
	head -n "${lines:-24}" out | sed 's/^/  /'
	[ "$(wc -l <out)" -le "${lines:-24}" ] || echo "  ..."
}
has() { grep -qF -- "$1" out || fail "this should be there: $1"; }
hasnt() { ! grep -qF -- "$1" out || fail "this should not be there: $1"; }
did() { shown="$shown${shown:+, }$1"; }
start_keeld() {
	"$keeld" >>keeld.log 2>&1 &
	daemon=$!
	for _ in $(seq 200); do
		"$keel" status >/dev/null 2>&1 && return
		kill -0 "$daemon" 2>/dev/null || fail "keeld ended"
		sleep 0.05
	done
	fail "keeld did not answer within 10 seconds"
}
json() { "$keel" "$@" --json; }
# The only thing a newcomer's machine needs to pick ids out of JSON is sed.
id_of() { # SECTION-LETTER WORDS: the id of the bullet that begins so
	json plan show | tr '{' '\n' |
		sed -n "s/^\"id\":\"\($1[0-9]*\)\",\"text\":\"$2.*/\1/p" | head -n 1
}

title "keeld keeps the book; it starts with none"
start_keeld
"$keel" status >out
sed 's/^/  /' out
did "first start"

title "First run: five answers make a plan"
cat >answers <<'END'
sign=I stop saying good morning
helps=A walk in the garden
person=Jia, ward 5
when=none
shared=no
key=file
END
run start --answers - <answers
has "Your book is made"
lines=60 run plan show
has "I stop saying good morning"
has "A walk in the garden"
did "five answers into a plan"

title "Mei's own plan, written at leisure"
run plan import "$data/plan.md"
run plan show
has "Early warning signs"
"$keel" plan show >shown
cmp -s shown "$data/plan.md" || fail "the plan came back changed"
did "her plan"

title "A real person's diary as the weeks before (openly licensed, see tests/data/demo)"
sh "$data/date-diary.sh" "$data/diary.csv" >diary.csv
rows=$(($(wc -l <diary.csv) - 1))
run import csv diary.csv --map mood=mood --map life_sat=life-satisfaction
has "$rows days added"
run import csv diary.csv --map mood=mood --map life_sat=life-satisfaction
has "0 days added"
[ "$(json import csv diary.csv --map mood=mood --map life_sat=life-satisfaction |
	sed 's/.*"added":\([0-9]*\).*/\1/')" = 0 ] || fail "a second run added rows"
did "$rows diary days imported, once"

title "A check-in is due (asked for two seconds from now, so that it is due at any hour)"
at=$(date -d '+2 seconds' +%Y-%m-%dT%H:%M:%S)
run schedule add demo --instrument pulse --rule "FREQ=DAILY" --start "$at"
run schedule list
has "demo"
for _ in $(seq 100); do
	json >out
	grep -q '"slot":"' out && break
	sleep 0.1
done
run
has "Waiting"
has "How work is going"
did "a due slot"

title "Thirty seconds: five numbers, one sign, what she did about it, a note"
sign=$(id_of s "skipping lunch")
used=$(id_of h "Lunch away")
case ,$sign,$used, in *,,*) fail "the plan's ids were not found" ;; esac
printf '%s\n' mood=4 energy=5 tense=6 pressure=7 helpful=4 "sign.$sign=2" \
	"used.$used=3" "note=zebrafish: three handovers in one morning" >answers
sed 's/^/  /' answers
run checkin pulse --answers - <answers
has "Saved."
has "Lunch away from my desk"
has "Jia"
run
hasnt "Waiting"
did "a check-in answered, her own strategies handed back"

title "What she knows helps"
run coping
has "Lunch away from my desk"
did "coping"

title "A hard day: her own words, and nothing is sent"
lines=40 run hard --plain
has "sends nothing"
has "Call Jia"
did "hard day"

title "The diary is hers to read"
run diary --since "$(date -d yesterday +%Y-%m-%d)"
has "zebrafish"
did "diary"

title "Nothing of it can be read on the disk"
if grep -raiqE 'zebrafish|skipping lunch|handover' "$here/home"; then
	fail "words of hers lie in the clear"
fi
echo "  three of her words, looked for in every file of the book: none found"
run status
did "sealed on disk"

title "Leaving takes everything: export, erase, import, the same again"
run export "$here/first.tar" --notes yes
run erase --yes
[ -z "$(find "$here/home" -name 'book.*' ! -name book.lock)" ] ||
	fail "files of the book are left"
run status
run import "$here/first.tar" --key file
run export "$here/second.tar" --notes yes
cmp "$here/first.tar" "$here/second.tar" || fail "the two exports differ"
run diary --since "$(date -d yesterday +%Y-%m-%d)"
has "zebrafish"
run plan show
has "Early warning signs"
did "export, erase, import, export equal byte for byte"

title "keeld stops when told"
kill "$daemon"
wait "$daemon" || fail "keeld ended with status $?"
daemon=''
[ ! -e "$here/home/run/api.sock" ] || fail "its socket is left"
"$keel" status >out 2>err && fail "who answered?"
[ -s err ] && sed 's/^/  /' err
did "clean stop"

echo
echo "demo: shown: $shown; skipped: the screens (no terminal here)," \
	"the login keyring (no session bus), systemd (started by hand)"
