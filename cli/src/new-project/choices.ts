/** The event stores that a new project can use. Each has a folder in `templates/stores`. */
export const STORES = ["sqlite", "postgres", "memory"] as const;

/** The kinds of decorators: `legacy` is TypeScript's older kind, which every tool knows. */
export const DECORATORS = ["legacy", "standard"] as const;

export const TEST_RUNNERS = ["node", "vitest", "jest"] as const;

/** What a new project is made of. */
export interface Choices {
  readonly store: (typeof STORES)[number];
  readonly decorators: (typeof DECORATORS)[number];
  readonly test: (typeof TEST_RUNNERS)[number];
  /** ES modules in place of CommonJS. */
  readonly esm: boolean;
}
