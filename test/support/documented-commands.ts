/** A command that a page shows, and where. */
export interface DocumentedCommand {
  /** `README.md:27`. */
  where: string;
  argv: string[];
}

const fence = /^\s*```(\w*)/;
/** In prose, in tables and in what `up` prints. */
const inText =
  /(?:\b[A-Z][A-Z0-9_]*=[^\s`]+ )*npm (?:--prefix \S+ )?(?:run [a-z][a-z0-9:-]*|test)(?: [^`#]*?)?(?=`|#| {2,}|[,;:)]|\.?$)/g;

/** All command lines of a page in Markdown: those of `sh` and `console` blocks, and what begins with `npm` anywhere. */
export function readDocumentedCommands(page: string, text: string): DocumentedCommand[] {
  let block: string | undefined;
  return text.split('\n').flatMap((line, index) => {
    const [isFence, language = ''] = fence.exec(line) ?? [];
    if (isFence !== undefined) {
      block = block === undefined ? language : undefined;
      return [];
    }
    const shown = block === 'sh' ? [line] : block === 'console' ? (/^\$ (.*)/.exec(line)?.slice(1) ?? []) : undefined;
    const lines = shown ?? [...line.matchAll(inText)].map(([found]) => found);
    return lines
      .flatMap((one) => one.replace(/(^|\s)#.*/, '').split('&&'))
      .map((one) => parseCommand(`${page}:${index + 1}`, one.replaceAll('\\|', '|')))
      .filter(({ argv }) => argv.length > 0);
  });
}

/** Variables before it are left out. */
function parseCommand(where: string, line: string): DocumentedCommand {
  const words = (line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []).map((word) => word.replace(/['"]/g, ''));
  const first = words.findIndex((word) => !/^[A-Z][A-Z0-9_]*=/.test(word));
  return { where, argv: first < 0 ? [] : words.slice(first) };
}
