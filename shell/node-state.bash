#!/bin/bash
# DESTINATION...
# In a node: its services, the routes it would take to these addresses, its rules and its disk, one fact a line. Changes nothing.
for unit in kubelet containerd; do echo "unit $unit $(systemctl is-active "$unit" 2>&1 | tail -n 1)"; done
for address; do echo "route $address $(ip -6 -o route get "$address" 2>&1 | tail -n 1)"; done
if nft list table ip6 dind64_egress > /dev/null 2>&1; then echo 'egress-rules present'; else echo 'egress-rules missing'; fi
echo "masquerade $(ip6tables --table nat --list-rules POSTROUTING 2> /dev/null | grep --count 'comment dind64 ')"
echo "disk $(stat --file-system --format='%a %b' /var)"
