import { writeFileSync } from 'node:fs';

/** Leaves Jest's own counts in the file that ONAUTH_JEST_REPORT names, for CI to print at the very end. */
export default class CountReporter {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numFailedTestSuites }) {
    const file = process.env.ONAUTH_JEST_REPORT;
    if (file) writeFileSync(file, JSON.stringify({ numPassedTests, numFailedTests, numFailedTestSuites }));
  }
}
