import { images } from '../index.js';
import { renderTable } from './render-table.js';
import type { ImageStatus } from '../cluster/results.js';
import type { Registration } from './verb.js';
import { howTo } from '../how-to.js';

export const registerImages: Registration = (program, run) => {
  program
    .command('images')
    .description('pull or build all images that `up` needs, and list them')
    .action(() =>
      run(
        'images',
        { startsEngine: 'always', afterInterruption: `\`${howTo('images')}\` again makes the rest` },
        async ({ context, streams }) => {
          streams.stdout.write(renderImages(await images(context)));
        },
      ),
    );
};

function renderImages(all: readonly ImageStatus[]): string {
  const rows = all.map(({ purpose, reference, present, sizeBytes }) => [
    purpose,
    reference,
    present ? formatSize(sizeBytes) : 'missing',
  ]);
  return renderTable(['PURPOSE', 'IMAGE', 'SIZE'], rows);
}

function formatSize(sizeBytes: number | undefined): string {
  return sizeBytes === undefined ? 'unknown' : `${Math.round(sizeBytes / 1e6)} MB`;
}
