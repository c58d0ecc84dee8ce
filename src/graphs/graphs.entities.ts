import { CheckpointBlob } from './checkpointer/checkpoint-blob.entity.js';
import { CheckpointWrite } from './checkpointer/checkpoint-write.entity.js';
import { Checkpoint } from './checkpointer/checkpoint.entity.js';
import { StoreItem } from './store/store-item.entity.js';
import { StoreVector } from './store/store-vector.entity.js';

/** What the data source has to know for graphs to keep their state. */
export const GRAPH_ENTITIES = [Checkpoint, CheckpointBlob, CheckpointWrite] as const;

/** What it has to know for graphs to have a store. */
export const STORE_ENTITIES = [StoreItem, StoreVector] as const;
