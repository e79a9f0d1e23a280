#!/bin/bash
# SECONDS KUBECONFIG FOR NAMESPACE OBJECT...
# In a node: waits by kubectl's watches until all the objects are as they should. A watch that ends before its limit is begun again: the API is not there
# for a moment while its container starts anew (a restarted engine, a slow machine).
end=$((SECONDS + $1)) kubeconfig=$2 for=$3 namespace=$4
shift 4
for object; do
  until kubectl --kubeconfig="$kubeconfig" --namespace="$namespace" wait "$object" --for="$for" --timeout="$((end - SECONDS))s"; do
    [ $((SECONDS + 1)) -lt $end ] || exit 1
    sleep 0.2
  done
done
