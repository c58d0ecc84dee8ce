import type { EntityManager } from 'typeorm';
import { CheckpointBlob } from './checkpoint-blob.entity.js';
import { Checkpoint } from './checkpoint.entity.js';

/** Of a checkpoint, as the serializer writes it. */
interface Header {
  readonly channel_versions: Readonly<Record<string, number | string>>;
}

/** Deletes the values that no checkpoint of the thread refers to any more. */
export async function deleteUnusedBlobs(manager: EntityManager, threadId: string): Promise<void> {
  const used = await usedVersions(manager, threadId);
  const blobs = await manager.find(CheckpointBlob, {
    select: { thread_id: true, checkpoint_ns: true, channel: true, version: true },
    where: { thread_id: threadId },
  });
  for (const { checkpoint_ns, channel, version } of blobs) {
    if (used.has(keyOf(checkpoint_ns, channel, version))) continue;
    await manager.delete(CheckpointBlob, { thread_id: threadId, checkpoint_ns, channel, version });
  }
}

async function usedVersions(manager: EntityManager, threadId: string): Promise<Set<string>> {
  const checkpoints = await manager.find(Checkpoint, {
    select: { thread_id: true, checkpoint_ns: true, checkpoint_id: true, value: true },
    where: { thread_id: threadId },
  });
  return new Set(
    checkpoints.flatMap(({ checkpoint_ns, value }) =>
      Object.entries((JSON.parse(value) as Header).channel_versions).map(([channel, version]) =>
        keyOf(checkpoint_ns, channel, String(version)),
      ),
    ),
  );
}

function keyOf(namespace: string, channel: string, version: string): string {
  return JSON.stringify([namespace, channel, version]);
}
