/** What stands between `<!-- NAME -->` and `<!-- /NAME -->`, without the line breaks at its ends. Throws when the markers are not there. */
export function readBetween(text: string, name: string): string {
  return findMarked(text, name).inner.trim();
}

/** `text` with `inner` between the markers, on lines of its own. */
export function replaceBetween(text: string, name: string, inner: string): string {
  const { start, end } = findMarked(text, name);
  return `${text.slice(0, start)}\n${inner}\n${text.slice(end)}`;
}

function findMarked(text: string, name: string): { start: number; end: number; inner: string } {
  const opening = `<!-- ${name} -->`;
  const start = text.indexOf(opening) + opening.length;
  const end = text.indexOf(`<!-- /${name} -->`, start);
  if (!text.includes(opening) || end === -1) throw new Error(`there is no ${opening} ... <!-- /${name} -->`);
  return { start, end, inner: text.slice(start, end) };
}
