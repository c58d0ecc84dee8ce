import type { ProjectSecurity } from './project-security.parser.js';
import type { StoreIndex, StoreTtl } from '../store.settings.js';

/** What a `langgraph.json` says, as far as this server goes by it. */
export interface Project {
  /** The file as it was named, for messages. */
  readonly file: string;
  /** The absolute path of its folder, where the paths in it start. */
  readonly folder: string;
  /** By graph id. At least one. */
  readonly graphs: ReadonlyMap<string, ProjectExport>;
  /** The path of a file with variables, or the variables. */
  readonly env: string | Variables;
  readonly auth: ProjectExport | undefined;
  /** What `auth.openapi` says. */
  readonly security: ProjectSecurity | undefined;
  readonly webhooks: ProjectWebhooks;
  readonly store: ProjectStore;
  readonly unused: readonly UnusedSetting[];
}

/** How the store keeps and finds items, with the embedding function not loaded yet. */
export interface ProjectStore {
  readonly ttl?: StoreTtl;
  readonly index?: ProjectIndex;
}

export interface ProjectIndex extends Pick<StoreIndex, 'dims' | 'fields'> {
  /** An export, or the name of one of OpenAI's models. */
  readonly embed: ProjectExport | { readonly openaiModel: string };
}

/** One export of one of the project's files. */
export interface ProjectExport {
  /** Where it is named, such as `graphs.agent`. */
  readonly setting: string;
  /** As it is written, such as `./src/agent.ts`. */
  readonly path: string;
  readonly exportName: string;
}

/** Which webhooks may be called, and how. */
export interface ProjectWebhooks {
  /** Accepted, and never called. */
  readonly isDisabled: boolean;
  /** Headers may only hold variables whose names begin like this. */
  readonly envPrefix: string;
  /** Sent with every call. Values may hold templates such as `${{ env.LG_WEBHOOK_TOKEN }}`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly url: {
    readonly require_https: boolean;
    readonly allowed_domains?: readonly string[];
    readonly allowed_ports?: readonly number[];
    readonly max_url_length: number;
    readonly disable_loopback: boolean;
  };
}

export type Variables = Readonly<Record<string, string>>;

/** A setting that changes nothing here. */
export interface UnusedSetting {
  readonly setting: string;
  readonly reason: string;
  /** Somebody may rely on it. */
  readonly matters: boolean;
}
