import { describeVerbs } from './suites/all.js';

// The default of Docker 29.
describeVerbs('containerd');
