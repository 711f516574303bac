import { z } from "zod";

import {
  anyEvent,
  Command,
  type Domain,
  DomainEvent,
  type EventContext,
  handle,
  identifier,
  on,
  Projection,
} from "../../src/index";
import { type Case, faultsOf, modelOf, sound, wrong } from "./faults-of";

describe("an event handler", () => {
  it("has the options of its decorator, and nothing where it says nothing", () => {
    const { eventHandlers } = modelOf((domain) => {
      const { Opened } = sound(domain);
      @domain.eventHandler({})
      class Plain {
        @handle(Opened)
        send(): void {}
      }
      @domain.eventHandler({
        name: "welcome-mail",
        startFrom: 5,
        lane: "mail",
        retry: { attempts: 2, first: "1s", max: "5m" },
        timeout: "30s",
      })
      class WelcomeMail {
        constructor(readonly send = () => undefined) {}
        @handle(Opened)
        opened(): void {}
      }
      return [Plain, WelcomeMail];
    });
    expect(
      eventHandlers.map(({ name, lane, startFrom, retry, timeoutMs }) => ({ name, lane, startFrom, retry, timeoutMs })),
    ).toEqual([
      { name: "Plain", lane: "default", startFrom: undefined, retry: {}, timeoutMs: undefined },
      {
        name: "welcome-mail",
        lane: "mail",
        startFrom: 5,
        retry: { attempts: 2, firstMs: 1_000, maxMs: 300_000 },
        timeoutMs: 30_000,
      },
    ]);
  });

  it("has methods for single events, for batches of them, and for all events", () => {
    const { eventHandlers } = modelOf((domain) => {
      const { Opened } = sound(domain);
      @domain.eventHandler({ batch: true })
      class Batches {
        @handle(Opened)
        all(_events: readonly InstanceType<typeof Opened>[], _contexts: readonly EventContext[]): void {}
        @handle(Opened, { batch: false })
        one(_event: InstanceType<typeof Opened>): void {}
        @handle(anyEvent)
        audit(_events: readonly object[]): void {}
      }
      return Batches;
    });
    const [model] = eventHandlers;
    const shown = ({ place, method, event, isBatch }: NonNullable<typeof model>["ofAll"][number]) => {
      return [place, method, event?.name, isBatch];
    };
    expect([...(model?.methods ?? [])].map(([type, methods]) => [type, methods.map(shown)])).toEqual([
      [
        "Fidelis.Opened.v1",
        [
          ["Batches.all", "all", "Opened", true],
          ["Batches.one", "one", "Opened", false],
        ],
      ],
    ]);
    expect(model?.ofAll.map(shown)).toEqual([["Batches.audit", "audit", undefined, true]]);
    expect(model?.sources.map(({ name }) => name)).toEqual(["Account"]);
  });

  it("may be a function", () => {
    const call = async (): Promise<void> => {};
    const { eventHandlers } = modelOf((domain) => {
      const { Opened } = sound(domain);
      domain.on(Opened, { name: "welcome-mail", startFrom: "now", timeout: "5s" }, call);
      domain.on(anyEvent, { name: "audit", batch: true, lane: "slow" }, call);
    });
    expect(
      eventHandlers.map(({ name, lane, startFrom, timeoutMs, methods, ofAll, handler }) => {
        return [name, lane, startFrom, timeoutMs, [...methods.keys()], ofAll.map(({ isBatch }) => isBatch), handler];
      }),
    ).toEqual([
      ["welcome-mail", "default", "now", 5_000, ["Fidelis.Opened.v1"], [], { call }],
      ["audit", "slow", undefined, undefined, [], [true], { call }],
    ]);
  });
});

