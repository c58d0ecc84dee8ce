/**
 * Whether the specs run against four processes behind a proxy instead of one application: `npm run test:cluster` sets it for all of
 * them, and the specs of test/cluster for those that they import.
 */
export const IS_CLUSTER = process.env.ONAUTH_TEST_CLUSTER === '1';
