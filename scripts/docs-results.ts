import { updateResults } from './results/update.js';

/** Writes the tables in README.md and docs/ that show what runs have found (docs/results). */
await updateResults();
