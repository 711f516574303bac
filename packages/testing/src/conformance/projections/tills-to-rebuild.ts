import {
  Aggregate,
  apply,
  type Clock,
  type ConfigInput,
  DomainEvent,
  type EventContext,
  handle,
  identifier,
  on,
  Projection,
  ProjectionOf,
  Query,
  read,
  type View,
} from "@tidemark/core";
import type { EventStoreAdapter } from "@tidemark/core/adapter";
import { z } from "zod";

import { domainOn } from "../domain-under-test";
import type { ReplacedMethods } from "../lent-store";

interface TillsOptions {
  readonly config?: ConfigInput;
  readonly store?: ReplacedMethods;
  readonly clock?: Clock;
  /** How the methods count: as they should by default. */
  readonly rules?: Partial<Rules>;
  /** Called for each payment by an event handler. */
  readonly heard?: (cents: number) => void;
}

/** What the methods of the projections do with an event. To be changed between the start of a domain and a rebuild. */
interface Rules {
  cents: (cents: number) => number;
  /** Which till an opening makes a row for; none for undefined. */
  opened: (tillId: string) => string | undefined;
}

export const RIGHT: Rules = { cents: (cents) => cents, opened: (tillId) => tillId };

/** Tills with projections of each kind, open on the store under test; as new classes each time. */
export async function openTills(adapter: EventStoreAdapter, options: TillsOptions = {}) {
  const { config = {}, store, clock, heard } = options;
  const rules: Rules = { ...RIGHT, ...options.rules };
  const domain = domainOn(adapter, {
    name: "tills",
    config: { server: { embedded: false }, ...config },
    store,
    logger: { warn: () => undefined, error: () => undefined },
    ...(clock && { clock }),
  });

  @domain.event({ partOf: "Till" })
  class Opened extends DomainEvent({ tillId: identifier(), at: z.date() }) {}
  @domain.event({ partOf: "Till" })
  class Paid extends DomainEvent({ tillId: identifier(), cents: z.number() }) {}
  @domain.event({ partOf: "Till" })
  class Removed extends DomainEvent({ tillId: identifier() }) {}

  @domain.aggregate({ eventSourced: true })
  class Till extends Aggregate({ cents: z.number().default(0), isRemoved: z.boolean().default(false) }) {
    static open(id: string): Till {
      const till = Till.createNew({ id });
      till.raise(new Opened({ tillId: id, at: new Date(1_700_000_000_000) }));
      return till;
    }
    pay(...amounts: readonly number[]): this {
      for (const cents of amounts) this.raise(new Paid({ tillId: this.id, cents }));
      return this;
    }
    remove(): void {
      this.raise(new Removed({ tillId: this.id }));
    }
    @apply(Opened)
    opened(): void {}
    @apply(Paid)
    paid({ cents }: Paid): void {
      this.cents += cents;
    }
    @apply(Removed)
    removed(): void {
      this.isRemoved = true;
    }
  }

  const fields = {
    tillId: identifier(),
    cents: z.number().default(0),
    payments: z.int().default(0),
    openedAt: z.date().optional(),
    amounts: z.array(z.number()).default([]),
  };

  /** The async one, with methods of its own. */
  @domain.projection({ indexes: [["cents"]] })
  class Takings extends Projection(fields) {
    @on(Opened, { creates: true, key: (event) => rules.opened(event.tillId) ?? [] })
    opened({ at }: Opened): void {
      this.openedAt = at;
    }
    @on(Paid, { missing: "ignore" })
    paid({ cents }: Paid): void {
      this.cents += rules.cents(cents);
      this.amounts = [...this.amounts, rules.cents(cents)].slice(-3);
      this.payments++;
    }
    @on(Removed, { missing: "ignore" })
    removed(_: Removed, context: EventContext): void {
      context.delete();
    }
  }

  @domain.projection({ mode: "inline" })
  class Totals extends Projection(fields) {
    @on(Opened, { creates: true })
    opened({ at }: Opened): void {
      this.openedAt = at;
    }
    @on(Paid, { missing: "ignore" })
    paid({ cents }: Paid): void {
      this.cents += rules.cents(cents);
      this.payments++;
    }
    @on(Removed, { missing: "ignore" })
    removed(_: Removed, context: EventContext): void {
      context.delete();
    }
  }

  /** One row for all tills. */
  @domain.projection({})
  class Sums extends Projection({ id: identifier(), cents: z.number().default(0), payments: z.int().default(0) }) {}
  @domain.projector({ for: Sums })
  class SumsProjector {
    @on(Paid, { creates: true, key: () => "all" })
    paid({ cents }: Paid, row: Sums): void {
      row.cents += rules.cents(cents);
      row.payments++;
    }
  }
  void SumsProjector;

  @domain.projection({ of: Till })
  class TillStates extends ProjectionOf(Till) {}

  @domain.query({ of: Takings })
  class AllTakings extends Query({}) {}
  @domain.queryHandler({ of: Takings })
  class Answers {
    @read(AllTakings)
    async all(_: AllTakings, takings: View<Takings>) {
      return (await takings.all()).map(({ tillId, cents }) => ({ tillId, cents }));
    }
  }
  void Answers;

  if (heard !== undefined) {
    @domain.eventHandler({ startFrom: "beginning" })
    class Listener {
      @handle(Paid)
      paid({ cents }: Paid): void {
        heard?.(cents);
      }
    }
    void Listener;
  }

  await domain.init();
  const tills = domain.repositoryFor(Till);
  const open = async (id: string, ...amounts: readonly number[]) => await tills.add(Till.open(id).pay(...amounts));
  const change = async (id: string, act: (till: Till) => void) => void (await tills.update(id, act));
  const takings = async () => plainRows(await domain.viewOf(Takings).all());
  return { domain, rules, Till, Takings, Totals, Sums, TillStates, AllTakings, open, change, takings };
}

export type Tills = Awaited<ReturnType<typeof openTills>>;

/** The rows as objects without a class, in the order of their keys. */
export function plainRows(rows: readonly object[]): readonly Readonly<Record<string, unknown>>[] {
  return rows.map((row) => ({ ...row }));
}
