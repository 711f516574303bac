import { tmpdir } from "node:os";
import { z } from "zod";

import {
  Aggregate,
  apply,
  Command,
  Domain,
  type DomainError,
  DomainEvent,
  handle,
  identifier,
  ProcessManager,
  type ProcessManagerOptions,
  rejected,
  timer,
} from "../../src/index";
import type { Class } from "../../src/metadata/class-types";
import { examineModel } from "../../src/model/domain-model";
import { Registry } from "../../src/model/registry";
import type { ProcessEvent } from "../../src/process-managers/process-event";
import { ProcessSteps } from "../../src/process-managers/process-step";

let numbers = 0;

/** A process manager that does in each step what the event asks for, as the compiler of declarations makes it. */
export function orders(options: ProcessManagerOptions = {}) {
  const domain = new Domain("shop", { root: tmpdir() });

  @domain.event({ partOf: "Order" })
  class Placed extends DomainEvent({ orderId: identifier(), lines: z.array(z.string()) }) {}
  @domain.event({ partOf: "Order" })
  class Changed extends DomainEvent({ orderId: identifier(), does: z.string() }) {}
  @domain.event({ partOf: "Order" })
  class Closed extends DomainEvent({ orderId: identifier() }) {}
  @domain.aggregate({ eventSourced: true })
  class Order extends Aggregate({ count: z.number().default(0) }) {
    @apply(Placed) placed(_: Placed): void {
      this.count++;
    }
    @apply(Changed) changed(_: Changed): void {
      this.count++;
    }
    @apply(Closed) closed(_: Closed): void {
      this.count++;
    }
  }
  @domain.command({ partOf: "Order" })
  class Ship extends Command({ orderId: identifier(), weight: z.bigint().default(1n) }) {}
  class Unknown extends Command({ orderId: identifier() }) {}

  /** What `changed` does, by the text of the event. */
  const deeds: Record<string, (shipping: Shipping) => unknown> = {};

  @domain.processManager(options)
  class Shipping extends ProcessManager({
    orderId: identifier(),
    lines: z.array(z.string()).default([]),
    changes: z.number().default(0),
    at: z.date().nullable().default(null),
    reason: z.string().optional(),
  }) {
    #secret = 1;
    @handle(Placed, { start: true }) placed(event: Placed): void {
      this.lines = event.lines;
      this.lines.push("from the method");
    }
    @handle(Changed) changed({ does }: Changed): unknown {
      this.changes += this.#secret;
      return deeds[does]?.(this);
    }
    @handle(Closed, { end: true }) closed(_: Closed): void {}
    @rejected(Ship) refused(command: Ship, reason: DomainError): void {
      this.reason = `${command.weight + 1n} ${reason.code}`;
    }
    @timer("expiry") expired(): void {
      this.reason = "expired";
    }
    @timer("reminder") reminded(): void {
      this.reason = "reminded";
    }
    ship(...args: readonly unknown[]): void {
      (this.issue as (...args: readonly unknown[]) => void).call(this, ...args);
    }
    set(name: string, time: unknown): void {
      this.setTimer(name, time as never);
    }
    cancel(name: string): void {
      this.cancelTimer(name);
    }
    finish(): void {
      this.complete();
    }
  }

  const registry = new Registry();
  for (const type of [Placed, Changed, Closed, Order, Ship, Shipping] as unknown as Class[]) registry.addMarked(type);
  const { model: domainModel, problems } = examineModel("shop", registry);
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join("; "));
  const model = domainModel.processManagers.get(Shipping as unknown as Class)!;
  const steps = new ProcessSteps(model, domainModel.commands);
  const stored = (type: string, event: object, { category = "shop::order", id = "o-1" } = {}): ProcessEvent => {
    const number = ++numbers;
    return {
      type,
      eventId: `event-${number}`,
      stream: `${category}-${id}`,
      category,
      aggregateId: id,
      position: number,
      globalPosition: number,
      time: 1_000 * number,
      metadata: { correlationId: "request-1" },
      event,
    };
  };
  return {
    model,
    domainModel,
    steps,
    deeds,
    Ship,
    Unknown,
    Shipping,
    placed: (...lines: string[]) => stored("Shop.Placed.v1", new Placed({ orderId: "o-1", lines }) as object),
    changed: (does: string | ((shipping: Shipping) => unknown)) => {
      if (typeof does === "string") return stored("Shop.Changed.v1", new Changed({ orderId: "o-1", does }) as object);
      const name = `deed ${numbers}`;
      deeds[name] = does;
      return stored("Shop.Changed.v1", new Changed({ orderId: "o-1", does: name }) as object);
    },
    closed: () => stored("Shop.Closed.v1", new Closed({ orderId: "o-1" }) as object),
    own: (type: "timerFired" | "commandRejected", event: object) =>
      stored(model.types[type], event, { category: model.category }),
  };
}
