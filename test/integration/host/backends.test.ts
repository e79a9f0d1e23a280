import { describe, expect, test } from 'vitest';
import { readHostFacts } from '../../../src/host/facts.js';
import { findFileSystem, parseHostFacts } from '../../../src/host/parse-facts.js';
import { describeWithLab } from '../../support/lab.js';
import { nameCluster } from '../../../src/plan/names.js';
import { readScript } from '../../../src/shell.js';
import { engineChoice, useHost } from './support.js';

/** The lab's engine writes iptables-nft; other backends are tried in namespaces of their own, with rules as an engine has them. */
describeWithLab(
  'integration',
  'packet rules in each backend',
  { profile: 'v4only', engine: engineChoice },
  (fixture) => {
    const box = useHost(fixture);
    const engineRules = (tool: string): string =>
      `for chain in DOCKER DOCKER-USER; do ${tool} -N $chain; done; ${tool} -A FORWARD -j DOCKER-USER; ${tool} -A FORWARD -i br-kinds -j ACCEPT; ${tool} -t nat -N DOCKER; ${tool} -P FORWARD DROP`;
    const save = (tool: string): string => `${tool}-save | grep -v '^#' | sed 's/ \\[[0-9:]*\\]$//'`;

    describe.each(['nft', 'legacy'])('in ip6tables-%s', (backend) => {
      test('the rules of an older dind64 are removed exactly', async () => {
        const tool = `ip6tables-${backend}`;
        const { nodeBridge, egressBridge, hostTable, formerChains } = nameCluster('kinds');
        const [forward, postrouting] = formerChains;
        expect(
          await box.host.apart(`
${engineRules(tool)}
state() { ${save(tool)}; }
remove() { bash -s -- remove ${nodeBridge} ${egressBridge} ${hostTable} fd00:23::400 ${formerChains.join(' ')} <<'END'
${readScript('host-guard.bash')}
END
}
before=$(state)
for chain in ${forward} ${postrouting}; do ${tool} -N $chain; done; ${tool} -t nat -N ${postrouting}
${tool} -I DOCKER-USER -i ${nodeBridge} -j ${forward}; ${tool} -A ${forward} -j ACCEPT
${tool} -t nat -I POSTROUTING -s fd00:23::/64 -j ${postrouting}; ${tool} -t nat -A ${postrouting} -j MASQUERADE
remove; echo again; remove
[ "$before" = "$(state)" ] && echo same`),
        ).toBe(
          `removed ${tool} ${forward}\nremoved ${tool} ${postrouting}\nremoved ${tool} ${postrouting}\nagain\nsame\n`,
        );
      });
    });

    test('reading facts makes no table', async () => {
      const output = await box.host.apart(`${readScript('host-facts.bash')}
echo "legacy: $(cat /proc/net/ip_tables_names /proc/net/ip6_tables_names)"; echo "nft: $(nft list ruleset)"`);
      expect(output).toContain('legacy: \nnft: \n');
    });

    test('the file system of the engine’s data root is seen from a container, as the engine itself sees it', async () => {
      const { backingFilesystem, dataRoot } = await box.host.engine.info();
      const seen = findFileSystem(await readHostFacts(box.host.engine, box.host.baseImage), dataRoot);
      expect(seen?.replace(/^ext[234]$/, 'extfs')).toBe(backingFilesystem);
    });

    test('facts of an engine on iptables-legacy', async () => {
      const facts = parseHostFacts(
        await box.host.apart(`${engineRules('ip6tables-legacy')}\nset +eu\n${readScript('host-facts.bash')}`),
      );
      expect(facts).toMatchObject({ rulesBackend: 'legacy', forwardPolicy: { ipv6: 'DROP' }, forwardDrops: [] });
    });
  },
);
