/** For tests of policies and of own resources. Not imported by the server. */
export { createAuthTestBed, type AuthTestBedOptions } from './auth-test-bed.js';
export { AuthTestBed, type BedDecision, type BedReplayOptions } from './bed.js';
export type { BedAnswer, BedCall, BedClient, BedRequests, ResourceClient } from './bed.client.js';
export type { BedUser } from './bed.user.js';
export type { MatrixOptions } from './policy.matrix.js';
export type { PropertyCase, PropertyOptions } from './policy.property.js';
export * from './replay/index.js';
