/**
 * Where the answer has to tell that an id is taken: a client chose it by itself, and cannot have it. Everything else is answered as
 * if the id had never existed.
 */
export interface Exception {
  /** Of the template, as `titleOf` has it. */
  readonly title: string;
  /** The name of the id. */
  readonly place: string;
  readonly status: number;
  readonly detail: RegExp;
}
