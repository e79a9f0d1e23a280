import { expect, test } from 'vitest';
import { recordedRules } from '../../support/nft-rules.js';
import { describeWithLab } from '../../support/lab.js';
import { engineChoice, useHost } from './support.js';

/** The rules that unit tests work with, given to the programs of the base image. Seen to fail with another value in the record. */
describeWithLab('integration', 'recorded rules', { profile: 'v4only', engine: engineChoice }, (fixture) => {
  const box = useHost(fixture);
  const list = `nft -t list ruleset | sed -n 's/^\\t\\t//p' | tail -n 1; nft -j -t list ruleset; nft flush ruleset`;
  const table = (rule: string): string =>
    `table inet s { map interfaces { type ifname : verdict; }; set names { type ifname; }; set blocked { type ipv6_addr; }; chain zones { }; chain end { }; chain deny { }; chain elsewhere { }; chain forward { type filter hook forward priority 0; ${rule}\n }; }`;

  test.each([
    {
      program: 'nft',
      rules: Object.entries(recordedRules.nft).map(([text, statements]) => ({
        text,
        statements,
        load: `nft -f - <<'END'\n${table(text)}\nEND`,
      })),
    },
    {
      program: 'ip6tables-nft',
      rules: Object.entries(recordedRules.iptables).map(([argv, rule]) => ({
        ...rule,
        load: `ip6tables-nft -A FORWARD ${argv}`,
      })),
    },
  ])('$program prints them as recorded', async ({ rules }) => {
    const output = await box.host.apart(rules.map(({ load }) => `${load}\n${list}`).join('\n'));
    const lines = output.split('\n').filter((line) => line !== '');
    const printed = rules.map((_, index) => {
      const { nftables } = JSON.parse(lines[2 * index + 1] ?? '') as { nftables: { rule?: { expr: unknown } }[] };
      return { text: lines[2 * index], statements: nftables.flatMap(({ rule }) => rule?.expr ?? []) };
    });
    expect(printed).toEqual(rules.map(({ text, statements }) => ({ text, statements })));
  });
});
