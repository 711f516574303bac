import {
  Aggregate,
  apply,
  type Clock,
  Command,
  type ConfigInput,
  Decimal,
  DomainError,
  DomainEvent,
  decimal,
  handle,
  identifier,
  ProcessManager,
  type ProcessManagerOptions,
  rejected,
  timer,
} from "@tidemark/core";
import type { EventStoreAdapter, OperationStores, RecordedMessage } from "@tidemark/core/adapter";
import { z } from "zod";

import { domainOn } from "../domain-under-test";
import type { ReplacedMethods } from "../lent-store";

interface SagasOptions extends Omit<ProcessManagerOptions, "version" | "name"> {
  readonly config?: ConfigInput;
  readonly clock?: Clock | undefined;
  readonly store?: ReplacedMethods | undefined;
  /** What the command `Act` does, by its note, before it is recorded. */
  readonly act?: (note: string) => void;
}

/** What an event of a test makes of an instance: how its methods act, and what they note. */
interface Said {
  readonly note: string;
  /**
   * `issue <note>`, `issue unguarded <note>`, `issue slowly <note>` (in another lane, with a deadline), `timer <name> after <length>`, `timer <name> at <milliseconds>`, `cancel <name>`, `complete`,
   * `throw <message>`, in this order.
   */
  readonly does?: readonly string[];
}

/** Of all domains, so that no two write to one stream. */
let count = 0;

