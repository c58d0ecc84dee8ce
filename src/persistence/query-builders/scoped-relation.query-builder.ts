import { RelationQueryBuilder, type ObjectLiteral } from 'typeorm';
import { ScopedBuilder } from './builder.conversions.js';

/** Reads and changes relations through the scoped builders that it makes; it has no SQL of its own. */
@ScopedBuilder('relation')
export class ScopedRelationQueryBuilder<Entity extends ObjectLiteral> extends RelationQueryBuilder<Entity> {}
