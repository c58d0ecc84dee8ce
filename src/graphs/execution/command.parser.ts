import { Command, Send } from '@langchain/langgraph';
import type { GotoTarget, RunCommand } from './run.request.js';

/** LangGraph's form of a command. `null` counts as absent. */
export function toCommand({ resume, goto, update }: RunCommand): Command {
  return new Command({
    ...(resume !== undefined && { resume }),
    ...(goto && { goto: isTargets(goto) ? goto.map(toTarget) : toTarget(goto) }),
    ...(update && { update: toUpdate(update) }),
  });
}

function isTargets(goto: GotoTarget | readonly GotoTarget[]): goto is readonly GotoTarget[] {
  return Array.isArray(goto);
}

function toTarget(target: GotoTarget): string | Send {
  return typeof target === 'string' ? target : new Send(target.node, target.input ?? null);
}

function toUpdate(update: NonNullable<RunCommand['update']>): Record<string, unknown> | [string, unknown][] {
  return isPairs(update) ? update.map(([key, value]): [string, unknown] => [key, value]) : { ...update };
}

function isPairs(
  update: NonNullable<RunCommand['update']>,
): update is readonly (readonly [string, unknown])[] {
  return Array.isArray(update);
}
