import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { GraphConfig } from '../graphs/graph.js';
import type { JsonObject } from '../http/json.js';
import { epochMillis } from '../persistence/epoch-millis.transformer.js';
import { Scoped } from '../persistence/scoped.decorator.js';
import type { Assistant } from './assistant.entity.js';

/**
 * An assistant as it was made or changed once. Visible by its own metadata, which may differ from the current one; nothing
 * reads it before the assistant itself was found visible.
 */
@Scoped('assistants', { by: 'metadata' })
@Entity('assistant_version')
export class AssistantVersion {
  @PrimaryColumn('varchar') assistant_id!: string;
  @PrimaryColumn('integer') version!: number;
  @Column('varchar') graph_id!: string;
  @Column('jsonb') config!: GraphConfig;
  @Column('jsonb') context!: JsonObject;
  @Column('bigint', { transformer: epochMillis }) created_at!: Date;
  @Column('jsonb') metadata!: JsonObject;
  @Column('varchar') name!: string;
  @Column('varchar', { nullable: true }) description!: string | null;
}

/** The version that an assistant currently shows. */
export function currentVersionOf(assistant: Assistant): AssistantVersion {
  const { assistant_id, version, graph_id, config, context, metadata, name, description } = assistant;
  return Object.assign(new AssistantVersion(), {
    assistant_id,
    version,
    graph_id,
    config,
    context,
    created_at: assistant.updated_at,
    metadata,
    name,
    description,
  });
}
