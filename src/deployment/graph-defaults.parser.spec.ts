import { describe, expect, it } from '@jest/globals';
import { ConfigurationError } from '../configuration/configuration.error.js';
import { parseGraphDefaults } from './graph-defaults.parser.js';

const config = { tags: ['a'], recursion_limit: 5, configurable: { model: 'm' }, metadata: { team: 1 } };

describe('LANGGRAPH_CONFIG', () => {
  it.each([
    [{}, {}],
    [{ agent: {} }, { agent: {} }],
    [{ agent: config }, { agent: { config } }],
    [{ agent: { configurable: { model: 'm' } } }, { agent: { config: { configurable: { model: 'm' } } } }],
    [{ agent: { config } }, { agent: { config } }],
    [{ agent: { context: { tone: 'dry' } } }, { agent: { context: { tone: 'dry' } } }],
    [{ agent: { config, context: {} } }, { agent: { config, context: {} } }],
  ])('is read by graph: %j', (setting, defaults) => {
    expect(parseGraphDefaults(setting, ['agent', 'other'])).toEqual(defaults);
  });

  const WRONG =
    'LANGGRAPH_CONFIG has a wrong value (not shown) for the graph "agent": it must be a config of tags, recursion_limit, configurable and metadata, or { "config": ..., "context": ... }.';
  it.each([
    [
      { nobody: {} },
      'LANGGRAPH_CONFIG names the graph "nobody", which is not served: known are agent, other.',
    ],
    [
      { toString: {} },
      'LANGGRAPH_CONFIG names the graph "toString", which is not served: known are agent, other.',
    ],
    [{ agent: 5 }, WRONG],
    [{ agent: null }, WRONG],
    [{ agent: [] }, WRONG],
    [{ agent: { model: 'hunter2' } }, WRONG],
    [{ agent: { config: { model: 'hunter2' } } }, WRONG],
    [{ agent: { config: {}, tags: [] } }, WRONG],
    [{ agent: { recursion_limit: 0 } }, WRONG],
    [{ agent: { tags: 'a' } }, WRONG],
    [{ agent: { context: 'dry' } }, WRONG],
  ])('is refused in one sentence: %j', (setting, sentence) => {
    expect(() => parseGraphDefaults(setting, ['agent', 'other'])).toThrow(new ConfigurationError(sentence));
  });
});
