import { deepEqual, ok } from "node:assert/strict";

/** One effect of the event handler, as a server printed it. */
interface Effect {
  readonly server: string;
  readonly number: number;
  readonly began: number;
  readonly ended: number;
}

/** What the effects are compared with. */
interface Expected {
  /** How many payments each till has. */
  readonly payments: ReadonlyMap<string, number>;
  /** How often each server was killed, was frozen, or went without its lease: what it had in hand then may have been done twice. */
  readonly losses: ReadonlyMap<string, number>;
  /** How many events of one till a server has in hand, at most. */
  readonly inHand: number;
}

/** The effects that all servers have printed, by till. */
export class HeardEffects {
  readonly #byTill = new Map<string, Effect[]>();
  /** How many effects were repeated. */
  repeated = 0;
  count = 0;

  hear(line: string, server: string): void {
    const [kind, till = "", ...numbers] = line.split(" ");
    if (kind !== "effect") return;
    const [number = -1, began = 0, ended = 0] = numbers.map(Number);
    const effects = this.#byTill.get(till) ?? [];
    this.#byTill.set(till, effects);
    effects.push({ server, number, began, ended });
    this.count++;
  }

  /** @throws AssertionError for an effect that is missing, twice without reason, out of order, or in two hands at once. */
  check({ payments, losses, inHand }: Expected): void {
    for (const [till, count] of payments) {
      const effects = [...(this.#byTill.get(till) ?? [])].sort((a, b) => a.began - b.began);
      const first = new Map<number, Effect>();
      /** What was done, but never acknowledged; by the server that did it. */
      const lost = new Map<string, Set<Effect>>();
      for (const effect of effects) {
        const known = first.get(effect.number);
        if (known === undefined) {
          first.set(effect.number, effect);
          continue;
        }
        this.repeated++;
        const of = [known, effect].find(({ server }) => losses.has(server));
        ok(of, `payment ${effect.number} of ${till} was done by ${known.server} and again by ${effect.server}`);
        lost.set(of.server, (lost.get(of.server) ?? new Set()).add(of));
      }
      for (const [server, { size }] of lost)
        ok(size <= inHand * losses.get(server)!, `${size} payments of ${till} that ${server} had done were repeated`);
      const expected = Array.from({ length: count }, (_, number) => number);
      deepEqual([...first.keys()], expected, `the effects of ${till}, each once and in order`);
      refuseOverlaps(till, effects, new Set([...lost.values()].flatMap((each) => [...each])));
    }
  }
}

/** Two servers never work at one till at the same time, but for what one of them had in hand when it lost its buckets. */
function refuseOverlaps(till: string, effects: readonly Effect[], lost: ReadonlySet<Effect>): void {
  const regular = effects.filter((effect) => !lost.has(effect));
  for (const [index, effect] of regular.entries()) {
    const before = regular[index - 1];
    if (before !== undefined && effect.began < before.ended)
      throw new Error(`${till} was in two hands: ${JSON.stringify(before)} and ${JSON.stringify(effect)}`);
  }
}
