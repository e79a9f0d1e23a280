#!/bin/bash
# CLUSTER NODE IMAGE NUMBER
# One more worker for a cluster of kind's, which has no command for that: a container as kind makes them, joined by kubeadm as people do it by hand. Until it is Ready.
set -eu
cluster=$1 node=$2 image=$3 number=$4
other=$cluster-control-plane
docker run --detach --name "$node" --hostname "$node" --network kind --privileged --cgroupns private \
  --security-opt seccomp=unconfined --security-opt apparmor=unconfined --tmpfs /run --tmpfs /tmp --volume /var --volume /lib/modules:/lib/modules:ro \
  --sysctl net.ipv6.conf.all.disable_ipv6=0 --sysctl net.ipv6.conf.all.forwarding=1 \
  --label "io.x-k8s.kind.cluster=$cluster" --label io.x-k8s.kind.role=worker --restart on-failure:1 "$image" > /dev/null
address=$(docker inspect --format '{{.NetworkSettings.Networks.kind.GlobalIPv6Address}}' "$node")
docker exec "$other" cat /etc/containerd/config.toml | docker exec -i "$node" tee /etc/containerd/config.toml > /dev/null
docker exec "$node" mkdir -p /etc/cni/net.d
docker exec "$other" cat /etc/cni/net.d/10-ptp.conflist | sed "s/fd00:10:244:1::/fd00:10:244:$number::/" \
  | docker exec -i "$node" tee /etc/cni/net.d/10-ptp.conflist > /dev/null
# As kindnet does it on all nodes: the way to each other's pods.
docker exec "$other" ip -6 route replace "fd00:10:244:$number::/64" via "$address"
docker exec "$node" ip -6 route replace fd00:10:244:1::/64 via "$(docker inspect --format '{{.NetworkSettings.Networks.kind.GlobalIPv6Address}}' "$other")"
docker exec -i "$node" tee /kind/kubeadm.conf > /dev/null << END
apiVersion: kubeadm.k8s.io/v1beta4
kind: JoinConfiguration
discovery:
  bootstrapToken: { apiServerEndpoint: "$other:6443", token: abcdef.0123456789abcdef, unsafeSkipCAVerification: true }
nodeRegistration:
  criSocket: unix:///run/containerd/containerd.sock
  kubeletExtraArgs: [{ name: node-ip, value: "$address" }]
timeouts: { discovery: 10m0s, tlsBootstrap: 10m0s, kubeletHealthCheck: 10m0s, kubernetesAPICall: 10m0s }
END
until docker exec "$node" systemctl is-system-running 2> /dev/null | grep -Eq 'running|degraded'; do sleep 0.5; done
docker exec "$node" systemctl restart containerd
docker exec "$node" kubeadm join --config /kind/kubeadm.conf --skip-phases=preflight
docker exec "$other" kubectl --kubeconfig=/etc/kubernetes/admin.conf wait "node/$node" --for=condition=Ready --timeout=300s
