import {
  Aggregate,
  apply,
  type Clock,
  Command,
  Domain,
  DomainEvent,
  handle,
  identifier,
  ProcessManager,
  timer,
} from "@tidemark/core";
import { z } from "zod";

import type { Place } from "../program/place";
import { settingsOf } from "../tellers/open-teller";

/** The stored types of what the study counts. */
export const TYPES = {
  wished: "Reminding.Wished.v1",
  called: "Reminding.Called.v1",
  answered: "Reminding.Answered.v1",
  fired: "Reminding.ReminderTimerFired.v1",
} as const;

/** A domain of reminders: each waits for its timer and ends, or issues a command at once and ends when that is carried out. */
export function remindingBank(place: Place, clock?: Clock) {
  const config = { event_store: settingsOf(place), server: { embedded: false } };
  const domain = new Domain("reminding", { config, ...(clock && { clock }) });

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
    @apply(Wished)
    wished(): void {}
    @apply(Called)
    called(): void {}
    @apply(Answered)
    answered(): void {}
  }

  @domain.command({ partOf: Wish })
  class Answer extends Command({ reminderId: identifier() }) {}
  @domain.commandHandler({ partOf: Wish })
  class Answers {
    @handle(Answer)
    async answer({ reminderId }: Answer): Promise<void> {
      await domain.repositoryFor(Wish).update(reminderId, (wish) => wish.answer());
    }
  }

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
  void [Answers, Reminder];

  return {
    domain,
    streamOf: (reminderId: string) => domain.streamFor(Wish, reminderId),
    call: async (reminderId: string): Promise<void> => {
      await domain.repositoryFor(Wish).add(Wish.createNew({ id: reminderId }).call());
    },
  };
}
