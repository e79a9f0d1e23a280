import { runVerb } from '../../../src/cli/run-verb.js';
import { main } from '../../../src/main.js';

/** The command line in a process of its own, for what needs signals and crashes. `crash`: a verb that forgets a rejected promise. */
const { stdin, stdout, stderr } = process;
const [verb = '', ...argv] = process.argv.slice(2);
if (verb === 'crash') {
  const action = async (): Promise<void> => {
    void Promise.reject(new TypeError('nobody awaits this'));
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  };
  process.exit(
    await runVerb('up', {}, action, {
      env: process.env,
      directory: process.cwd(),
      streams: { stdin, stdout, stderr },
      exit: process.exit,
    }),
  );
}
process.exit(await main([verb, ...argv], process.env, { stdin, stdout, stderr }));
