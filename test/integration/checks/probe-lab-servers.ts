import { createSocket, type RemoteInfo } from 'node:dgram';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { decode, encode, RECURSION_DESIRED, type Answer, type Packet } from 'dns-packet';

/** The servers of probe-lab.bash: answers by name, so that every way of answering badly has one. */
const cname: Answer = { type: 'CNAME', name: 'alias.example', ttl: 60, data: 'a-label-of-exactly-ten.dual.example' };
const v4: Answer = { type: 'A', name: 'dual.example', ttl: 60, data: '192.0.2.80' };
const v6: Answer = { type: 'AAAA', name: 'dual.example', ttl: 60, data: '2001:db8:80::1' };
const records: Record<string, { rcode?: number; answers?: Answer[] }> = {
  'dual.example': { answers: [v4, v6] },
  'kubernetes.example': { answers: [v6] },
  'alias.example': { answers: [cname, v4, v6] },
  'many.example': {
    answers: [...Array.from({ length: 20 }, (_, index): Answer => ({ ...v6, data: `2001:db8:80::${index + 1}` }))],
  },
  'empty.example': { answers: [] },
  'servfail.example': { rcode: 2 },
  'refused.example': { rcode: 5 },
};

function serveDns(address: string, delayed: boolean): Promise<void> {
  const socket = createSocket({ type: 'udp6' });
  const lost = new Set<string>();
  const answer = async (message: Buffer, peer: RemoteInfo): Promise<void> => {
    const query = decode(message);
    const [question] = query.questions ?? [];
    const name = question?.name ?? '';
    if (name === 'silent.example') return;
    if (name === 'lossy.example' && !lost.has(name)) {
      lost.add(name);
      return;
    }
    if (delayed) await delay(50);
    const { rcode = 0, answers = [] } = records[name] ?? (name === 'lossy.example' ? { answers: [v6] } : { rcode: 3 });
    const packet: Packet = {
      type: 'response',
      id: query.id ?? 0,
      flags: ((query.flags ?? 0) & RECURSION_DESIRED) | rcode,
      questions: query.questions ?? [],
      answers: answers.filter((answer) => answer.type === question?.type || answer.type === 'CNAME'),
    };
    socket.send(name === 'dual.example' ? compress(encode(packet), name) : encode(packet), peer.port, peer.address);
  };
  socket.on('message', (message, peer) => void answer(message, peer));
  return new Promise((resolve) => socket.bind(53, address, resolve));
}

/** Real servers write the name of an answer as a pointer to the question's (RFC 1035 4.1.4); dns-packet never does. */
function compress(packet: Buffer, name: string): Buffer {
  const written = Buffer.concat([
    ...name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.from([0]),
  ]);
  const question = 12 + written.length + 4;
  const answers = packet.subarray(question).toString('latin1').replaceAll(written.toString('latin1'), '\xc0\x0c');
  return Buffer.concat([packet.subarray(0, question), Buffer.from(answers, 'latin1')]);
}

function serveEcho(address: string): Promise<void> {
  const socket = createSocket({ type: 'udp6' });
  socket.on('message', (message, peer) => socket.send(message, peer.port, peer.address));
  return new Promise((resolve) => socket.bind(7, address, resolve));
}

function serveTcp(address: string, port: number): Promise<void> {
  return new Promise((resolve) => createServer((socket) => socket.end()).listen(port, address, resolve));
}

await Promise.all([
  serveDns('2001:db8:53::1', false),
  serveDns('2001:db8:53::2', true),
  serveTcp('2001:db8:80::1', 80),
  serveTcp('192.0.2.80', 443),
  serveEcho('2001:db8:80::1'),
]);
process.stdout.write('ready\n');
