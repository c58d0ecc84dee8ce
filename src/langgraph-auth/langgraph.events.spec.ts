import { describe, expect, it } from '@jest/globals';
import type { AuthEventValueMap } from '@langchain/langgraph-sdk/auth';
import { LANGGRAPH_EVENTS } from './langgraph.events.js';

/** The compiler holds the list against the SDK: neither an event too many nor one too few. */
const events: Record<keyof AuthEventValueMap, true> = {
  'threads:create': true,
  'threads:read': true,
  'threads:update': true,
  'threads:delete': true,
  'threads:search': true,
  'threads:create_run': true,
  'assistants:create': true,
  'assistants:read': true,
  'assistants:update': true,
  'assistants:delete': true,
  'assistants:search': true,
  'crons:create': true,
  'crons:read': true,
  'crons:update': true,
  'crons:delete': true,
  'crons:search': true,
  'store:put': true,
  'store:get': true,
  'store:search': true,
  'store:list_namespaces': true,
  'store:delete': true,
};

describe('the events that an Auth object can register for', () => {
  it('are those of the SDK', () => {
    expect([...LANGGRAPH_EVENTS].sort()).toEqual(Object.keys(events).sort());
  });
});
