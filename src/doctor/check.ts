import type { DoctorFinding } from '../results/doctor.js';
import type { DoctorFacts, DoctorParts, Known } from './facts.js';

export type Outcome = Pick<DoctorFinding, 'status' | 'seen' | 'remedy'>;

/** One question about the engine, its host or this machine: pure. */
export interface Check {
  id: string;
  title: string;
  /** What is looked at, for people. */
  looked: string;
  evaluate(facts: DoctorFacts): Outcome;
}

export function ok(seen: string): Outcome {
  return { status: 'ok', seen };
}

export function warning(seen: string, remedy?: string): Outcome {
  return { status: 'warning', seen, remedy };
}

export function failure(seen: string, remedy?: string): Outcome {
  return { status: 'failure', seen, remedy };
}

export function unknown(seen: string): Outcome {
  return { status: 'unknown', seen };
}

/** A part of the facts where it could be read. */
export function known<T>(part: Known<T>): T | undefined {
  return 'known' in part ? part.known : undefined;
}

/** A check that needs some parts of the facts: unknown, with the reason, where one of them could not be read. */
export function checkOf<Needed extends keyof DoctorParts>(
  about: Pick<Check, 'id' | 'title' | 'looked'>,
  needed: readonly Needed[],
  judge: (parts: Pick<DoctorParts, Needed>, facts: DoctorFacts) => Outcome,
): Check {
  return {
    ...about,
    evaluate: (facts) => {
      const parts: Partial<Pick<DoctorParts, Needed>> = {};
      for (const name of needed) {
        const part = facts[name];
        if ('unknown' in part) return unknown(part.unknown);
        parts[name] = part.known as DoctorParts[Needed];
      }
      return judge(parts as Pick<DoctorParts, Needed>, facts);
    },
  };
}
