import { Account, domain, Transfer } from "../domain";

/** Follows the events of accounts and transfers as any program from outside would, and keeps the id of each one that it is given. */
export class Follower {
  readonly seen: string[] = [];
  readonly #ended = new AbortController();
  readonly #underWay = new Set<string>();
  #transfersEnded = 0;
  #position = 0;

  get position(): number {
    return this.#position;
  }

  get transfersUnderWay(): number {
    return this.#underWay.size;
  }

  get transfersEnded(): number {
    return this.#transfersEnded;
  }

  /** Follows until `end`. A store that is away for less than `failover_patience` makes it wait. */
  async follow(): Promise<void> {
    const { signal } = this.#ended;
    try {
      for await (const { eventId, id, event, position } of domain.events({
        of: [Account, Transfer],
        follow: true,
        signal,
      })) {
        this.seen.push(eventId);
        this.#position = position;
        this.#note(event.constructor.name, id);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  end(): void {
    this.#ended.abort();
  }

  #note(type: string, id: string): void {
    if (type === "TransferRequested") this.#underWay.add(id);
    if (type === "TransferEnded" && this.#underWay.delete(id)) this.#transfersEnded++;
  }
}
