import { Embeddings } from '@langchain/core/embeddings';

/** Embeddings without a model: a vector says how often each known word is in a text. */
export class WordEmbeddings extends Embeddings {
  /** What was embedded, in order. */
  readonly embedded: string[] = [];

  constructor(private readonly words: readonly string[]) {
    super({});
  }

  get dims(): number {
    return this.words.length;
  }

  override async embedDocuments(texts: string[]): Promise<number[][]> {
    return texts.map((text) => this.vectorOf(text));
  }

  override async embedQuery(text: string): Promise<number[]> {
    return this.vectorOf(text);
  }

  private vectorOf(text: string): number[] {
    this.embedded.push(text);
    const found = text.toLowerCase().match(/[a-z]+/g) ?? [];
    return this.words.map((word) => found.filter((one) => one === word).length);
  }
}

/** They know two words: for specs that run against several processes, which share them by this name. */
export const petEmbeddings = new WordEmbeddings(['cat', 'dog']);
