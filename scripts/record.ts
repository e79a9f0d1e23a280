import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';

/**
 * Records a command's terminal in asciinema's format (https://docs.asciinema.org/manual/asciicast/v2/): `npm run docs:record -- up.cast node bin/dind64.mjs up`.
 * `script` of util-linux gives the terminal; pauses longer than two seconds are made that long.
 */
const size = { width: 110, height: 32 };
const longestPauseMs = 2000;

const [file = '', ...argv] = process.argv.slice(2);
if (file === '' || argv.length === 0) throw new Error('usage: record FILE COMMAND [ARGUMENT...]');
const command = argv.map((argument) => `'${argument.replaceAll("'", `'\\''`)}'`).join(' ');
const child = spawn(
  'script',
  [
    '--quiet',
    '--return',
    '--flush',
    '--command',
    `stty cols ${size.width} rows ${size.height}; exec ${command}`,
    '/dev/null',
  ],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TERM: 'xterm-256color' },
  },
);

const events: [number, 'o', string][] = [];
let lastMs = performance.now();
let atMs = 0;
child.stdout.setEncoding('utf8').on('data', (text: string) => {
  const nowMs = performance.now();
  atMs += Math.min(longestPauseMs, nowMs - lastMs);
  lastMs = nowMs;
  events.push([Math.round(atMs) / 1000, 'o', text]);
});
child.on('close', (code) => {
  const header = { version: 2, ...size, title: `$ ${argv.join(' ')}`, env: { TERM: 'xterm-256color' } };
  writeFileSync(file, [header, ...events].map((line) => `${JSON.stringify(line)}\n`).join(''));
  process.exitCode = code ?? 1;
});
