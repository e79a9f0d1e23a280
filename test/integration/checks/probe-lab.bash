# A network namespace of the probe's own: a DNS server, listeners and every way in which a connection can fail. No packet leaves it.
# Run as `unshare --net --mount bash probe-lab.bash FOLDER REQUEST...`; prints what the probe prints.
set -eu
folder=$1 here=${BASH_SOURCE[0]%/*}
shift
mount --make-rprivate /
printf 'nameserver 2001:db8:53::1\nsearch example\n' > "$folder/resolv.conf"
mount --bind "$folder/resolv.conf" /etc/resolv.conf
ip link set lo up
for address in 2001:db8:53::1/128 2001:db8:53::2/128 2001:db8:80::1/128 192.0.2.80/32; do
  ip address add "$address" dev lo
done
ip -6 route add prohibit 2001:db8:13::/64 dev lo
ip -6 route add unreachable 2001:db8:3::/64 dev lo
# Behind this one nobody takes the packets.
ip link add silent type veth peer name other
ip link set silent up
ip link set other up
ip -6 neighbour add 2001:db8:99::1 lladdr 02:00:00:00:00:01 dev silent nud permanent
ip -6 route add 2001:db8:99::/64 dev silent
mkfifo "$folder/ready"
node --import tsx "$here/probe-lab-servers.ts" > "$folder/ready" &
trap 'kill %1' EXIT
read -r _ < "$folder/ready"
bash -s -- "$@" < "$here/../../../shell/probe.bash"
