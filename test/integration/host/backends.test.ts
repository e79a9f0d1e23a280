import { describe, expect, test } from 'vitest';
import { renderHostFactsScript } from '../../../src/render/host-facts-script.js';
import { readHostFacts } from '../../../src/host/facts.js';
import { findFileSystem, parseHostFacts } from '../../../src/host/parse-facts.js';
import { describeWithLab } from '../../support/lab.js';
import { engineChoice, inlineRemoval, inlineRules, planTestHost, useHost } from './support.js';

/** The lab's engine writes iptables-nft; other backends are tried in namespaces of their own, with rules as an engine has them. */
describeWithLab(
  'integration',
  'rules of mode true in each backend',
  { profile: 'v4only', engine: engineChoice },
  (fixture) => {
    const box = useHost(fixture);
    const host = planTestHost('kinds', 'fd00:23::/64');
    const engineRules = (tool: string): string =>
      `for chain in DOCKER DOCKER-USER; do ${tool} -N $chain; done; ${tool} -A FORWARD -j DOCKER-USER; ${tool} -A FORWARD -i br-kinds -j ACCEPT; ${tool} -t nat -N DOCKER; ${tool} -P FORWARD DROP`;
    const save = (tool: string): string => `${tool}-save | grep -v '^#' | sed 's/ \\[[0-9:]*\\]$//'`;

    describe.each([
      {
        backend: 'legacy',
        firewallBackend: 'iptables',
        rulesBackend: 'legacy',
        setUp: engineRules('ip6tables-legacy'),
        state: save('ip6tables-legacy'),
      },
      // Facts were wrong or old: the engine's rules for the bridge decide.
      {
        backend: 'legacy',
        firewallBackend: 'iptables',
        rulesBackend: 'nft',
        setUp: engineRules('ip6tables-legacy'),
        state: save('ip6tables-legacy'),
      },
      {
        backend: 'nft',
        firewallBackend: 'iptables',
        rulesBackend: 'legacy',
        setUp: engineRules('ip6tables-nft'),
        state: save('ip6tables-nft'),
      },
      {
        backend: 'nft',
        firewallBackend: 'iptables',
        rulesBackend: 'none',
        setUp: 'ip6tables-nft -t nat -N own; ip6tables-nft -N own',
        state: save('ip6tables-nft'),
      },
      {
        backend: 'nftables',
        firewallBackend: 'nftables',
        rulesBackend: 'none',
        setUp: 'nft add table ip6 docker-bridges',
        state: 'nft list ruleset',
      },
    ] as const)('$backend (facts said $rulesBackend)', ({ backend, firewallBackend, rulesBackend, setUp, state }) => {
      test('installed, checked, removed exactly', async () => {
        const target = { host, firewallBackend, rulesBackend };
        const output = await box.host.apart(`
${setUp}
before=$(${state})
part() { echo "@@ $1"; shift; ( "$@" ); }
check() { ${inlineRules(target, 'check')}
}
install() { ${inlineRules(target, 'install')}
}
remove() { ${inlineRemoval(host.chains)}
}
set +eu
part missing check; part first install; part second install; part present check
part remove remove; part again remove; part gone check
[ "$before" = "$(${state})" ] && echo same`);
        const ok = `backend ${backend}\nfilter ok\nnat ok\n`;
        const missing = `backend ${backend}\nfilter missing\nnat missing\n`;
        const removed =
          backend === 'nftables'
            ? 'removed nftables DIND64-FWD-kinds\n'
            : `removed ip6tables-${backend} DIND64-FWD-kinds\nremoved ip6tables-${backend} DIND64-NAT-kinds\n`;
        expect(output).toBe(
          `@@ missing\n${missing}@@ first\n${missing}changed\n@@ second\n${ok}@@ present\n${ok}@@ remove\n${removed}@@ again\n@@ gone\n${missing}same\n`,
        );
      });
    });

    test('reading facts makes no table', async () => {
      const output = await box.host.apart(`${renderHostFactsScript()}
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
        await box.host.apart(`${engineRules('ip6tables-legacy')}\nset +eu\n${renderHostFactsScript()}`),
      );
      expect(facts).toMatchObject({ rulesBackend: 'legacy', forwardPolicy: { ipv6: 'DROP' }, forwardDrops: [] });
    });
  },
);
