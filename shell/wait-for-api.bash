#!/bin/bash
# ADDRESS SECONDS KUBECONFIG
# In a node: waits until the API serves. kubectl is not started before something listens, and on a slow machine no more than half of the time: it would
# take the processor from the API server that it waits for.
began=${EPOCHREALTIME/./}
until (exec 3<> "/dev/tcp/$1/6443") 2> /dev/null && kubectl --kubeconfig="$3" --request-timeout=30s get --raw /readyz > /dev/null 2>&1; do
  [ $SECONDS -lt "$2" ] || exit 1
  sleep "$(((${EPOCHREALTIME/./} - began) / 1000000)).2"
  began=${EPOCHREALTIME/./}
done
