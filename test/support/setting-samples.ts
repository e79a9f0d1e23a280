import fc from 'fast-check';
import type { Settings } from '../../src/settings/types.js';

/** Texts that a setting takes, and texts that it must refuse whatever else is set. A new setting has to be added here: the type says so. */
export const samples: {
  readonly [Field in keyof Settings]: { good: fc.Arbitrary<string>; bad: fc.Arbitrary<string> };
} = {
  clusterName: {
    good: fc.stringMatching(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/),
    bad: fc.oneof(
      fc.stringMatching(/^[A-Z0-9_.-][a-z]*$/),
      fc.stringMatching(/^[a-z]{41,60}$/),
      fc.constantFrom('a b', "x';reboot;'", 'a/b', 'a\nb', 'ä', '$(id)', '--help'),
    ),
  },
  allowAaaaUse: {
    good: fc.constantFrom('true', 'false', 'auto'),
    bad: fc.constantFrom('yes', 'TRUE', '1', '0', 'maybe', 'true false'),
  },
  ipMode: { good: fc.constant('ipv6'), bad: fc.constantFrom('ipv4', 'dual-stack', 'IPv6', '6') },
  numWorkers: {
    good: fc.integer({ min: 0, max: 100 }).map(String),
    bad: fc.oneof(
      fc.integer({ min: 101 }).map(String),
      fc.integer({ max: -1 }).map(String),
      fc.constantFrom('two', '1e1', '0x2', '1.0', '007', 'NaN', '٣'),
    ),
  },
  k8sVersion: {
    good: fc.tuple(fc.constantFrom('', 'v'), fc.integer({ min: 31, max: 99 })).map(([v, minor]) => `${v}1.${minor}`),
    bad: fc.constantFrom('1.37.2', '1.30', 'latest', '2.0', '1.', 'v1', '1.37 ;id'),
  },
  nodeImage: {
    good: fc
      .tuple(
        fc.stringMatching(/^[a-z0-9][a-z0-9./_-]{0,20}[a-z0-9]$/),
        fc.constantFrom('', ':v1.37.2', `@sha256:${'0f'.repeat(32)}`),
      )
      .map(([name, tag]) => `${name}${tag}`),
    bad: fc.constantFrom('kindest/node:', 'a b', '-v', 'x@sha256:12', 'docker.io/', '$IMAGE', '"x"'),
  },
  registryAuth: { good: fc.constantFrom('none', 'docker'), bad: fc.constantFrom('Docker', 'true', 'none,docker') },
  imageSource: { good: fc.constantFrom('auto', 'pull', 'build'), bad: fc.constantFrom('Pull', 'none', 'pull,build') },
  nodeCidr: { good: ipv6Cidr(64, 64), bad: badIpv6Cidr(64, 64) },
  podCidr: { good: ipv6Cidr(64, 72), bad: badIpv6Cidr(64, 72) },
  serviceCidr: { good: ipv6Cidr(108, 124), bad: badIpv6Cidr(108, 124) },
  nat64Prefix: {
    good: fc.oneof(
      fc.constantFrom('64:ff9b::/96', 'fd00:10:64:ff9b::/96', '64:ff9b:1:fffe::/96'),
      hextets(3).map((text) => `fd77:${text}::/96`),
    ),
    bad: fc.constantFrom(
      '64:ff9b::/64',
      '64:ff9b:1::/48',
      'fd00:10:64:ff9b:100::/96',
      'fe80::/96',
      '::/96',
      'ff00::/96',
      '10.0.0.0/8',
      '64:ff9b::1/96',
    ),
  },
  nat64Engine: { good: fc.constantFrom('auto', 'ebpf', 'tayga'), bad: fc.constantFrom('eBPF', 'jool', 'Tayga') },
  nat64Deny: {
    good: fc
      .tuple(
        fc.constantFrom('', '+', '+ '),
        fc.array(ipv4Cidr(), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(',', ' ', ', '),
      )
      .map(([plus, cidrs, between]) => `${plus}${cidrs.join(between)}`),
    bad: fc.constantFrom(
      '+',
      ',',
      '10.0.0.1/8',
      'fd00::/8',
      '10.0.0.0',
      '10.0.0.0/33',
      '10.0.0.0/8;',
      '+-',
      '-10.0.0.0/8',
      'default',
    ),
  },
  snatAddress: {
    good: hextets(3).map((text) => `2001:db8:${text}::7`),
    bad: fc.constantFrom('192.0.2.1', 'fe80::1', '::', '::1', 'ff02::1', 'fe80::1%eth0', '2001:db8::/64', 'host'),
  },
  checkTargets: {
    good: fc.oneof(
      fc.constant('none'),
      fc
        .array(
          fc
            .tuple(
              domain(),
              fc.oneof(
                fc.constant(''),
                fc.integer({ min: 1, max: 65535 }).map((port) => `:${port}`),
              ),
            )
            .map((parts) => parts.join('')),
          { minLength: 1, maxLength: 3 },
        )
        .map((names) => names.join(',')),
    ),
    bad: fc.constantFrom(
      '192.0.2.1',
      'a.test:0',
      'a.test:65536',
      'https://a.test/',
      '[::1]:80',
      'a..b',
      '-a.test',
      'none,$(id)',
      "a';id;'",
    ),
  },
  timeoutMs: {
    good: fc.oneof(
      fc.integer({ min: 10, max: 86_400 }).map((seconds) => `${seconds}s`),
      fc.integer({ min: 1, max: 1440 }).map((minutes) => `${minutes}m`),
      fc.constantFrom('1h30m', '1h1m1s'),
    ),
    bad: fc.constantFrom('300', '5 m', '9s', '25h', '-5m', '1d', '5m1h', '1e3s', `${'9'.repeat(400)}s`),
  },
  dns64Upstreams: {
    good: fc
      .array(
        fc.oneof(
          hextets(2).map((text) => `2001:db8:${text}::53`),
          ipv4().map((text) => `192.0.${text}`),
        ),
        { minLength: 1, maxLength: 3 },
      )
      .map((list) => list.join(',')),
    bad: fc.constantFrom(
      '127.0.0.53',
      '::1',
      'fe80::1',
      '224.0.0.1',
      'dns.test',
      '192.0.2',
      '0.0.0.0',
      'fe80::1%eth0',
      '192.0.2.1:53',
    ),
  },
  dns64Nat64Zones: {
    good: fc.array(domain(), { minLength: 1, maxLength: 3 }).map((names) => names.join(' ')),
    bad: fc.constantFrom('a..b', '-a', '"', 'a"b', `${'a'.repeat(64)}.test`, '*', 'ä.test', `${'a.'.repeat(127)}a`),
  },
  cni: {
    good: fc.constantFrom('ptp', 'none', 'https://cni.test/a.yaml', 'http://user:pw@cni.test/a.yaml?x=1'),
    bad: fc.constantFrom(
      'bridge',
      'calico',
      'file:///x.yaml',
      'ftp://x/y',
      './no-such-file.yaml',
      'https://',
      'https:///x',
    ),
  },
  engine: { good: fc.constantFrom('auto', 'docker'), bad: fc.constantFrom('podman', 'Docker', 'none') },
  apiPort: {
    good: fc.integer({ min: 1, max: 65_535 }).map(String),
    bad: fc.constantFrom('0', '65536', '-1', '6443/tcp', '6443,6444', '0x1', ':6443'),
  },
  kubeconfig: {
    good: fc.constantFrom('./kubeconfig', '~/k', '/tmp/k', 'with blank', 'ä', '$HOME/k', '%s'),
    bad: fc.constant('a\0b'),
  },
  output: { good: fc.constantFrom('auto', 'plain', 'json', 'tty'), bad: fc.constantFrom('JSON', 'yaml', 'plain,json') },
  logLevel: {
    good: fc.constantFrom('trace', 'debug', 'info', 'warn', 'error'),
    bad: fc.constantFrom('silent', 'INFO', 'fatal', '30'),
  },
};

/** Of no use as any setting, or of use by chance: anything that an environment can hold. */
export const anyText = fc
  .oneof(
    fc.string({ maxLength: 30 }),
    fc.string({ unit: 'binary', maxLength: 10 }),
    fc.stringMatching(/^[0-9a-f:./]{1,30}$/),
    fc.constantFrom('__proto__', 'constructor', 'toString', 'null', '-', '=', '%00', '{{.}}', '\u202E'),
  )
  .filter((text) => !text.includes('\0') && text !== 'undefined');

function hextets(count: number): fc.Arbitrary<string> {
  return fc
    .array(
      fc.integer({ min: 1, max: 0xffff }).map((value) => value.toString(16)),
      { minLength: count, maxLength: count },
    )
    .map((parts) => parts.join(':'));
}

/** Bits behind the length are zero: everything below the second hextet is. */
function ipv6Cidr(shortest: number, longest: number): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.constantFrom('fd', 'fc', '20', '2a'),
      fc.integer({ min: 16, max: 255 }),
      hextets(2),
      fc.integer({ min: shortest, max: longest }),
    )
    .map(([high, low, rest, length]) => `${high}${low.toString(16)}:${rest}::/${length}`);
}

