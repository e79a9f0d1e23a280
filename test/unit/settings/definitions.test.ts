import { describe, expect, test } from 'vitest';
import { definitions } from '../../../src/settings/definitions.js';
import type { Settings } from '../../../src/settings/types.js';

function parse(field: keyof Settings, text: string): unknown {
  const result = definitions[field].schema.safeParse(text);
  return result.success ? result.data : new Error(result.error.issues[0]?.message);
}

describe('taken', () => {
  test.each<[keyof Settings, string, unknown]>([
    ['clusterName', 'a', 'a'],
    ['clusterName', `${'a'.repeat(39)}1`, `${'a'.repeat(39)}1`],
    ['allowAaaaUse', 'auto', 'auto'],
    ['k8sVersion', 'v1.37', '1.37'],
    [
      'nodeImage',
      `localhost:5000/kindest/node:v1.37.2@sha256:${'0'.repeat(64)}`,
      `localhost:5000/kindest/node:v1.37.2@sha256:${'0'.repeat(64)}`,
    ],
    ['nodeCidr', 'FD00:0020::/64', 'fd00:20::/64'],
    ['serviceCidr', 'fd00:30::/108', 'fd00:30::/108'],
    ['podCidr', 'fd00:40::/64', 'fd00:40::/64'],
    ['nat64Prefix', '64:ff9b::/96', '64:ff9b::/96'],
    ['nat64Prefix', '64:ff9b:1:ffff::/96', '64:ff9b:1:ffff::/96'],
    ['nat64Deny', '10.0.0.0/8', ['168.63.129.16/32', '192.0.0.0/24', '100.100.100.200/32', '10.0.0.0/8']],
    [
      'nat64Deny',
      '+10.0.0.0/8, 192.0.0.0/24',
      ['168.63.129.16/32', '192.0.0.0/24', '100.100.100.200/32', '10.0.0.0/8'],
    ],
    ['nat64Deny', '10.0.0.0/8,-192.0.0.0/24', ['168.63.129.16/32', '100.100.100.200/32', '10.0.0.0/8']],
    ['nat64Deny', '-168.63.129.16/32', ['192.0.0.0/24', '100.100.100.200/32']],
    ['checkTargets', 'none', 'none'],
    ['checkTargets', 'Example.org.,v6only.test:8443', [{ name: 'example.org' }, { name: 'v6only.test', port: 8443 }]],
    ['timeoutMs', '1h30m', 5_400_000],
    ['timeoutMs', '300s', 300_000],
    ['dns64Upstreams', '192.0.2.53 2001:DB8::53', ['192.0.2.53', '2001:db8::53']],
    ['dns64Nat64Zones', 'Example.org., _tcp.example.net', ['example.org', '_tcp.example.net']],
    ['cni', 'none', { kind: 'none' }],
    ['cni', 'https://example.org/cni.yaml', { kind: 'manifest', source: 'https://example.org/cni.yaml' }],
    ['apiPort', '6443', 6443],
  ])('%s %s', (field, text, value) => {
    expect(parse(field, text)).toEqual(value);
  });
});

describe('refused', () => {
  test.each<[keyof Settings, string, RegExp]>([
    ['clusterName', 'a'.repeat(41), /41 characters/],
    ['clusterName', 'Kube', /not a DNS label/],
    ['clusterName', '1kube', /not a DNS label/],
    ['clusterName', 'kube-', /not a DNS label/],
    ['allowAaaaUse', 'TRUE', /did you mean `true`/],
    ['allowAaaaUse', '0', /did you mean `false`/],
    ['allowAaaaUse', 'maybe', /none of its words$/],
    ['ipMode', 'dual-stack', /not supported yet/],
    ['ipMode', 'ipv4', /not supported yet/],
    ['numWorkers', '-1', /not a whole number/],
    ['numWorkers', '101', /not within 0 to 100/],
    ['numWorkers', '1e1', /not a whole number/],
    ['k8sVersion', '1.37.2', /did you mean `1\.37`/],
    ['k8sVersion', '1.30', /too old/],
    ['k8sVersion', 'latest', /not a Kubernetes version/],
    ['nodeImage', 'kindest/node:', /not an image reference/],
    ['nodeCidr', 'fd00:20::/80', /has length \/80/],
    ['nodeCidr', 'fe80::/64', /neither unique-local/],
    ['podCidr', 'fd00:40::/80', /has length \/80/],
    ['serviceCidr', 'fd00:30::/107', /has length \/107/],
    ['nat64Prefix', '64:ff9b:1::/48', /only \/96/],
    ['nat64Prefix', 'fd00:10:64:ff9b:100::/96', /bits set among 64 to 71/],
    ['nat64Engine', 'jool', /none of its words/],
    ['nat64Deny', '+', /names no CIDR/],
    ['nat64Deny', '-10.0.0.0/8', /takes out `10\.0\.0\.0\/8`, which is not in the default list/],
    ['nat64Deny', '10.0.0.0/8,fd00::/8', /`fd00::\/8` is not an IPv4 CIDR/],
    ['snatAddress', '192.0.2.1', /not an IPv6 address/],
    ['snatAddress', 'fe80::1', /neither unique-local/],
    ['checkTargets', '192.0.2.1', /not a host name/],
    ['checkTargets', 'example.org:0', /not within 1 to 65535/],
    ['timeoutMs', '300', /did you mean `300s` or `300m`/],
    ['timeoutMs', '5 m', /not a duration/],
    ['timeoutMs', '1s', /too short/],
    ['dns64Upstreams', '127.0.0.53', /cannot be reached from a container/],
    ['dns64Upstreams', 'fe80::1', /cannot be reached from a container/],
    ['dns64Nat64Zones', 'exa mple..org', /not a domain name/],
    ['cni', 'bridge', /did you mean `ptp`/],
    ['cni', 'file:///cni.yaml', /not an http/],
    ['apiPort', '70000', /not within/],
    ['output', 'JSON', /did you mean `json`/],
  ])('%s %s', (field, text, message) => {
    expect(parse(field, text)).toBeInstanceOf(Error);
    expect((parse(field, text) as Error).message).toMatch(message);
  });
});

test('every default is a value that its own schema takes', () => {
  for (const definition of Object.values(definitions)) {
    if (definition.default !== undefined)
      expect(definition.schema.safeParse(definition.default).success, definition.name).toBe(true);
  }
});
