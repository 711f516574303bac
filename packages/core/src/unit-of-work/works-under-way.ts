import { type Answer, ending } from "../ports/answer";

/**
 * Counts what a domain has under way: commands, units of work, saves. Its end waits for them, and refuses new ones from then on; what
 * runs inside of a work under way is no new one.
 */
export class WorksUnderWay {
  #count = 0;
  #refusal: (() => Error) | undefined;
  #ended: (() => void) | undefined;
  readonly #end = () => {
    if (--this.#count === 0) this.#ended?.();
  };

  /** @param isInside whether the running code is a part of a work under way. Asked only once the domain ends. */
  constructor(private readonly isInside: () => boolean) {}

  /** Does a work that counts from its start to its end. @throws the refusal, once the domain ends. */
  during<T>(work: () => Answer<T>): Answer<T> {
    this.begin();
    return ending(work, this.#end);
  }

  /** Notes the start of a work, which has to `end()`. @throws the refusal, once the domain ends. */
  begin(): void {
    if (this.#refusal !== undefined && !this.isInside()) throw this.#refusal();
    this.#count++;
  }

  end(): void {
    this.#end();
  }

  /** Refuses new works from now on. */
  refuse(refusal: () => Error): void {
    this.#refusal = refusal;
  }

  /** Refuses new works from now on, and waits for those under way. */
  async close(refusal: () => Error): Promise<void> {
    this.refuse(refusal);
    if (this.#count > 0) await new Promise<void>((resolve) => (this.#ended = resolve));
  }
}