/** A domain whose process manager notes all that it is told of, and does what the events ask for; without a server. */
export async function runSagas(
  adapter: EventStoreAdapter,
  { config = {}, clock, store, act = () => undefined, ...options }: SagasOptions = {},
) {
  const logged: string[] = [];
  const domain = domainOn(adapter, {
    name: "sagas",
    config: { server: { embedded: false }, ...config },
    logger: { warn: (message) => logged.push(message), error: (message) => logged.push(message) },
    ...(clock && { clock }),
    store,
  });
  const said = { note: z.string(), does: z.array(z.string()).default([]) };

  @domain.event({ partOf: "Notice" })
  class Begun extends DomainEvent({ sagaId: identifier(), ...said }) {}
  @domain.event({ partOf: "Notice" })
  class Told extends DomainEvent({ sagaId: identifier(), ...said }) {}
  @domain.event({ partOf: "Notice" })
  class Shared extends DomainEvent({ sagaIds: z.array(z.string()), ...said }) {}
  @domain.event({ partOf: "Notice" })
  class Referred extends DomainEvent({ reference: z.string(), ...said }) {}
  @domain.event({ partOf: "Notice" })
  class Found extends DomainEvent({ code: z.string(), ...said }) {}
  @domain.event({ partOf: "Notice" })
  class Valued extends DomainEvent({ sagaId: identifier(), amount: decimal(), at: z.date(), big: z.bigint() }) {}
  @domain.event({ partOf: "Notice" })
  class Finished extends DomainEvent({ sagaId: identifier(), ...said }) {}

  type Event = Begun | Told | Shared | Referred | Found | Valued | Finished;

  @domain.aggregate({ eventSourced: true })
  class Notice extends Aggregate({ events: z.number().default(0) }) {
    say(event: Event): this {
      this.raise(event);
      return this;
    }
    @apply(Begun) begun(_: Begun): void {
      this.events++;
    }
    @apply(Told) told(_: Told): void {
      this.events++;
    }
    @apply(Shared) shared(_: Shared): void {
      this.events++;
    }
    @apply(Referred) referred(_: Referred): void {
      this.events++;
    }
    @apply(Found) found(_: Found): void {
      this.events++;
    }
    @apply(Valued) valued(_: Valued): void {
      this.events++;
    }
    @apply(Finished) finished(_: Finished): void {
      this.events++;
    }
  }

  @domain.event({ partOf: "Deed" })
  class Done extends DomainEvent({ sagaId: z.string(), note: z.string() }) {}
  @domain.aggregate({ eventSourced: true })
  class Deed extends Aggregate({ notes: z.array(z.string()).default([]) }) {
    do(note: string): this {
      this.raise(new Done({ sagaId: this.id, note }));
      return this;
    }
    @apply(Done) done({ note }: Done): void {
      this.notes.push(note);
    }
  }
  @domain.command({ partOf: "Deed" })
  class Act extends Command({ sagaId: identifier(), note: z.string() }) {}
  @domain.command({ partOf: "Deed" })
  class ActUnguarded extends Command({ sagaId: identifier(), note: z.string() }) {}
  @domain.commandHandler({ partOf: "Deed" })
  class Acting {
    @handle(Act) async act({ sagaId, note }: Act): Promise<void> {
      await this.#do(sagaId, note);
    }
    @handle(ActUnguarded) async unguarded({ sagaId, note }: ActUnguarded): Promise<void> {
      await this.#do(sagaId, note);
    }
    async #do(sagaId: string, note: string): Promise<void> {
      act(note);
      if (note.startsWith("refuse"))
        throw new DomainError(`${note} is not allowed`, { code: "NOT_ALLOWED", details: { note } });
      const deeds = domain.repositoryFor(Deed);
      await deeds.add(((await deeds.find(sagaId)) ?? Deed.createNew({ id: sagaId })).do(note));
    }
  }

  void Acting;

  @domain.processManager(options)
  class Saga extends ProcessManager({
    sagaId: identifier(),
    notes: z.array(z.string()).default([]),
    steps: z.number().default(0),
    amount: decimal().default(new Decimal(0)),
    at: z.date().nullable().default(null),
    big: z.bigint().default(0n),
  }) {
    @handle(Begun, { start: true })
    begun({ note, does }: Begun): void {
      this.#take(note, does);
    }
    @handle(Told)
    told({ note, does }: Told): void {
      this.#take(note, does);
    }
    @handle(Shared, { correlate: "sagaIds" })
    shared({ note, does }: Shared): void {
      this.#take(note, does);
    }
    @handle(Referred, { correlate: { sagaId: "reference" } })
    referred({ note, does }: Referred): void {
      this.#take(note, does);
    }
    @handle(Found, { correlate: ({ code }) => (code === "nobody" ? undefined : code.split("+")) })
    found({ note, does }: Found): void {
      this.#take(note, does);
    }
    @handle(Valued)
    valued({ amount, at, big }: Valued): void {
      this.amount = this.amount.plus(amount);
      this.at = at;
      this.big += big;
    }
    @handle(Finished, { end: true })
    finished({ note, does }: Finished): void {
      this.#take(note, does);
    }
    @rejected(Act)
    refused(command: Act, reason: DomainError): void {
      this.#take(`${command.note} refused: ${reason.name} ${reason.code} ${JSON.stringify(reason.details)}`, []);
    }
    @timer("expiry")
    expired(): void {
      this.#take("expiry", this.notes.includes("loud") ? ["issue expired"] : []);
    }
    @timer("reminder")
    reminded(): void {
      this.#take("reminder", []);
    }
    #take(note: string, does: readonly string[]): void {
      this.notes.push(note);
      this.steps++;
      for (const deed of does) {
        const [verb = "", ...rest] = deed.split(" ");
        if (verb === "issue" && rest[0] === "unguarded")
          this.issue(new ActUnguarded({ sagaId: this.sagaId, note: rest.slice(1).join(" ") }));
        else if (verb === "issue" && rest[0] === "slowly")
          this.issue(new Act({ sagaId: this.sagaId, note: rest.slice(1).join(" ") }), {
            lane: "slow",
            deadline: { after: "5m" },
          });
        else if (verb === "issue") this.issue(new Act({ sagaId: this.sagaId, note: rest.join(" ") }));
        else if (verb === "timer")
          this.setTimer(rest[0]!, rest[1] === "at" ? { at: new Date(Number(rest[2])) } : { after: rest[2]! });
        else if (verb === "cancel") this.cancelTimer(rest[0]!);
        else if (verb === "complete") this.complete();
        else throw new RangeError(rest.join(" "));
      }
    }
  }

  await domain.init();
  const operations = adapter.operations as OperationStores;
  const notices = domain.repositoryFor(Notice);
  /** Each in a stream of its own, unless one is named. */
  const say = async (event: Event, stream = `notice-${++count}`): Promise<void> => {
    await notices.add(((await notices.find(stream)) ?? Notice.createNew({ id: stream })).say(event));
  };
  const category = "sagas::saga";
  const processOf = async (id: string): Promise<SagaInStore | undefined> => {
    const stored = await operations.states.load({ stream: `${category}-${id}`, category });
    return stored && (JSON.parse(stored.data) as SagaInStore);
  };
  return {
    domain,
    logged,
    Saga,
    say,
    category,
    begin: async (sagaId: string, { note, does }: Said = { note: "begun" }, stream?: string) =>
      await say(new Begun({ sagaId, note, ...(does && { does: [...does] }) }), stream),
    tell: async (sagaId: string, { note, does }: Said, stream?: string) =>
      await say(new Told({ sagaId, note, ...(does && { does: [...does] }) }), stream),
    share: async (sagaIds: readonly string[], { note, does }: Said) =>
      await say(new Shared({ sagaIds: [...sagaIds], note, ...(does && { does: [...does] }) })),
    refer: async (reference: string, note: string) => await say(new Referred({ reference, note })),
    find: async (code: string, note: string) => await say(new Found({ code, note })),
    value: async (sagaId: string, amount: string, at: Date, big: bigint) =>
      await say(new Valued({ sagaId, amount: new Decimal(amount), at, big })),
    finish: async (sagaId: string, { note, does }: Said = { note: "finished" }) =>
      await say(new Finished({ sagaId, note, ...(does && { does: [...does] }) })),
    /** Many events for one instance at once, as they are stored. */
    append: async (events: readonly { readonly type: string; readonly data: object }[]) => {
      for (let at = 0; at < events.length; at += 500)
        await domain.eventStore.append([
          {
            stream: domain.streamFor(Notice, `notice-${++count}`),
            events: events.slice(at, at + 500).map(({ type, data }) => ({ type: `Sagas.${type}.v1`, data })),
          },
        ]);
    },
    processOf,
    /** What an instance has noted; undefined unless it runs. */
    notesOf: async (id: string): Promise<readonly string[] | undefined> => (await processOf(id))?.state?.notes,
    timersOf: async (id: string) =>
      (await operations.timers.ofOwner(`${category}-${id}`)).map(({ name, dueAt }) => ({ name, dueAt })),
    deedsOf: async (id: string): Promise<readonly string[]> => (await domain.repositoryFor(Deed).find(id))?.notes ?? [],
    parked: async () =>
      (await domain.parked()).map(({ key, position, error, attempts }) => ({
        ...{ key, position, attempts },
        error: error.message,
      })),
    /** Lets a timer fire now, whatever its time, while its instance has not heard of anything yet. */
    fire: async (id: string, name: string): Promise<void> => {
      const [found] = (await operations.timers.ofOwner(`${category}-${id}`)).filter((one) => one.name === name);
      const { owner, dueAt, data } = found!;
      const { timerId, type } = JSON.parse(data) as { readonly timerId: string; readonly type: string };
      const fired = { name, timerId, dueAt };
      const message = { id: timerId, type, time: dueAt, data: JSON.stringify(fired), metadata: "{}" };
      await adapter.log.append([{ stream: owner, category, messages: [message] }], {
        also: [{ kind: "removeTimer", owner, name, expected: { dueAt, data } }],
      });
    },
    /** The events of the stream of an instance, or of its deeds. */
    messages: async (of: string): Promise<readonly RecordedMessage[]> =>
      await adapter.log.readStream({ stream: of, category: of.slice(0, of.indexOf("-")) }, { from: 0, limit: 1_000 }),
  };
}

/** What lies in the store of an instance. */
interface SagaInStore {
  readonly process: string;
  readonly version: number;
  readonly status: string;
  readonly state?: {
    readonly notes: readonly string[];
    readonly steps: number;
    readonly amount: string;
    readonly at: string | null;
    readonly big: string;
  };
  readonly timers?: Readonly<Record<string, string>>;
  readonly kept?: readonly number[];
  readonly steps: number;
  readonly commands: number;
}
