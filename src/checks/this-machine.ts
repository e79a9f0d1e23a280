import { execa } from 'execa';
import type { Vantage } from './run-probe.js';

/** This machine's own network, without any container: for what is known before there is an engine or an image. It needs bash 5. */
export function fromThisMachine(): Vantage {
  return {
    name: 'this machine',
    execute: async ([program = '', ...argv], { stdin, signal, onLine }) => {
      const child = execa(program, argv, {
        reject: false,
        ...(typeof stdin === 'string' ? { input: stdin } : {}),
        ...(signal === undefined ? {} : { cancelSignal: signal }),
      });
      if (onLine !== undefined) for await (const line of child) onLine(line, 'stdout');
      const { exitCode = 127, stdout, stderr } = await child;
      return { exitCode, stdout, stderr };
    },
  };
}
