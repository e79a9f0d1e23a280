// The program of action.yml, for the step and for its post step. It runs without `npm ci`: dist-action/action.js holds all of it (`npm run build:action`), and is part of
// released tags.
import { existsSync } from 'node:fs';

const bundle = new URL('../dist-action/action.js', import.meta.url);
if (existsSync(bundle)) {
  const { runAction } = await import(bundle.href);
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => controller.abort());
  process.exitCode = await runAction(process.env, {
    directory: process.cwd(),
    streams: process,
    signal: controller.signal,
  });
  // An idle connection to the engine must not keep the step; output that waits in a pipe may.
  setTimeout(() => process.exit(), 1000).unref();
} else {
  process.stdout.write(
    '::error title=dind64::this commit holds no built action: name a released tag, or run `npm ci && npm run build:action` in it first\n',
  );
  process.exitCode = 1;
}
