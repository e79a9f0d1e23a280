/** A hosts file to begin with: every field that has a use, with what it says. No secret belongs into it. */
export const exampleHostsFile = `# The hosts of a cluster, for \`dind64 hosts\`. A config.yaml of Lazyjack's is read as well.
general:
  # What joins pods to their host: bridge or ptp.
  plugin: bridge
  # Left out: the version of the kubeadm on the control plane.
  # kubernetes-version: v1.37.2

topology:
  # The name of a host is the name of its node.
  first:
    # On the network that the hosts share (mgmt_net). The way out is the interface of the default route, and is found by itself.
    interface: eth1
    # master: the control plane, on one host. minion: a worker. dns64 and nat64: on one host, together.
    opmodes: "master dns64 nat64"
    # Ends the address on mgmt_net (fd00:20::2) and chooses the part of pod_net (fd00:40:0:0:2::/80).
    id: 2
  second:
    interface: eth1
    opmodes: "minion"
    id: 3
    # How ssh reaches the host. Left out: by its name. \`local: true\` instead: it is the machine that the command runs on.
    # ssh: root@second.example

# The network that the hosts share.
mgmt_net:
  cidr: "fd00:20::/64"

# Pods: each host has a /80 of it.
pod_net:
  cidr: "fd00:40::/72"
  mtu: 1500

service_net:
  cidr: "fd00:30::/110"

# DNS64 and NAT64, on their host.
support_net:
  cidr: "fd00:10::/64"
  v4cidr: "172.18.0.0/16"

nat64:
  ip: "fd00:10::200"
  v4_ip: "172.18.0.200"
  # IPv4 addresses that NAT64 translates to. They leave as the host's own address.
  v4_cidr: "172.18.0.128/25"

dns64:
  ip: "fd00:10::100"
  # IPv4 addresses are embedded in this prefix.
  cidr: "fd00:10:64:ff9b::/96"
  # The resolver that DNS64 asks: an address of yours. This one is an example (RFC 5737).
  remote_server: "192.0.2.53"
  # true: IPv6 sites are reached directly, from the host that the pod is on. false: every site is treated as IPv4-only.
  allow_aaaa_use: false
`;
