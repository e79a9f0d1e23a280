import { expect, it } from 'vitest';
import { uplink } from '../../lab/sites.js';
import { describeWithLab } from '../../support/lab.js';

describeWithLab(
  'integration',
  "a machine of the test's own as engine host",
  { profile: 'dual', engineHost: 'tap' },
  (fixture) => {
    it("reaches the internet through tap0, with the host's addresses", async () => {
      const { lab } = fixture;
      // A stand-in for the virtual machine: a namespace on the same switch, with the same MAC address.
      const script = `set -e
ip link add nic address ${uplink.host.mac} type veth peer name port
ip link set port master switch up
unshare --net sleep 60 & machine=$!; trap 'kill $machine' EXIT
until [ "$(readlink /proc/$machine/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done
ip link set nic netns $machine
nsenter --net=/proc/$machine/ns/net sh -ec 'ip link set lo up; ip link set nic up
ip address add ${lab.hostAddresses.ipv4}/${uplink.ipv4Length} dev nic; ip address add ${lab.hostAddresses.ipv6}/64 dev nic nodad
ip route add default via ${uplink.router.ipv4}; ip route add ::/0 via ${uplink.router.ipv6}
for name in v4only v6only; do curl -sS -m 5 http://$name.test/source; done'`;
      const { exitCode, stdout, stderr } = await lab.exec('host', ['bash', '-c', script], { timeoutMs: 30_000 });
      expect({ exitCode, stdout, stderr }).toEqual({
        exitCode: 0,
        stdout: `${lab.hostAddresses.ipv4}\n${lab.hostAddresses.ipv6}\n`,
        stderr: '',
      });
      expect((await lab.exec('host', ['ip', '-br', 'link', 'show', 'tap0'])).exitCode).toBe(0);
    });
  },
);
