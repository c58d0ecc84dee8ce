import type { EmbeddingsInterface } from '@langchain/core/embeddings';
import type { StoreSettings } from '../store.settings.js';
import { isObject } from './export.parser.js';
import { currentEnvironment } from './project.environment.js';
import { ProjectError } from './project.error.js';
import type { Project, ProjectIndex } from './project.js';
import type { ProjectModules } from './project.modules.js';

type EmbeddingFunction = (texts: string[]) => Promise<number[][]>;

const API_KEY = 'OPENAI_API_KEY';

/**
 * The settings of the store, with the embedding function that the project names.
 *
 * @throws ProjectError
 */
export async function loadStoreSettings(project: Project, modules: ProjectModules): Promise<StoreSettings> {
  const { ttl, index } = project.store;
  if (!index) return { ...(ttl && { ttl }) };
  const { embed, ...rest } = index;
  return {
    ...(ttl && { ttl }),
    index: { ...rest, embeddings: await loadEmbeddings(project, index, modules) },
  };
}

async function loadEmbeddings(
  { file }: Project,
  { embed, dims }: ProjectIndex,
  modules: ProjectModules,
): Promise<EmbeddingsInterface> {
  if ('openaiModel' in embed) {
    if (!currentEnvironment()[API_KEY])
      throw new ProjectError(file, `store.index.embed needs ${API_KEY}; set it.`);
    const { OpenAIEmbeddings } = await import('@langchain/openai');
    return new OpenAIEmbeddings({
      model: embed.openaiModel,
      ...(takesDims(embed.openaiModel) && { dimensions: dims }),
    });
  }
  const value = await modules.read(embed);
  if (isEmbeddings(value)) return value;
  if (isFunction(value)) return embeddingsOf(value);
  throw new ProjectError(
    file,
    `${embed.setting} must be Embeddings of @langchain/core, or a function from texts to vectors; ${embed.path} exports neither.`,
  );
}

/** The others have one size. */
function takesDims(model: string): boolean {
  return model.startsWith('text-embedding-3');
}

function embeddingsOf(embed: EmbeddingFunction): EmbeddingsInterface {
  return {
    embedDocuments: (texts) => embed(texts),
    embedQuery: async (text) => (await embed([text]))[0] ?? [],
  };
}

/** Not instanceof: a project may bring another copy of LangChain. */
function isEmbeddings(value: unknown): value is EmbeddingsInterface {
  if (!isObject(value)) return false;
  return typeof value.embedDocuments === 'function' && typeof value.embedQuery === 'function';
}

function isFunction(value: unknown): value is EmbeddingFunction {
  return typeof value === 'function';
}
