/** An index of the table of a projection or an aggregate class, by the names of fields. */
export interface ProjectionIndex {
  readonly fields: readonly string[];
  readonly isUnique: boolean;
}