describe("sequentialBy", () => {
  it("is the stream where nothing is said, and takes all, a function and a field", () => {
    const at = new Date(5);
    const { eventHandlers } = modelOf((domain) => {
      const { Opened } = sound(domain);
      const call = () => undefined;
      domain.on(Opened, { name: "by-stream" }, call);
      domain.on(Opened, { name: "by-all", sequentialBy: "all" }, call);
      domain.on(anyEvent, { name: "by-function", sequentialBy: () => "k" }, call);
      domain.on(Opened, { name: "by-field", sequentialBy: "owner" }, call);
    });
    const [byStream, byAll, byFunction, byField] = eventHandlers.map(({ sequentialBy }) => sequentialBy);
    expect([byStream, byAll]).toEqual(["stream", "all"]);
    expect((byFunction as (event: object) => unknown)({})).toBe("k");
    const ofField = byField as (event: object) => unknown;
    expect([{ owner: "Ada" }, { owner: 7n }, { owner: at }, { owner: null }, {}].map(ofField)).toEqual([
      "Ada",
      "7",
      "1970-01-01T00:00:00.005Z",
      undefined,
      undefined,
    ]);
  });
});

function project(domain: Domain, name: string) {
  const { Opened } = sound(domain);
  @domain.projection({ name })
  class Summary extends Projection({ id: identifier(), owner: z.string().default("") }) {
    @on(Opened, { creates: true })
    opened(): void {}
  }
  return { Summary, Opened };
}

