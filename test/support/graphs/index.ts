import { createAgentGraph } from '../../../src/graphs/agent/agent.graph.js';
import { chatGraph } from './chat.graph.js';
import { contextGraph } from './context.graph.js';
import { customGraph } from './custom.graph.js';
import { deltaGraph } from './delta.graph.js';
import { failingGraph } from './failing.graph.js';
import { memoryGraph } from './memory.graph.js';
import { nestedGraph } from './nested.graph.js';
import { reviewGraph } from './review.graph.js';
import { slowGraph, stubbornGraph } from './slow.graph.js';
import { stepsGraph } from './steps.graph.js';
import { toolGraph } from './tool.graph.js';

export {
  chatGraph,
  contextGraph,
  customGraph,
  deltaGraph,
  failingGraph,
  memoryGraph,
  nestedGraph,
  reviewGraph,
  slowGraph,
  stepsGraph,
  stubbornGraph,
  toolGraph,
};

/** Real graphs for tests, by graph id. None needs a network. */
export const testGraphs = {
  agent: createAgentGraph(),
  chat: chatGraph,
  context: contextGraph,
  custom: customGraph,
  delta: deltaGraph,
  failing: failingGraph,
  memory: memoryGraph,
  nested: nestedGraph,
  review: reviewGraph,
  slow: slowGraph,
  steps: stepsGraph,
  stubborn: stubbornGraph,
  tool: toolGraph,
};
