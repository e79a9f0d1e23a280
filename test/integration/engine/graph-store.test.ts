import { describeVerbs } from './suites/all.js';

describeVerbs('graph');
