/**
 * The replay of every route as somebody else, for tests of any application with `OnAuthModule`: `onauth-server/testing/replay`.
 *
 * @example import { replayAsOthers } from 'onauth-server/testing/replay';
 */
export { replayAsOthers, type IsolationOptions, type IsolationReport } from './isolation.js';
export type { Ask, MakeRows } from './own.rows.js';
export type { Ids, Template, World } from './template.js';
