import {
  Command,
  type CommandContext,
  type CommandRoot,
  Domain,
  handle,
  identifier,
  type Middleware,
  type Resolver,
  useCase,
} from "@tidemark/core";
import { z } from "zod";

import { Account, DepositMade, domain, MakeDeposit, OpenAccount } from "./readme-example";

@domain.command({ partOf: Account })
class Open extends Command({ holderName: z.string() }, { returns: z.string() }) {}

@domain.command({ partOf: Account, idempotencyKey: "requestId" })
class Close extends Command(
  { accountId: identifier(), requestId: z.string().optional() },
  { returns: z.object({ balance: z.number(), closedAt: z.date().optional() }) },
) {}

// @ts-expect-error: the field holds no text
@domain.command({ partOf: Account, idempotencyKey: "attempts" })
class Numbered extends Command({ attempts: z.number() }) {}

// @ts-expect-error: there is no such field
@domain.command({ partOf: Account, idempotencyKey: "requestId" })
class Keyless extends Command({ accountId: identifier() }) {}

@domain.command({ partOf: Account })
class Forget extends Command({}, { returns: z.void() }) {}

@domain.commandHandler({ partOf: Account })
class Handler {
  @handle(Open)
  async open(command: Open, context: CommandContext): Promise<string> {
    const signal: AbortSignal = context.signal;
    return command.holderName + signal.aborted;
  }

  @handle(Open)
  openAtOnce({ holderName }: Open): string {
    return holderName;
  }

  // @ts-expect-error: the command declares a string
  @handle(Open)
  async wrong(_command: Open): Promise<number> {
    return 5;
  }

  // @ts-expect-error: the command declares a string
  @handle(Open)
  wrongAtOnce(_command: Open): number {
    return 5;
  }

  // @ts-expect-error: the command declares a result
  @handle(Open)
  async nothing(_command: Open): Promise<void> {}

  @handle(Close)
  async close(_command: Close): Promise<{ balance: number; closedAt?: Date }> {
    return { balance: 5 };
  }

  // @ts-expect-error: a part of the declared result is missing
  @handle(Close)
  async closeHalf(_command: Close): Promise<{ closedAt: Date }> {
    return { closedAt: new Date() };
  }

  @handle(Forget)
  async forget(_command: Forget): Promise<void> {}

  // @ts-expect-error: the second parameter is the context
  @handle(OpenAccount)
  late(_command: OpenAccount, _now: Date): void {}

  @handle(MakeDeposit)
  anything(_command: MakeDeposit): unknown {
    return 5;
  }

  @handle
  bare(_command: MakeDeposit, _context: CommandContext): void {}
}

export async function processing(): Promise<void> {
  const id: string = await domain.process(new Open({ holderName: "Alice" }));
  const said: string = await domain.process<string>(new Open({ holderName: "Alice" }));
  // @ts-expect-error: the command declares a string
  await domain.process<number>(new Open({ holderName: "Alice" }));
  // @ts-expect-error: the command declares a string
  const wrong: number = await domain.process(new Open({ holderName: "Alice" }));
  const { balance, closedAt } = await domain.process(new Close({ accountId: id }));
  const sum: number = balance;
  const at: Date | undefined = closedAt;
  const nothing: Promise<void> = domain.process(new Forget());
  const undeclared = await domain.process(new MakeDeposit({ accountId: id, amount: 5 }));
  // @ts-expect-error: what a handler returns is unknown until it is declared
  undeclared.length;
  // @ts-expect-error: nobody checks that it is a string
  const promised: string = await domain.process(new MakeDeposit({ accountId: id, amount: 5 }));
  // @ts-expect-error: nobody checks that it is a string
  await domain.process<string>(new MakeDeposit({ accountId: id, amount: 5 }));
  const commands: readonly CommandRoot[] = [new Forget(), new MakeDeposit({ accountId: id, amount: 5 })];
  const results: unknown[] = await Promise.all(commands.map((each) => domain.process(each)));
  const anyObject: object = new Open({ holderName: "Alice" });
  // @ts-expect-error: not known to be a command
  await domain.process(anyObject);
  // @ts-expect-error: an object with the fields of a command
  await domain.process({ holderName: "Alice" });
  // @ts-expect-error: an empty object
  await domain.process({});
  // @ts-expect-error: the class of a command
  await domain.process(Open);
  // @ts-expect-error: an event
  await domain.process(new DepositMade({ accountId: id, amount: 5 }));
  // @ts-expect-error: nothing
  await domain.process(undefined);

  await domain.process(new Forget(), { idempotencyKey: "k", timeoutMs: 500, retries: 5, correlationId: "c" });
  await domain.process(new Forget(), { deadline: new Date(), signal: new AbortController().signal });
  // @ts-expect-error: a key is a text
  await domain.process(new Forget(), { idempotencyKey: 5 });
  // @ts-expect-error: an unknown option
  await domain.process(new Forget(), { idempotencyKye: "k" });
  // @ts-expect-error: a signal is of an AbortController
  await domain.process(new Forget(), { signal: new AbortController() });
  // @ts-expect-error: a deadline is a moment
  await domain.process(new Forget(), { deadline: 500 });
  void [said, wrong, sum, at, nothing, promised, results];
}

@domain.domainService({ partOf: [Account, "Account"] })
class Transferring {
  transfer(from: Account, to: Account): number {
    return from.balance + to.balance;
  }
}

@domain.applicationService({ partOf: Account })
class Teller {
  constructor(readonly clock: () => Date) {}

  @useCase
  async pay(amount: number): Promise<number> {
    return amount;
  }

  // @ts-expect-error: what a use case stores is stored after it has returned
  @useCase
  payAtOnce(amount: number): number {
    return amount;
  }
}
// @ts-expect-error: partOf is required
@domain.applicationService({})
class Homeless {}

export async function serving(account: Account): Promise<number> {
  const paid: number = await (await domain.serviceFor(Teller)).pay(5);
  // @ts-expect-error: no such method
  await (await domain.serviceFor(Teller)).earn(5);
  return paid + (await domain.serviceFor(Transferring)).transfer(account, account);
}

const timing: Middleware = async (command, next, { type, attempt }) => {
  const result = await next();
  console.log(command, type, attempt);
  return result;
};
domain.use(timing).use((_command, next) => next());
// @ts-expect-error: not a function
domain.use("timing");
// @ts-expect-error: it sees every command, of whatever class
domain.use((command: Open, next) => next(command));
// @ts-expect-error: a context is read-only
domain.use((_command, _next, context) => context.attempt++);

const resolver: Resolver = { resolve: (type) => new type() };
new Domain("fidelis", { resolver });
new Domain("fidelis", { resolver: async (type) => new type(new Date()) });
new Domain("fidelis", { resolver: (type) => new Map<unknown, object>().get(type) });
// @ts-expect-error: a container has resolve
new Domain("fidelis", { resolver: { get: (type: new () => object) => new type() } });

export { Close, Forget, Handler, Homeless, Keyless, Numbered, Open };
