/** What a runner reads out of a file that a step has written (name, delimiter, value; GitHub, "Workflow commands: multiline strings"). */
export function readRunnerFile(text: string): Record<string, string> {
  const lines = text.split('\n');
  const values: Record<string, string> = {};
  for (let index = 0; index < lines.length; index++) {
    const [, name = '', delimiter = ''] = /^([^<=]+)<<(.+)$/.exec(lines[index] ?? '') ?? [];
    if (name === '') continue;
    const end = lines.indexOf(delimiter, index + 1);
    values[name] = lines.slice(index + 1, end).join('\n');
    index = end;
  }
  return values;
}
