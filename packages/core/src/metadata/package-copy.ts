import { dirname } from "node:path";

/** One loaded copy of this package. A second one is another object, even of the same folder. */
export interface PackageCopy {
  /** The folder of its code: `/app/node_modules/@tidemark/core`. */
  readonly folder: string;
}

/** The copy that runs this code. Bundlers may have removed the folder. */
const THIS_COPY: PackageCopy = {
  folder: typeof __dirname === "string" ? dirname(__dirname) : "an unknown folder",
};

// With Symbol.for, each copy finds what another one wrote.
const COPY = Symbol.for("tidemark.package-copy");

/** Writes on the prototype of a root class of elements which copy the class is from. */
export function signRoot(prototype: object): void {
  Object.defineProperty(prototype, COPY, { value: THIS_COPY });
}

/** Returns the other copy of this package whose root a class extends; undefined where there is none, and for other values. */
export function otherCopyOf(type: unknown): PackageCopy | undefined {
  const copy = (type as { readonly prototype?: { readonly [COPY]?: PackageCopy } } | undefined | null)?.prototype?.[
    COPY
  ];
  return copy === THIS_COPY ? undefined : copy;
}

/** Says what two copies are and where: the end of a sentence. */
export function twoCopies(other: PackageCopy): string {
  const folders =
    other.folder === THIS_COPY.folder
      ? `loaded a second time from "${other.folder}"`
      : `in "${other.folder}", while this code is in "${THIS_COPY.folder}"`;
  return `another copy of @tidemark/core, ${folders}: install one version only, and load it by one path (npm ls @tidemark/core)`;
}