const CASES: readonly Case[] = [
  [
    "handlers of nothing, of unknown events, of commands, and of a single event in a batch",
    (domain) => {
      const { Opened, Open } = sound(domain);
      domain.eventHandler({})(class Idle {});
      class Closed extends DomainEvent({}) {}
      @domain.eventHandler({ batch: true })
      class Mail {
        @handle(Closed)
        closed(): void {}
        @handle(Open)
        open(_: InstanceType<typeof Open>): void {}
        // @ts-expect-error: the compiler refuses it too
        @handle(Opened, { bach: true })
        opened(): void {}
      }
      return Mail;
    },
    [
      "Idle has no @handle method",
      "Mail.closed takes Closed, which is not a registered event",
      "Mail.open takes Open, which is not a registered event",
      '@handle on Mail.opened has an unknown option "bach"; did you mean "batch"?',
    ],
  ],
  [
    "wrong options",
    (domain) => {
      const { Opened } = sound(domain);
      const retry = { attempts: -1, first: "soon", most: 5 };
      @domain.eventHandler(wrong({ name: "a.b", startFrom: "yesterday", lane: "", retry, timeout: 5, bach: true }))
      class Mail {
        @handle(Opened)
        opened(): void {}
      }
      return Mail;
    },
    [
      'Mail has a bad option "name": must be letters, digits, _ and -, such as "welcome-mail"',
      'Mail has a bad option "startFrom": must be "beginning", "now" or a global position, such as 0',
      'Mail has a bad option "lane": must be letters, digits, _ and -, such as "mail"',
      'Mail has a bad option "retry.attempts": must be a whole number of at least 0',
      'Mail has a bad option "retry.first": must be a duration such as "30s", "15m", "1h" or "2d"',
      'Mail has an unknown option "retry.most"',
      'Mail has a bad option "timeout": must be a duration such as "30s", "15m", "1h" or "2d"',
      'Mail has an unknown option "bach"; did you mean "batch"?',
    ],
  ],
  [
    "functions without a name, with wrong options, and for what is no event",
    (domain) => {
      const { Opened } = sound(domain);
      const call = () => undefined;
      domain.on(Opened, wrong({}), call);
      domain.on(anyEvent, wrong({ name: "audit", strtFrom: "now" }), call);
      domain.on(class Close extends Command({}) {} as never, { name: "closing" }, call);
    },
    [
      'domain.on(Opened) needs the option "name", by which its progress is kept',
      'domain.on(anyEvent) has an unknown option "strtFrom"; did you mean "startFrom"?',
      "closing takes Close, which is not a registered event",
    ],
  ],
  [
    "fields to keep an order by that events lack, or that have parts",
    (domain) => {
      const { Opened } = sound(domain);
      @domain.event({ partOf: "Account" })
      class Tagged extends DomainEvent({ owner: z.string(), tags: z.array(z.string()) }) {}
      // @ts-expect-error: the compiler refuses it too
      @domain.eventHandler({ sequentialBy: "ownr" })
      class Mail {
        @handle(Opened)
        opened(_: InstanceType<typeof Opened>): void {}
        @handle(Tagged)
        tagged(): void {}
      }
      const call = () => undefined;
      domain.on(Tagged, { name: "tags", sequentialBy: wrong("tags" as never) }, call);
      domain.on(anyEvent, { name: "any", sequentialBy: wrong("owner" as never) }, call);
      domain.on(Opened, { name: "five", sequentialBy: wrong(5 as never) }, call);
      return Mail;
    },
    [
      "Account has no @apply method for its event Tagged",
      'Mail has a bad option "sequentialBy": it names the field "ownr", which Opened lacks; did you mean "owner"?',
      'Mail has a bad option "sequentialBy": it names the field "ownr", which Tagged lacks; did you mean "owner"?',
      'domain.on(Tagged) has a bad option "sequentialBy": it names the field "tags" of Tagged, which holds no single value; give a function',
      'domain.on(anyEvent) has a bad option "sequentialBy": it names the field "owner", and the handler takes every event; give a function or "all"',
      'domain.on(Opened) has a bad option "sequentialBy": must be the name of a field, "all" or a function that gives the key',
    ],
  ],
  [
    "names that two subscriptions have",
    (domain) => {
      const { Opened } = project(domain, "Mail");
      @domain.eventHandler({})
      class Mail {
        @handle(Opened)
        opened(): void {}
      }
      domain.on(Opened, { name: "audit" }, () => undefined);
      domain.on(Opened, { name: "audit" }, () => undefined);
      return Mail;
    },
    [
      '"Mail" is the name of a projection and of an event handler; give one another name, because their progress is kept under it',
      '"audit" is the name of an event handler and of an event handler; give one another name, because their progress is kept under it',
    ],
  ],
  [
    "handlers in whose place none can go on",
    (domain) => {
      const { Opened } = project(domain, "Summary");
      const call = () => undefined;
      domain.on(Opened, { name: "itself", replaces: "itself" }, call);
      domain.on(Opened, { name: "living", replaces: "itself" }, call);
      domain.on(Opened, { name: "rows", replaces: "Summary" }, call);
      domain.on(Opened, { name: "one", replaces: "gone" }, call);
      @domain.eventHandler({ replaces: "gone" })
      class Other {
        @handle(Opened)
        opened(): void {}
      }
      domain.on(Opened, { name: "bad", replaces: "no name" }, call);
      return Other;
    },
    [
      'domain.on(Opened) has a bad option "replaces": must be letters, digits, _ and -, such as "welcome-mail"',
      'itself replaces "itself", which is its own name; leave "replaces" out',
      'living replaces "itself", which is still declared; remove that one, or leave "replaces" out',
      'rows replaces "Summary", which is still declared; remove that one, or leave "replaces" out',
      'Other and one both replace "gone"; only one can go on where that one stands',
    ],
  ],
];

describe("the compilation of event handlers", () => {
  it.each(CASES)("reports %s", async (_, declare, faults) => {
    expect(await faultsOf(declare)).toEqual(faults);
  });

  it("reports what its constructor takes where no resolver gives it", async () => {
    const faults = await faultsOf((domain) => {
      const { Opened } = sound(domain);
      class Needy {
        constructor(readonly mail: () => void) {}
        opened(): void {}
      }
      handle(Opened)(Needy.prototype, "opened", {} as any);
      domain.eventHandler({})(Needy);
    });
    expect(faults).toEqual([
      "Needy takes an argument, which nothing gives it: give the domain a resolver, new Domain(name, { resolver })",
    ]);
  });
});
