export interface CaptureScript {
  /** Interfaces in order; a shell pattern such as `*` stands for all but loopback. */
  interfaces: readonly string[];
  /** A capture filter as tcpdump(8) and dumpcap take it. */
  filter?: string | undefined;
  forSeconds?: number | undefined;
  snapLength?: number | undefined;
  comment: string;
}

/**
 * The arguments of `bash -c SCRIPT capture ...`. dumpcap writes to stdout and ends, with all that it has, when the script's input ends: so a capture whose owner is
 * gone ends too. Before it, the script tells the interfaces on stderr, one line each: `interface NAME ADDRESS...`.
 */
export function renderCaptureArguments({
  interfaces,
  filter,
  forSeconds,
  snapLength,
  comment,
}: CaptureScript): string[] {
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
  return [script, 'capture', interfaces.join(' '), ...options];
}

const script = `wanted=$1; shift
names=()
for path in /sys/class/net/*; do
  name=\${path##*/}
  [[ $name != lo ]] || continue
  for pattern in $wanted; do [[ $name == $pattern && $(<"$path/flags") == 0x*[13579bdf] ]] && { names+=("$name"); break; }; done
done
((\${#names[@]} > 0)) || { echo "no interface is called $wanted and up" >&2; exit 1; }
for name in "\${names[@]}"; do
  addresses=$(ip -o address show dev "$name" scope global | awk '{ print $4 }' | tr '\\n' ' ')
  echo "interface $name $addresses" >&2
done
exec 3<&0
# A filter counts for the interfaces that are named behind it.
dumpcap "\${@}" "\${names[@]/#/-i}" 3<&- </dev/null &
capture=$!
{ cat <&3 >/dev/null; kill -INT $capture 2>/dev/null; } &
watch=$!
wait $capture
status=$?
kill $watch 2>/dev/null
exit $status`;
