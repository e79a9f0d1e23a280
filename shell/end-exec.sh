#!/bin/sh
# VARIABLE=MARKER
# Ends what an exec has started: everything with this in its environment, and what is in the same sessions. In any container: cat and sleep are all it
# needs, since small images have no pkill, ps or setsid, and busybox's grep stops at a NUL. The sessions too, since a program may clear its children's
# environment; runc makes each exec a session of its own. Zombies do not count: a container's PID 1 need not reap them.
mark=$1 sessions=' '
read_stat() {
  { read -r line < "/proc/$1/stat"; } 2> /dev/null || return 1
  # shellcheck disable=SC2086 # Words.
  set -- ${line##*) }
  state=$1 session=$4
}
find_sessions() {
  for folder in /proc/[0-9]*; do
    case "$({ cat "$folder/environ"; } 2> /dev/null)" in *"$mark"*) ;; *) continue ;; esac
    read_stat "${folder#/proc/}" && case "$sessions" in *" $session "*) ;; *) sessions="$sessions$session " ;; esac
  done
}
find_processes() {
  found=
  for folder in /proc/[0-9]*; do
    process=${folder#/proc/}
    if [ "$process" = "$$" ] || ! read_stat "$process" || [ "$state" = Z ] || [ "$state" = X ]; then continue; fi
    case "$sessions" in *" $session "*) found="$found $process" ;; esac
  done
}
# shellcheck disable=SC2086 # Words.
kill_found() { [ -n "$found" ] && kill -s "$1" $found 2> /dev/null; }
find_sessions
find_processes
kill_found TERM
tries=0
while [ -n "$found" ] && [ $tries -lt 15 ]; do
  sleep 0.1
  find_processes
  tries=$((tries + 1))
done
tries=0
# Again and again: a shell may start its next command between the look and the kill.
while [ -n "$found" ] && [ $tries -lt 15 ]; do
  find_sessions
  find_processes
  kill_found KILL
  sleep 0.1
  find_processes
  tries=$((tries + 1))
done
