#!/bin/bash
# idle-cost.sh - what an idle process costs: memory, wake-ups, CPU.
#
# Usage:  idle-cost.sh [-s SECONDS] [-t] [-l LABEL] PID [PID...]
#   -s  length of the measured window, seconds (default 60)
#   -t  take each PID together with all its descendants (sampled at both ends)
#   -l  label printed in the first column (default: the process's comm)
#
# One line per PID, tab separated:
#   label pid procs threads rss_kb pss_kb uss_kb wakeups_per_s vol invol cpu_ms_per_min secs
# where
#   rss/pss/uss  from /proc/PID/smaps_rollup at the END of the window
#                (uss = Private_Clean + Private_Dirty; pss is the fair figure
#                for comparing programs that share libraries)
#   vol/invol    growth of voluntary / involuntary context switches summed over
#                all threads: a blocked thread that is woken and blocks again is
#                one voluntary switch, so vol/secs is wake-ups per second
#   cpu          growth of on-CPU nanoseconds in /proc/PID/task/*/schedstat
# Reads /proc only; never signals or traces the process, so it does not disturb
# what it measures. Needs: bash, awk. To see WHICH calls wake it, use afterwards
#   timeout -s INT 30 strace -f -c -p PID
set -u
secs=60 tree=0 label=
while getopts s:tl: o; do case $o in
  s) secs=$OPTARG;; t) tree=1;; l) label=$OPTARG;; *) exit 2;; esac; done
shift $((OPTIND-1))
[ $# -gt 0 ] || { sed -n '2,9p' "$0" >&2; exit 2; }

family() {  # PID -> PID and, with -t, its descendants
  echo "$1"
  [ $tree = 1 ] || return 0
  local c
  # shellcheck disable=SC2013 # pids hold no spaces
  for c in $(cat /proc/"$1"/task/*/children 2>/dev/null); do family "$c"; done
}
sample() {  # PID -> "vol invol cpu_ns threads procs"
  local p
  for p in $(family "$1"); do
    for t in /proc/"$p"/task/[0-9]*; do
      awk -v q="$p" '/^voluntary/{v=$2}/^nonvol/{n=$2}END{printf "%s %d %d ",q,v,n}' "$t/status" 2>/dev/null
      awk '{print $1}' "$t/schedstat" 2>/dev/null
    done
  done | awk '{v+=$2;n+=$3;c+=$4;th++;p[$1]=1}END{printf "%d %d %d %d %d\n",v,n,c,th,length(p)}'
}
mem() {     # PID -> "rss pss uss" in kB
  local p
  for p in $(family "$1"); do cat /proc/"$p"/smaps_rollup 2>/dev/null; done |
    awk '/^Rss:/{r+=$2}/^Pss:/{p+=$2}/^Private_/{u+=$2}END{printf "%d %d %d\n",r,p,u}'
}
declare -A a0
t0=$(date +%s.%N)
for p; do a0[$p]=$(sample "$p"); done
sleep "$secs"
for p; do
  [ -d /proc/"$p" ] || { echo "${label:-?} $p gone"; continue; }
  b=$(sample "$p"); t1=$(date +%s.%N); m=$(mem "$p")
  echo "${a0[$p]} $b $m $t0 $t1" | awk -v OFS='\t' -v p="$p" \
    -v l="${label:-$(cat /proc/"$p"/comm)}" '
    { s=$15-$14; print l,p,$10,$9,$11,$12,$13,sprintf("%.3f",($6-$1)/s),$6-$1,$7-$2,
      sprintf("%.1f",($8-$3)/1e6/s*60),sprintf("%.1f",s) }'
done
