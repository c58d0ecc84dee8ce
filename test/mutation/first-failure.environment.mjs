import { TestEnvironment } from 'jest-environment-node';

/** Once one test has noticed a mutant, the others of its file need not run: of those that wait for what never comes, each would. */
export default class FirstFailureEnvironment extends TestEnvironment {
  hasFailed = false;

  handleTestEvent({ name, test }) {
    if (name === 'test_done') this.hasFailed ||= test.errors.length > 0;
    if (name === 'test_start' && this.hasFailed) test.mode = 'skip';
  }
}
