import { parseIpv4Address } from '../net/address.js';
import { networkAddress } from '../net/cidr.js';
import { embedIpv4 } from '../net/embed.js';
import type { IpAddress, Ipv4Address } from '../net/types.js';
import type { ClusterPlan } from '../plan/types.js';
import type { CellPath, CellProtocol, VerifyCell, VerifyTarget } from '../results/verify.js';
import type { CheckTarget } from '../settings/types.js';
import type { SiteRecords } from './site-kinds.js';

const linkLocalMetadata = parseIpv4Address('169.254.169.254');

interface LiteralInputs {
  plan: Pick<ClusterPlan, 'nat64' | 'host' | 'attached'>;
  sites: readonly { target: CheckTarget; records: SiteRecords }[];
}

interface Literal {
  id: string;
  kind: VerifyTarget['kind'];
  name: string;
  detail: string;
  address: IpAddress;
  expected: VerifyCell['expected'];
  cells: { protocol: CellProtocol; cell: string; port?: number }[];
}

/** IPv4 addresses in the NAT64 prefix, and what is refused in any mode: by address, without a name. */
export function planLiterals({ plan, sites }: LiteralInputs): Literal[] {
  const { prefix, deny } = plan.nat64;
  const found = sites
    .map(({ target, records }) => ({ target, ipv4: records.a[0] as Ipv4Address | undefined }))
    .find(({ ipv4 }) => ipv4 !== undefined);
  const tries = (port: number): Literal['cells'] => [
    { protocol: 'icmp', cell: 'icmp:56' },
    { protocol: 'tcp', cell: `tcp:${port}`, port },
  ];
  // UDP hears a refusal at once; TCP may need a second.
  const refusals: Literal['cells'] = [
    { protocol: 'tcp', cell: 'tcp:80', port: 80 },
    { protocol: 'udp', cell: 'udp:9', port: 9 },
  ];
  const refused = (id: string, name: string, detail: string, address: IpAddress): Literal => ({
    id,
    kind: 'refused',
    name,
    detail,
    address,
    expected: { result: 'refused', reason: 'never let out, in any mode' },
    cells: refusals,
  });
  // What leaves another tool's cluster by IPv6 is not dind64's to refuse.
  const [metadata] = plan.attached === undefined ? plan.host.refusedDestinations : [];
  return [
    ...(found?.ipv4 === undefined
      ? []
      : [
          {
            id: 'literal',
            kind: 'ipv4-literal' as const,
            name: found.ipv4,
            detail: `${found.target.name}, by the NAT64 prefix`,
            address: embedIpv4(prefix, found.ipv4),
            expected: {
              result: 'reached' as const,
              path: 'nat64' as CellPath,
              reason: 'an IPv4 address in the NAT64 prefix',
            },
            cells: tries(found.target.port ?? 443),
          },
        ]),
    ...(deny.length === 0
      ? []
      : [
          refused(
            'refused-ipv4',
            linkLocalMetadata,
            'cloud metadata, by the NAT64 prefix',
            embedIpv4(prefix, linkLocalMetadata),
          ),
        ]),
    ...(metadata === undefined
      ? []
      : [refused('refused-ipv6', networkAddress(metadata), 'cloud metadata', networkAddress(metadata))]),
  ];
}

export function planLiteralTargets(inputs: LiteralInputs): VerifyTarget[] {
  return planLiterals(inputs).map(({ id, kind, name, detail }) => ({ id, kind, name, detail }));
}
