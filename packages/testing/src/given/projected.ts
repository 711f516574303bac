import { AssertionError } from "node:assert";

import type { ProjectionRoot, RowOf } from "@tidemark/core";

import { differences, inLines, shown } from "./differences";

/** How a row is found. */
interface ProjectedParts<P> {
  /** `AccountSummary "acc-1"`, once the key is known. */
  readonly name: string;
  readonly row: P | undefined;
}

/**
 * The row of a projection after what happened. Awaited, it is the row, frozen, or undefined where there is none. Nothing runs before,
 * and then once.
 */
export class Projected<P extends ProjectionRoot> implements PromiseLike<P | undefined> {
  readonly #find: () => Promise<ProjectedParts<P>>;
  #found: Promise<ProjectedParts<P>> | undefined;

  constructor(find: () => Promise<ProjectedParts<P>>) {
    this.#find = find;
  }

  /**
   * Demands a row with these values in these fields, whatever its other fields are.
   * @throws AssertionError listing the fields that have other values.
   */
  async is(expected: Partial<RowOf<P>>): Promise<void> {
    const { name, row } = await this.#parts();
    if (row === undefined) {
      throw new AssertionError({
        message: `There is no row ${name}; expected one with ${shown(expected)}`,
        actual: undefined,
        expected,
        stackStartFn: this.is,
      });
    }
    const actual = Object.fromEntries(
      Object.keys(expected).map((field) => [field, (row as Readonly<Record<string, unknown>>)[field]]),
    );
    const found = differences({ ...expected }, actual);
    if (found.length === 0) return;
    throw new AssertionError({
      message: `Row ${name} is another one than expected:\n${inLines(found)}`,
      actual,
      expected,
      stackStartFn: this.is,
    });
  }

  /** Demands that there is no row. @throws AssertionError with the row that there is. */
  async isMissing(): Promise<void> {
    const { name, row } = await this.#parts();
    if (row === undefined) return;
    throw new AssertionError({
      message: `There is a row ${name}, and none was expected: ${shown({ ...row })}`,
      actual: row,
      expected: undefined,
      stackStartFn: this.isMissing,
    });
  }

  then<R = P | undefined, E = never>(
    fulfilled?: ((row: P | undefined) => R | PromiseLike<R>) | null,
    rejected?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<R | E> {
    return this.#parts()
      .then(({ row }) => row)
      .then(fulfilled, rejected);
  }

  #parts(): Promise<ProjectedParts<P>> {
    this.#found ??= this.#find();
    return this.#found;
  }
}
