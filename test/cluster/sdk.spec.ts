// The same proofs on two API and two worker processes behind a proxy; test/support/jest.cluster.config.mjs has all specs.
process.env.ONAUTH_TEST_CLUSTER = '1';
await import('../sdk/sdk.spec.js');

export {};
