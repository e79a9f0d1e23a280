import type { HelperCluster } from './cluster.js';

export interface Answer {
  status: string;
  records: { name: string; ttl: number; type: string; data: string }[];
}

export interface AskOptions {
  tcp?: boolean;
  server?: string;
  flags?: string[];
}

/** `name TYPE` questions to DNS64 from the stand-in for a node, one after the other in one run of kdig. */
export async function ask(
  { plan, inNode }: HelperCluster,
  questions: string[],
  { tcp = false, server = plan.dns64.address, flags = [] }: AskOptions = {},
): Promise<Answer[]> {
  const options = [...(tcp ? ['+tcp'] : []), '+time=8', '+retry=0', '+noall', '+header', '+answer', ...flags];
  const { stdout, stderr } = await inNode([
    'kdig',
    `@${server}`,
    ...questions.flatMap((question) => [...question.split(' '), ...options]),
  ]);
  const answers = stdout
    .split(/^(?=;; ->>HEADER<<-)/m)
    .filter((part) => part.startsWith(';; ->>HEADER'))
    .map(parseAnswer);
  if (answers.length !== questions.length)
    throw new Error(`${questions.length} questions, ${answers.length} answers:\n${stdout}${stderr}`);
  return answers;
}

/** Addresses, names or texts of the records of that type, sorted. */
export function dataOf(answer: Answer | undefined, type: string): string[] {
  return (answer?.records ?? [])
    .filter((record) => record.type === type)
    .map((record) => record.data)
    .sort();
}

function parseAnswer(text: string): Answer {
  const status = /status: (\w+)/.exec(text)?.[1] ?? '';
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith(';'));
  const records = lines
    .map((line) => line.split(/\s+/))
    .map(([name = '', ttl = '', , type = '', ...data]) => ({ name, ttl: Number(ttl), type, data: data.join(' ') }));
  return { status, records };
}
