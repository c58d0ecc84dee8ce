import { SCOPE_MARK, SCOPE_PARAMETER } from '../scope.mark.js';

/** Begins the placeholders of a condition whose form is not known yet. Forms are counted from 1. */
export const UNNAMED = `:${SCOPE_PARAMETER}0_`;

let forms = 0;

/**
 * What scopes on one table look like as SQL, whatever values are bound: the scopes of all owners, say, are of one form. All that is
 * rendered of a scope but its values belongs to its form, so what was rendered for one scope holds for all of its form.
 */
export class ScopeForm {
  /** True for the visible rows, over columns that are qualified by the table's name. None where every row is visible. */
  readonly condition: string | undefined;
  /** The visible rows, to stand where a table stands in FROM and JOIN. */
  readonly rows: string;
  /** The names are the form's own, so that no two scopes ever mix in one statement. */
  private readonly prefix = `${SCOPE_PARAMETER}${(forms += 1)}_`;

  /**
   * @param path of the table
   * @param condition with placeholders that begin with `UNNAMED`, and are counted from 1
   */
  constructor(path: string, condition: string | undefined) {
    const marked = path + SCOPE_MARK;
    this.condition = condition?.replaceAll(UNNAMED, `:${this.prefix}`);
    this.rows = this.condition === undefined ? marked : `(SELECT * FROM ${marked} WHERE ${this.condition})`;
  }

  /** What the parameter is called that the value in this place is bound to. */
  parameterAt(place: number): string {
    return `${this.prefix}${place + 1}`;
  }
}
