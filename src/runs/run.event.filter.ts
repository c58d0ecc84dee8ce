import type { StreamMode } from '../graphs/execution/run.request.js';
import type { RunEvent } from './engine/run.engine.js';

/** What every reader gets, whichever modes it asked for. */
const ALWAYS = new Set(['metadata', 'error']);

/** The events of some stream modes; all of them where none is named. */
export async function* eventsOfModes(
  events: AsyncIterable<RunEvent>,
  modes: readonly StreamMode[],
): AsyncIterable<RunEvent> {
  const wanted = new Set<string>(modes);
  for await (const event of events) {
    const name = rootName(event.event);
    if (wanted.size === 0 || ALWAYS.has(name) || wanted.has(modeOf(name))) yield event;
  }
}

/** Without the namespace of a subgraph: `updates|child:uuid` is an `updates`. */
function rootName(event: string): string {
  const [name] = event.split('|', 1);
  return name;
}

/** Contract 3.2: the events of mode `messages` have a slash in their name, those of `messages-tuple` are plain `messages`. */
function modeOf(name: string): string {
  if (name.startsWith('messages/')) return 'messages';
  return name === 'messages' ? 'messages-tuple' : name;
}
