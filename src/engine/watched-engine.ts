import type { Engine, ExecResult } from './types.js';

/** A command that ran in a container; `exitCode` is absent where it could not be run to its end. */
export interface RanCommand {
  where: string;
  argv: string[];
  durationMs: number;
  exitCode?: number | undefined;
}

/** The same engine, whose commands in containers are told of when they have ended. */
export function watchEngine(engine: Engine, onCommand: (command: RanCommand) => void): Engine {
  const watch = async (where: string, argv: readonly string[], run: () => Promise<ExecResult>): Promise<ExecResult> => {
    const start = performance.now();
    const tell = (result?: ExecResult): void => {
      onCommand({
        where,
        argv: [...argv],
        durationMs: Math.round(performance.now() - start),
        exitCode: result?.exitCode,
      });
    };
    try {
      const result = await run();
      tell(result);
      return result;
    } catch (error) {
      tell();
      throw error;
    }
  };
  const watched: Pick<Engine, 'exec' | 'run'> = {
    exec: (container, argv, options) => watch(container, argv, () => engine.exec(container, argv, options)),
    run: (spec, options) =>
      watch(spec.image, [...(spec.entrypoint ?? []), ...(spec.command ?? [])], () => engine.run(spec, options)),
  };
  return new Proxy(engine, {
    get: (target, name) => {
      if (name === 'exec' || name === 'run') return watched[name];
      const value: unknown = Reflect.get(target, name, target);
      // The engine's own fields are private: its methods must be called on itself.
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}
