import type { Readable } from 'node:stream';

/** One JSON line of a pull, build, import or load (moby, pkg/jsonmessage). */
export interface ProgressMessage {
  stream?: string;
  status?: string;
  id?: string;
  progressDetail?: { current?: number; total?: number };
  error?: string;
  errorDetail?: { message?: string; code?: number };
  aux?: { ID?: string };
}

/** Reads the engine's messages one by one. Errors come as messages too: the HTTP status was sent long before. */
export async function* readMessages(body: Readable): AsyncGenerator<ProgressMessage> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as ProgressMessage;
  }
  if (rest.trim() !== '') yield JSON.parse(rest) as ProgressMessage;
}

/** The text of a failure, if the message is one. */
export function failureOf(message: ProgressMessage): string | undefined {
  return message.errorDetail?.message ?? message.error;
}
