import { updateResults } from './results/update.js';

/** Writes the tables of README.md that show what runs have found (docs/results). */
await updateResults();
