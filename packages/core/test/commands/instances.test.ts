import { tmpdir } from "node:os";

import { Aggregate, Command, Domain, handle, type Resolver } from "../../src/index";

class Mailer {
  readonly sent: string[] = [];
}

function office(resolver?: Resolver) {
  const domain = new Domain("office", { root: tmpdir(), ...(resolver && { resolver }) });

  @domain.aggregate({ eventSourced: true })
  class Letter extends Aggregate({}) {}

  @domain.command({ partOf: Letter })
  class Send extends Command({}) {}

  @domain.commandHandler({ partOf: Letter })
  class LetterHandler {
    constructor(private readonly mailer: Mailer) {}

    @handle(Send)
    send(_command: Send): number {
      return this.mailer.sent.push("a letter");
    }
  }
  return { domain, Send, LetterHandler };
}

describe("a resolver", () => {
  it.each([
    ["a text", "tsyringe", 'found "tsyringe"'],
    ["a container without resolve", new Map(), "found [object Map]"],
    ["nothing", null, "found null"],
  ])("is refused where it is %s", (_, resolver, found) => {
    expect(() => new Domain("office", { resolver: resolver as never })).toThrow(
      `The option "resolver" of a domain takes a function of the class, or an object with resolve(type), ${found}`,
    );
  });

  it("as a function constructs the handler, for each command", async () => {
    const mailer = new Mailer();
    const asked: unknown[] = [];
    const { domain, Send, LetterHandler } = office((type) => {
      asked.push(type);
      return new type(mailer);
    });
    await domain.init();
    expect([await domain.process(new Send()), await domain.process(new Send())]).toEqual([1, 2]);
    expect(asked).toEqual([LetterHandler, LetterHandler]);
  });

  it("as an object may take its time, and give the same instance each time", async () => {
    const mailer = new Mailer();
    const container = {
      instances: new Map<unknown, object>(),
      async resolve(type: new (mailer: Mailer) => object): Promise<object> {
        const instance = this.instances.get(type) ?? new type(mailer);
        this.instances.set(type, instance);
        return instance;
      },
    };
    const { domain, Send } = office(container);
    await domain.init();
    await domain.process(new Send());
    expect([await domain.process(new Send()), container.instances.size]).toEqual([2, 1]);
  });

  it.each<[string, Resolver, string]>([
    ["gives nothing", () => undefined, "Cannot construct LetterHandler: its resolver gave undefined"],
    [
      "gives something else",
      () => new Mailer(),
      "Cannot construct LetterHandler: its resolver gave an instance of Mailer",
    ],
    [
      "gives the class",
      (type) => type,
      "Cannot construct LetterHandler: its resolver gave LetterHandler, not an instance",
    ],
    [
      "throws",
      () => {
        throw new Error("no provider for Mailer");
      },
      'Cannot construct LetterHandler: its resolver threw "no provider for Mailer"',
    ],
  ])("that %s is an error that names the class", async (_, resolver, message) => {
    const { domain, Send } = office(resolver);
    await domain.init();
    await expect(domain.process(new Send())).rejects.toMatchObject({ code: "INCORRECT_USAGE", message });
  });

  it("is missed at init() by a handler that takes arguments", async () => {
    await expect(office().domain.init()).rejects.toThrow(
      "LetterHandler takes an argument, which nothing gives it: give the domain a resolver",
    );
  });
});
