import { StoreUnavailableError } from "../../errors/store-unavailable-error";
import type { Answer } from "../../ports/answer";
import { nextTick } from "../../ports/real-timers";
import type { Change } from "../reading/change";
import { isAppend } from "./change-store";

interface Member {
  readonly changes: readonly Change[];
  readonly stored: () => void;
  readonly refused: (error: unknown) => void;
}

/**
 * Stores together what the lines of one subscription want to have stored at the same time. While one transaction is under way the
 * next ones collect. A joint transaction that is refused is repeated one member after the other, so that each gets its own refusal.
 */
export class JointFlushes {
  #waiting: Member[] = [];
  #isUnderWay = false;

  constructor(private readonly store: { readonly flush: (changes: readonly Change[]) => Answer<void> }) {}

  /** @throws what the store says of these changes. */
  flush(changes: readonly Change[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ changes, stored: resolve, refused: reject });
      if (this.#isUnderWay) return;
      this.#isUnderWay = true;
      // Lines that were given events together end together, where they do not wait for anything.
      void Promise.resolve().then(() => nextTick(() => void this.#run()));
    });
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const waiting = this.#waiting;
      this.#waiting = [];
      // A repeated append is recognised by its events alone: whoever has none would count as stored with it, and might not be.
      for (const members of [waiting.filter(appends), waiting.filter((member) => !appends(member))]) {
        if (members.length === 1) await this.#flush(members);
        else if (members.length > 1) await this.#flushJointly(members);
      }
    }
    this.#isUnderWay = false;
  }

  async #flushJointly(members: readonly Member[]): Promise<void> {
    const refusal = await this.#flush(members, (error) => !(error instanceof StoreUnavailableError));
    if (refusal !== undefined) for (const member of members) await this.#flush([member]);
  }

  /** @returns the refusal, where it is to be kept from the members. */
  async #flush(
    members: readonly Member[],
    isKept: (error: unknown) => boolean = () => false,
  ): Promise<{ readonly error: unknown } | undefined> {
    try {
      await this.store.flush(members.flatMap(({ changes }) => changes));
    } catch (error) {
      if (isKept(error)) return { error };
      for (const { refused } of members) refused(error);
      return undefined;
    }
    for (const { stored } of members) stored();
    return undefined;
  }
}

function appends({ changes }: Member): boolean {
  return changes.some(isAppend);
}
