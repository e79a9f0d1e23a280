import { stripVTControlCharacters, styleText } from 'node:util';

/** Colours by meaning; without colours the text as it is. */
export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  dim(text: string): string;
  strong(text: string): string;
  warning(text: string): string;
}

export function createPaint(colours: boolean): Paint {
  const with_ =
    (format: Parameters<typeof styleText>[0]) =>
    (text: string): string =>
      colours && text !== '' ? styleText(format, text, { validateStream: false }) : text;
  return {
    good: with_('green'),
    bad: with_('red'),
    dim: with_('dim'),
    strong: with_('bold'),
    warning: with_('yellow'),
  };
}

/** The first line of what another program wrote, without control characters, which could move the cursor. */
export function firstLine(text: string): string {
  return toPlainLines(text)[0] ?? '';
}

/** Lines without control characters; empty ones at the ends are left out. */
function toPlainLines(text: string): string[] {
  return stripVTControlCharacters(text)
    .trim()
    .split(/\r\n|\n|\r/)
    .map((line) => line.replaceAll('\t', '  ').replace(/[\u0000-\u001f\u007f-\u009f]/g, ''));
}

/** At most `width` characters, the last one an ellipsis where something was cut. */
export function fit(text: string, width: number): string {
  const characters = [...text];
  if (characters.length <= width) return text;
  return width <= 0 ? '' : `${characters.slice(0, width - 1).join('')}…`;
}
