import type { Command } from 'commander';
import type { Paint } from '../progress/text.js';
import type { Context } from '../cluster/context.js';
import type { StartsEngine } from '../cluster/engine-choice.js';
import type { Streams } from '../cluster/results.js';

/** What a verb's action is given: the library's context, streams of which it writes results to stdout only, and colours for what it writes there (none where it is no terminal). */
interface Invocation {
  context: Context;
  streams: Streams;
  paint: Paint;
}

/** A verb's work; the number, where there is one, is the exit code. */
export type Action = (invocation: Invocation) => Promise<number | void>;

export interface VerbTraits {
  /** --verbose: each command in a container is shown. */
  verbose?: boolean;
  /** Whether the verb may start the embedded engine where no Docker is installed. Default `never`. */
  startsEngine?: StartsEngine;
  /** What a user does after an interruption: an instruction, `undefined` where nothing can be left behind. */
  afterInterruption?: string;
}

/** Carries an action out with everything around it: settings, context, signals, errors. */
export type Runner = (verb: string, traits: VerbTraits, action: Action) => Promise<void>;

/** Adds one verb to the program. */
export type Registration = (program: Command, run: Runner) => void;
