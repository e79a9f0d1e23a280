#!/bin/bash
# KIND NAME IMAGE CONFIG KUBECONFIG NODE...
# Until all nodes and CoreDNS are Ready, as `up` is. Instead of kindnet, whose image cannot be had either, each node gets a CNI file as soon as it is
# there: that is less work for kind than its own way.
set -eu
kind=$1 name=$2 image=$3 config=$4 kubeconfig=$5
shift 5
"$kind" create cluster --name "$name" --image "$image" --config "$config" --kubeconfig "$kubeconfig" &
create=$!
number=0
for node; do
  number=$((number + 1))
  until docker exec "$name-$node" mkdir -p /etc/cni/net.d 2> /dev/null; do
    kill -0 $create
    sleep 0.1
  done
  docker exec -i "$name-$node" tee /etc/cni/net.d/10-ptp.conflist > /dev/null << END
{"cniVersion":"1.0.0","name":"ptp","plugins":[{"type":"ptp","ipMasq":true,"ipam":{"type":"host-local","ranges":[[{"subnet":"fd00:10:244:$number::/64"}]],"routes":[{"dst":"::/0"}]}}]}
END
done
wait $create
kubectl="docker exec $name-control-plane kubectl --kubeconfig=/etc/kubernetes/admin.conf"
$kubectl wait node --all --for=condition=Ready --timeout=300s
$kubectl -n kube-system wait deployment/coredns --for=condition=Available --timeout=300s
