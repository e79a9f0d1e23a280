import { howTo } from '../how-to.js';

/** What the logs of nodes say when the engine host has run short of something, in the kernel's, systemd's and the kubelet's words, and what helps. */
const listCauses = (): { pattern: RegExp; remedy: string }[] => [
  {
    pattern:
      /inotify[^\n]*(no space left|limit)|(no space left|limit)[^\n]*inotify|failed to (create|allocate) (an )?inotify|too many open files/i,
    remedy: `the engine host gives out too few inotify instances or watches: sudo sysctl fs.inotify.max_user_instances=512 fs.inotify.max_user_watches=524288; then \`${howTo('up')}\``,
  },
  {
    pattern: /no space left on device|disk quota exceeded|etcdserver: mvcc: database space exceeded/i,
    remedy: `the disk of the engine is full: \`docker system df\` shows what uses it, \`docker system prune\` and \`${howTo('clean --images')}\` free some; then \`${howTo('up')}\``,
  },
  {
    pattern: /out of memory|oom-kill|oom_kill|cannot allocate memory|killed process \d+/i,
    remedy: `the engine host has too little memory: give it (or its virtual machine) more, or make fewer nodes with DIND_NUM_WORKERS; then \`${howTo('up')}\``,
  },
  {
    pattern: /certificate has expired or is not yet valid|x509: [^\n]*(before|after) \d{4}-/i,
    remedy: `a certificate is not valid at the time that the engine host has: set its clock right (\`timedatectl\`, or restart Docker Desktop); where the cluster was made with a wrong one: \`${howTo('clean')}\`, then \`${howTo('up')}\``,
  },
];

/** For each shortage that the text tells of: its first line about it, and what to do. A line counts once: inotify's limits and the disk's both say `No space left on device`. */
export function findKnownCauses(text: string): { seen: string; remedy: string }[] {
  let lines = text.split('\n');
  return listCauses().flatMap(({ pattern, remedy }) => {
    const line = lines.find((one) => pattern.test(one));
    lines = lines.filter((one) => !pattern.test(one));
    return line === undefined ? [] : [{ seen: excerpt(line.trim(), pattern), remedy }];
  });
}

/** A line of the kubelet's may be of any length, with what counts at its end. */
function excerpt(line: string, pattern: RegExp): string {
  if (line.length <= 300) return line;
  const at = pattern.exec(line)?.index ?? 0;
  const from = Math.max(0, at - 150);
  return `${from > 0 ? '... ' : ''}${line.slice(from, at + 150)}`;
}
