import { InvalidArgumentError, Option } from 'commander';
import { DindError } from '../errors.js';
import { verify } from '../index.js';
import { writeOutputs } from '../output-file.js';
import { parseCheckTarget } from '../settings/names.js';
import type { CheckTarget } from '../settings/types.js';
import { renderVerifyHtml } from '../verify/render-html.js';
import { renderVerifyJunit } from '../verify/render-junit.js';
import { renderVerifyText } from '../verify/render-text.js';
import type { Registration } from './verb.js';

interface Options {
  json: boolean;
  all: boolean;
  target: CheckTarget[];
  html?: string;
  junit?: string;
}

export const registerVerify: Registration = (program, run) => {
  program
    .command('verify')
    .description('try every way from pods, nodes and the engine host, and say what is not as it should be')
    .option('--json', 'for programs', false)
    .option('--all', 'every cell on a line of its own', false)
    .option('--html <file>', 'write a page as well: self-contained, for a bug report')
    .option('--junit <file>', "write JUnit's XML as well, for CI")
    .addOption(
      new Option('--target <name[:port]>', 'a target of your own; may be given several times')
        .argParser(addTarget)
        .default([], 'DIND_CHECK_TARGETS'),
    )
    .action((options: Options) =>
      run('verify', {}, async ({ context, streams }) => {
        const result = await writeOutputs(
          [
            { file: options.html, render: renderVerifyHtml },
            { file: options.junit, render: renderVerifyJunit },
          ],
          () => verify(context, { targets: options.target }),
          (made) =>
            streams.stdout.write(
              options.json ? `${JSON.stringify(made, null, 2)}\n` : renderVerifyText(made, options.all),
            ),
        );
        return result.outcome === 'ok' ? 0 : 1;
      }),
    );
};

function addTarget(text: string, others: CheckTarget[]): CheckTarget[] {
  try {
    return [...others, parseCheckTarget(text)];
  } catch (error) {
    if (!(error instanceof DindError)) throw error;
    throw new InvalidArgumentError(error.observed);
  }
}
