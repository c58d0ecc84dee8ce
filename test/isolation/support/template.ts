import type { Template as ReplayTemplate } from '../../../src/testing/replay/template.js';
import type { Ids } from './ids.js';
import type { OwnWorld } from './own.world.js';

/** A request of the agent server, made of the ids of its rows. */
export type Template = ReplayTemplate<Ids, OwnWorld>;
