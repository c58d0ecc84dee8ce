import { readFileSync } from 'node:fs';

export interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** One `FROM` and what follows it. */
export interface Stage {
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

/** The stages of a Dockerfile, in their order. Lines that are continued are not known, as ours has none. */
export function readStages(path: string): readonly Stage[] {
  const stages: { name: string | undefined; instructions: Instruction[] }[] = [];
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [, name, text] = /^([A-Z]+) +(.+)$/.exec(line) ?? [];
    if (!name || !text) continue;
    if (name === 'FROM') stages.push({ name: / AS (\w+)$/.exec(text)?.[1], instructions: [] });
    stages.at(-1)?.instructions.push({ name, text });
  }
  return stages;
}

/** The texts of all instructions of a name. */
export function textsOf({ instructions }: Stage, name: string): readonly string[] {
  return instructions.filter((instruction) => instruction.name === name).map(({ text }) => text);
}

/** What a `COPY` takes, from where, and where to. */
export function copiesOf(
  stage: Stage,
): readonly { from?: string; sources: readonly string[]; target: string }[] {
  return textsOf(stage, 'COPY').map((text) => {
    const words = text.split(/ +/);
    const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
    const paths = words.filter((word) => !word.startsWith('--'));
    return { from, sources: paths.slice(0, -1), target: paths.at(-1) ?? '' };
  });
}

/** `ENV A=1 B=2` */
export function environmentOf(stage: Stage): Record<string, string> {
  const pairs = textsOf(stage, 'ENV').flatMap((text) => text.split(/ +/));
  return Object.fromEntries(pairs.map((pair) => pair.split('=', 2) as [string, string]));
}

/** The words of a `CMD` in its exec form, such as `CMD ["node", "main.js"]`, also that of a `HEALTHCHECK`. */
export function commandIn(text: string): readonly string[] {
  const list: unknown = JSON.parse(text.slice(text.indexOf('[')));
  if (!Array.isArray(list)) throw new Error(`"${text}" is no command in exec form`);
  return list.map(String);
}
