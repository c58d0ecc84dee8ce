/** A LangGraph project cannot be served as it is, and the boot stops. One sentence names the file and the cure. */
export class ProjectError extends Error {
  override readonly name = 'ProjectError';

  /** @param file the `langgraph.json` as it was named */
  constructor(file: string, sentence: string, options?: ErrorOptions) {
    super(`${file}: ${sentence}`, options);
  }
}