function badIpv6Cidr(shortest: number, longest: number): fc.Arbitrary<string> {
  return fc.oneof(
    hextets(2).map((text) => `fd00:${text}::/${shortest - 1}`),
    hextets(2).map((text) => `fd00:${text}::/${longest + 1}`),
    hextets(2).map((text) => `fd00:${text}::1/${shortest}`),
    fc.constantFrom(
      `fe80::/${shortest}`,
      `ff00::/${longest}`,
      `::/${shortest}`,
      `fd00::/0${shortest}`,
      'fd00::',
      '10.0.0.0/24',
      `fd00::%1/${shortest}`,
      `fd00::/${shortest} x`,
    ),
  );
}

function ipv4(): fc.Arbitrary<string> {
  return fc.tuple(fc.integer({ min: 1, max: 255 }), fc.integer({ min: 1, max: 255 })).map((parts) => parts.join('.'));
}

function ipv4Cidr(): fc.Arbitrary<string> {
  return fc.tuple(fc.bigInt(0n, (1n << 32n) - 1n), fc.integer({ min: 0, max: 32 })).map(([value, length]) => {
    const network = (value >> BigInt(32 - length)) << BigInt(32 - length);
    return `${[24n, 16n, 8n, 0n].map((shift) => (network >> shift) & 255n).join('.')}/${length}`;
  });
}

function domain(): fc.Arbitrary<string> {
  return fc
    .array(fc.stringMatching(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join('.'));
}
