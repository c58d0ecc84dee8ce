import { v7 as uuid } from 'uuid';
import { callerOf, type TestApplication } from '../../support/application.js';
import { ghostOf } from '../../../src/testing/replay/ghost.js';
import type { Intruder } from '../../../src/testing/replay/replay.js';
import type { Ids } from './ids.js';
import { MEMBER } from './members.policy.js';
import { ownWorldOf, type OwnWorld } from './own.world.js';

/** Everybody as whom the requests are replayed. */
export async function intrudersOf(application: TestApplication): Promise<readonly Intruder<OwnWorld>[]> {
  const { url } = application;
  const tokenOf = (identity: string, permissions: readonly string[]) =>
    application.token(identity, { permissions });
  const [bob, newcomer, stranger] = [
    await tokenOf('bob', [MEMBER]),
    await tokenOf('newcomer', [MEMBER]),
    await tokenOf('stranger', []),
  ];
  const bobs = ownWorldOf(callerOf(url, bob), 'bob has this');
  const none = nothingOf(await bobs.settled());
  return [
    { name: 'Bob', headers: bearer(bob), world: bobs, admitted: true, hasWorld: true },
    {
      name: 'a newcomer with nothing',
      headers: bearer(newcomer),
      world: none,
      admitted: true,
      hasWorld: false,
    },
    {
      name: 'a stranger with no permissions',
      headers: bearer(stranger),
      world: none,
      admitted: false,
      hasWorld: false,
    },
    { name: 'nobody', world: none, admitted: false, hasWorld: false },
  ];
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** The world of somebody who has none: ids that nothing has, other ones each time. */
function nothingOf(ids: Ids): OwnWorld {
  const ghosts = async () => ({ ...ghostOf(ids), thread_id: uuid(), run_id: uuid(), assistant_id: uuid() });
  return {
    settled: ghosts,
    onNewThread: ghosts,
    onWaitingThread: ghosts,
    withPendingRun: ghosts,
    withNewAssistant: ghosts,
    withNewItem: ghosts,
    withNewCron: ghosts,
    withUnbornThread: ghosts,
    withUnbornAssistant: ghosts,
  };
}
