import type { AggregateRoot } from "../elements/aggregate-root";
import { ExpectedVersionError } from "../errors/expected-version-error";
import type { UniqueViolationError } from "../errors/unique-violation-error";
import type { Answer } from "../ports/answer";
import type { AppendRequest } from "../ports/event-log";
import type { Operation } from "../ports/operations";
import type { Participant } from "../unit-of-work/participant";
import { ReservationChanges } from "./reservation-changes";
import type { Reservations } from "./reservations";

/**
 * Changes the reservations of the aggregates that a unit of work saves, in the transaction of their events.
 *
 * The first attempt reads nothing: it expects what is wanted to be free, and what is given up to be there. Only where the store refuses
 * that, the reservations are read, and tell a value that another aggregate has from reservations that lag behind.
 */
export class ReservationsOfUnit implements Participant {
  readonly #saved = new Map<Reservations, Set<AggregateRoot>>();
  #changes: readonly ReservationChanges[] = [];
  #isRepeated = false;

  /** Takes an aggregate of the class in that is to be saved. */
  add(aggregate: AggregateRoot, reservations: Reservations): void {
    const saved = this.#saved.get(reservations) ?? new Set();
    this.#saved.set(reservations, saved.add(aggregate));
  }

  /** @throws UniqueViolationError where two aggregates of the unit want the same. */
  confirm(requests: readonly AppendRequest[]): Answer<void> {
    this.#changes = Array.from(this.#saved, ([reservations, saved]) => new ReservationChanges(reservations, saved));
    for (const { double, reservations } of this.#changes)
      if (double !== undefined) return refuse(double, requests, reservations);
  }

  /** @throws UniqueViolationError where another aggregate has what is wanted. */
  react(requests: readonly AppendRequest[]): Answer<readonly Operation[]> {
    if (this.#isRepeated) return this.#changesToStored(requests);
    this.#isRepeated = true;
    return this.#changes.flatMap((changes) => changes.expected());
  }

  committed(): void {
    for (const [reservations, saved] of this.#saved) for (const aggregate of saved) reservations.note(aggregate);
  }

  async #changesToStored(requests: readonly AppendRequest[]): Promise<readonly Operation[]> {
    const operations: Operation[] = [];
    for (const changes of this.#changes) {
      const { reservations } = changes;
      const found = changes.changesTo(await reservations.owners(changes.keys));
      if (found instanceof Error) await refuse(found, requests, reservations);
      else operations.push(...found);
    }
    return operations;
  }
}

/**
 * Refuses the unit, unless one of its streams has moved on: then stale state may be the reason, and a repetition decides.
 * @throws ExpectedVersionError; the violation.
 */
async function refuse(
  violation: UniqueViolationError,
  requests: readonly AppendRequest[],
  { stores }: Reservations,
): Promise<never> {
  for (const request of requests) {
    const { stream, expectedVersion: expected } = request;
    if (expected === undefined) continue;
    const actual = await stores.log.version(request);
    if (actual !== expected) throw new ExpectedVersionError({ stream, expected, actual });
  }
  throw violation;
}
