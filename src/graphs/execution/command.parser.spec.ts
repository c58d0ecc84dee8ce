import { describe, expect, it } from '@jest/globals';
import { Send } from '@langchain/langgraph';
import { toCommand } from './command.parser.js';
import type { RunCommand } from './run.request.js';

describe('toCommand', () => {
  const cases: [string, RunCommand, object][] = [
    ['an answer', { resume: 'yes' }, { resume: 'yes' }],
    ['an answer that is false', { resume: false }, { resume: false }],
    ['a node', { goto: 'review' }, { goto: ['review'] }],
    ['nodes', { goto: ['one', 'two'] }, { goto: ['one', 'two'] }],
    [
      'a node with an input',
      { goto: { node: 'one', input: { a: 1 } } },
      { goto: [new Send('one', { a: 1 })] },
    ],
    ['nodes and sends', { goto: ['one', { node: 'two' }] }, { goto: ['one', new Send('two', null)] }],
    ['an update', { update: { a: 1 } }, { update: { a: 1 } }],
    [
      'an update in pairs',
      {
        update: [
          ['a', 1],
          ['a', 2],
        ],
      },
      {
        update: [
          ['a', 1],
          ['a', 2],
        ],
      },
    ],
    ['all at once', { resume: 1, goto: 'one', update: {} }, { resume: 1, goto: ['one'], update: {} }],
    ['nothing in the place of something', { goto: null, update: null, resume: 1 }, { resume: 1 }],
  ];
  it.each(cases)('reads %s', (_, wire, expected) => {
    const { resume, goto, update } = toCommand(wire);
    expect({ resume, goto, update }).toEqual({ goto: [], ...expected });
  });
});
