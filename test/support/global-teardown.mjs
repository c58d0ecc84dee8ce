/** Jest runs this in the process of `global-setup.mjs`, whatever the tests ended with. */
export default async function globalTeardown() {
  await globalThis.stopTestPostgres?.();
}
