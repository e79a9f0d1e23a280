/** The parts of a script's output that each begin with a line `@@ name`, without the blank lines at their ends. */
export function splitSections(text: string): Map<string, string> {
  const parts = `\n${text}`.split(/\n@@ (\S+)\n/);
  return new Map(
    Array.from({ length: (parts.length - 1) / 2 }, (_, index) => [
      parts[2 * index + 1] ?? '',
      (parts[2 * index + 2] ?? '').replace(/\n+$/, ''),
    ]),
  );
}
