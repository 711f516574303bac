import {
  Aggregate,
  apply,
  type Clock,
  Command,
  DomainEvent,
  handle,
  identifier,
  type Logger,
  ProcessManager,
  timer,
} from "@tidemark/core";
import type { EventStoreAdapter } from "@tidemark/core/adapter";
import { z } from "zod";

import { domainOn } from "../domain-under-test";

/** The stored types of what the suite counts. */
export const TYPES = {
  called: "Reminders.Called.v1",
  answered: "Reminders.Answered.v1",
  fired: "Reminders.ReminderTimerFired.v1",
} as const;

/** Where the instances of the process manager lie. */
export const REMINDERS = "reminders::reminder";

/** How many reminders are asked for in one commit. */
const AT_ONCE = 500;

/**
 * A domain of reminders, for several processes to serve. Each is an instance of a process manager: it waits for its timer, and ends; or it
 * issues a command at once, and ends when that is carried out. It is to be initialised.
 */
export function servedReminders(
  adapter: EventStoreAdapter,
  { logger, clock }: { readonly logger?: Logger; readonly clock?: Clock } = {},
) {
  const config = { server: { embedded: false }, subscriptions: { lease: "4s" } };
  const domain = domainOn(adapter, {
    name: "reminders",
    config,
    ...(logger && { logger }),
    ...(clock && { clock }),
  });

  @domain.event({ partOf: "Wish" })
  class Wished extends DomainEvent({ reminderId: identifier(), at: z.date() }) {}
  @domain.event({ partOf: "Wish" })
  class Called extends DomainEvent({ reminderId: identifier() }) {}
  @domain.event({ partOf: "Wish" })
  class Answered extends DomainEvent({ reminderId: identifier() }) {}

  @domain.aggregate({ eventSourced: true })
  class Wish extends Aggregate({}) {
    call(): this {
      this.raise(new Called({ reminderId: this.id }));
      return this;
    }
    answer(): void {
      this.raise(new Answered({ reminderId: this.id }));
    }
    @apply(Wished) wished(): void {}
    @apply(Called) called(): void {}
    @apply(Answered) answered(): void {}
  }

  @domain.command({ partOf: Wish })
  class Answer extends Command({ reminderId: identifier() }) {}
  @domain.commandHandler({ partOf: Wish })
  class Answers {
    @handle(Answer) async answer({ reminderId }: Answer): Promise<void> {
      await domain.repositoryFor(Wish).update(reminderId, (wish) => wish.answer());
    }
  }
  void Answers;

  @domain.processManager({})
  class Reminder extends ProcessManager({ reminderId: identifier() }) {
    @handle(Wished, { start: true })
    wished({ at }: Wished): void {
      this.setTimer("due", { at });
    }
    @timer("due")
    due(): void {
      this.complete();
    }
    @handle(Called, { start: true })
    called(): void {
      this.issue(new Answer({ reminderId: this.reminderId }));
    }
    @handle(Answered, { end: true })
    answered(): void {}
  }
  void Reminder;

  return {
    domain,
    /** Asks for reminders: their ids, and when each is due. */
    wish: async (reminders: readonly (readonly [reminderId: string, at: Date])[]): Promise<void> => {
      for (let first = 0; first < reminders.length; first += AT_ONCE)
        await domain.eventStore.append(
          reminders.slice(first, first + AT_ONCE).map(([reminderId, at]) => ({
            stream: domain.streamFor(Wish, reminderId),
            events: [{ type: "Reminders.Wished.v1", data: { reminderId, at: at.toISOString() } }],
          })),
        );
    },
    /** Starts an instance that issues a command at once. */
    call: async (reminderId: string): Promise<void> => {
      await domain.repositoryFor(Wish).add(Wish.createNew({ id: reminderId }).call());
    },
  };
}
