import { definitions } from './definitions.js';
import { keptNames, needlessNames, refusedNames, refusedPattern, renamedNames } from './legacy-names.js';

const all = Object.values(definitions);

/** The text of .env.example: every setting, commented out, with its meaning, what is allowed, and its default. */
export function renderEnvExample(): string {
  const blocks = all.map(({ name, meaning, allowed, defaultMeaning, default: text }) =>
    [
      ...[plain(meaning), `Allowed: ${allowed}.`].flatMap((sentence) => wrap(sentence, 98).map((line) => `# ${line}`)),
      ...(defaultMeaning === undefined ? [] : [`# Default: ${plain(defaultMeaning)}.`]),
      `#${name}=${defaultMeaning === undefined ? (text ?? '') : ''}`,
    ].join('\n'),
  );
  return `${['# Settings of dind64: copy to .env and change, or set them in the environment, which wins.\n# Empty means not set. Written by the script docs:settings.', ...blocks].join('\n\n')}\n`;
}

/** The settings table of docs/settings.md, as Markdown. */
export function renderSettingsTable(): string {
  const rows = all.map(
    ({ name, meaning, defaultMeaning, default: text }) =>
      `| \`${name}\` | ${defaultMeaning ?? `\`${text ?? ''}\``} | ${meaning} |`,
  );
  return ['| Setting | Default | Meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

/** What became of the settings of kubeadm-dind-cluster, as Markdown: docs/kubeadm-dind-cluster.md. */
export function renderLegacyTable(): string {
  const refused = [...Object.entries(refusedNames), [refusedPattern.name, refusedPattern.reason] as const];
  const rows = [
    ...Object.entries(keptNames).map(([name, meaning]) => [code(name), 'kept', meaning]),
    ...renamedNames.map(({ name, today, shared, meaning }) => [
      code(name),
      `${shared === true ? 'not read, ' : ''}now ${code(today)}`,
      meaning,
    ]),
    ...refused.map(([name, reason]) => [
      name.split(', ').map(code).join(', '),
      name.startsWith('DIND_') ? 'refused' : 'passed over',
      reason,
    ]),
    ...Object.entries(needlessNames).map(([name, reason]) => [code(name), 'passed over', reason]),
  ];
  return [
    '| kubeadm-dind-cluster | dind64 | |',
    '| --- | --- | --- |',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
  ].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

function plain(markdown: string): string {
  return markdown.replaceAll('`', '');
}

function wrap(text: string, width: number): string[] {
  return text.split(' ').reduce<string[]>((lines, part) => {
    const last = lines.at(-1);
    return last !== undefined && `${last} ${part}`.length <= width
      ? [...lines.slice(0, -1), `${last} ${part}`]
      : [...lines, part];
  }, []);
}
