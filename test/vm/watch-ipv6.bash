#!/bin/bash
# ADDRESS
# A service of the ordinary host: notes every change of its IPv6 routes and addresses, and what becomes of a ping to ADDRESS each second.
echo started
ip -6 monitor route address &
until ping -6 -n -O -i 1 "$1"; do sleep 1; done
