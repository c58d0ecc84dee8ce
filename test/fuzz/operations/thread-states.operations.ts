import { GRAPH } from '../support/model.js';
import {
  expectSame,
  firstOf,
  listIn,
  objectIn,
  operation,
  place,
  statusOf,
  verdict,
} from '../support/operation.js';
import { isRefusal } from '../support/rules.js';

const read = operation('read the state of a thread', 3, { thread: place }, (scene, { thread }) => {
  const { id, row } = scene.model.threads.at(thread);
  return {
    request: { method: 'GET', url: `/threads/${id}/state` },
    status: statusOf(verdict(scene, 'threads', 'read'), row),
    settle: (answer) => expectSame('the number of steps', stepsIn(objectIn(answer).values), row?.steps),
  };
});

const history = operation('read the history of a thread', 3, { thread: place }, (scene, { thread }) => {
  const { id, row } = scene.model.threads.at(thread);
  return {
    request: { method: 'POST', url: `/threads/${id}/history`, body: { limit: 100 } },
    status: statusOf(verdict(scene, 'threads', 'read'), row),
    settle: (answer) => expectSame('the length of the history', listIn(answer).length, row?.checkpoints),
  };
});

const update = operation('change the state of a thread', 2, { thread: place }, (scene, { thread }) => {
  const { model } = scene;
  const { id, row } = model.threads.at(thread);
  const toUpdate = verdict(scene, 'threads', 'update');
  return {
    request: {
      method: 'POST',
      url: `/threads/${id}/state`,
      body: { values: { steps: ['changed'] }, as_node: 'three' },
    },
    status: firstOf(
      isRefusal(toUpdate) ? 403 : 200,
      statusOf(verdict(scene, 'threads', 'read'), row),
      statusOf(toUpdate, row),
      model.isBusy(id) ? 409 : 200,
      row?.metadata.graph_id === GRAPH ? 200 : 400,
    ),
    settle() {
      if (!row) return;
      row.checkpoints += 1;
      row.steps += 1;
    },
  };
});

export const threadStateOperations = [read, history, update];

function stepsIn(values: unknown): number {
  const { steps = [] } = (values ?? {}) as { steps?: readonly unknown[] };
  return steps.length;
}
