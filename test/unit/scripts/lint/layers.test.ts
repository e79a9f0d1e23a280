import { fileURLToPath } from 'node:url';
import { ESLint, Linter } from 'eslint';
import { expect, test } from 'vitest';

const cwd = fileURLToPath(new URL('../../../..', import.meta.url));

test.each([
  ['src/main.ts', './cli/program.js', true],
  ['src/main.ts', './verbs/up.js', false],
  ['src/cli/up.ts', '../index.js', true],
  ['src/cli/up.ts', '../verbs/up.js', false],
  ['src/checks/check-pod.ts', '../cluster/run-kubectl.js', true],
  ['src/checks/check-pod.ts', '../steps/lists.js', false],
  ['src/cluster/access.ts', '../verbs/contexts.js', false],
  ['src/cluster/helpers/dns64.ts', '../access.js', true],
  ['src/cluster/helpers/dns64.ts', '../../engine/types.js', true],
  ['src/cluster/helpers/dns64.ts', '../../steps/helpers.js', false],
  ['src/plan/types.ts', '../engine/types.js', true],
  ['src/plan/types.ts', '../engine/exec.js', false],
  ['src/plan/types.ts', '../engine/types-of-something-else.js', false],
  ['src/plan/types.ts', 'node:path', false],
  ['src/render/nat64.ts', 'node:fs', false],
  ['src/net/cidr.ts', 'node:net', false],
  ['src/net/cidr.ts', 'ipaddr.js', true],
  ['src/engine/connect.ts', 'dockerode', true],
  ['src/host/facts.ts', 'dockerode', false],
  ['src/results/status.ts', '../errors.js', false],
  ['src/errors.ts', './labels.js', false],
  ['src/verbs/up.ts', '../../test/lab/lab.js', false],
  ['src/folder-without-a-row/a.ts', '../errors.js', false],
  ['src/file-without-a-row.ts', './errors.js', false],
])(
  '%s and the import of %s',
  async (file, imported, allowed) => {
    const config = (await new ESLint({ cwd }).calculateConfigForFile(file)) as Linter.Config;
    const rule = config.rules?.['no-restricted-imports'];
    const messages = new Linter().verify(`import '${imported}';`, [
      { rules: rule === undefined ? {} : { 'no-restricted-imports': rule } },
    ]);
    expect(messages).toHaveLength(allowed ? 0 : 1);
    // A busy machine takes seconds to load the configuration.
  },
  60_000,
);
