export interface CaptureRequest {
  /** Interfaces in order; a shell pattern such as `*` stands for all but loopback. */
  interfaces: readonly string[];
  /** A capture filter as tcpdump(8) and dumpcap take it. */
  filter?: string | undefined;
  forSeconds?: number | undefined;
  snapLength?: number | undefined;
  comment: string;
}

/** The arguments of shell/capture.bash. */
export function renderCaptureArguments({
  interfaces,
  filter,
  forSeconds,
  snapLength,
  comment,
}: CaptureRequest): string[] {
  const options = [
    '-q',
    '-w',
    '-',
    '--capture-comment',
    comment,
    ...(forSeconds === undefined ? [] : ['-a', `duration:${forSeconds}`]),
    ...(snapLength === undefined ? [] : ['-s', String(snapLength)]),
    ...(filter === undefined ? [] : ['-f', filter]),
  ];
  return [interfaces.join(' '), ...options];
}
