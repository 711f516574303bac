/** Where a fault lies; without a line where it is about the whole file. */
interface Place {
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
}

/** A TypeScript file that is no TypeScript. */
export class SyntaxFault extends Error {
  override readonly name = "SyntaxFault";

  constructor(
    message: string,
    readonly place: Place,
  ) {
    super(message);
  }
}
