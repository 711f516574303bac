import { Command, type CommandHandle, type CommandRoot, identifier } from "@tidemark/core";
import { z } from "zod";

import { Account, domain, MakeDeposit } from "./readme-example";

@domain.command({ partOf: Account })
class Import extends Command({ file: z.string() }, { asynchronous: true }) {}

@domain.command({ partOf: Account })
class Count extends Command({ accountId: identifier() }, { returns: z.number(), asynchronous: true }) {}

@domain.command({ partOf: Account })
class CountNow extends Command({ accountId: identifier() }, { returns: z.number(), asynchronous: false }) {}

@domain.command({ partOf: Account })
class Sum extends Command({ accountId: identifier() }, { returns: z.number() }) {}

// @ts-expect-error: it does or it does not
class Sometimes extends Command({ file: z.string() }, { asynchronous: "sometimes" }) {}

export async function later(any: CommandRoot<number>): Promise<void> {
  const summing: CommandHandle<number> = await domain.process(new Sum({ accountId: "1" }), { asynchronous: true });
  const sum: number = await summing.result({ timeoutMs: 500, signal: new AbortController().signal });
  const now: number = await domain.process(new Sum({ accountId: "1" }));
  const one: number = await domain.process(any);
  const { state, attempts, dueAt } = await summing.status();
  const facts: [string, number, Date] = [state, attempts, dueAt];
  const cancelled: boolean = await summing.cancel();
  const where: [string, string] = [summing.id, summing.position];

  const importing: CommandHandle = await domain.process(new Import({ file: "a" }));
  const imported: unknown = await importing.result();
  const counting: CommandHandle<number> = await domain.process(new Count({ accountId: "1" }), { priority: 5 });
  const counted: number = await domain.process(new Count({ accountId: "1" }), { asynchronous: false });
  const countedNow: number = await domain.process(new CountNow({ accountId: "1" }));
  const countingNow: CommandHandle<number> = await domain.process(new CountNow({ accountId: "1" }), {
    asynchronous: true,
    priority: 1,
    lane: "bulk",
    deadline: new Date(),
    idempotencyKey: "k",
    correlationId: "c",
  });
  // @ts-expect-error: a handle is no result
  const early: number = await domain.process(new Count({ accountId: "1" }));
  // @ts-expect-error: the command declares a number
  const text: CommandHandle<string> = await domain.process(new Count({ accountId: "1" }));
  // @ts-expect-error: a priority is a number
  await domain.process(new Sum({ accountId: "1" }), { asynchronous: true, priority: "high" });

  const scheduled: CommandHandle<number> = await domain.schedule(new Sum({ accountId: "1" }), {
    after: "30d",
    key: "k",
  });
  await domain.schedule(new MakeDeposit({ accountId: "1", amount: 5 }), { at: new Date(), priority: 1, lane: "bulk" });
  // @ts-expect-error: it takes a time
  await domain.schedule(new Sum({ accountId: "1" }), { key: "k" });
  // @ts-expect-error: not a command
  await domain.schedule(new Account(), { after: "1h" });
  const unscheduled: boolean = await domain.unschedule("k");
  const found: CommandHandle = domain.commandHandle("id");
  const typed: CommandHandle<number> = domain.commandHandle<number>("id");

  void [sum, now, one, facts, cancelled, where, imported, counting, counted, countedNow, countingNow, early, text];
  void [scheduled, unscheduled, found, typed, Sometimes];
}
