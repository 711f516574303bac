import type { EventMetadata, QueuedCommandStatus, RecordedEvent } from "@tidemark/core";

import { drawTree } from "../../src/commands/events-trace";
import { CauseTree } from "../../src/events/cause-tree";
import { displayWidth, type WidthOf } from "../../src/printing/display-width";

let widthOf: WidthOf;
beforeAll(async () => {
  widthOf = await displayWidth();
});

let next = 0;
beforeEach(() => {
  next = 0;
});

function event(name: string, metadata: EventMetadata, data: object = {}): RecordedEvent {
  const position = next++;
  return {
    id: `event-${name}`,
    type: name,
    stream: "bank::account-1",
    position,
    globalPosition: position + 1,
    time: new Date(position),
    data,
    metadata,
  };
}

function treeOf(...events: readonly RecordedEvent[]): CauseTree {
  const tree = new CauseTree();
  for (const one of events) tree.addEvent(one);
  return tree;
}

/** Without what every line of an event has. */
const drawn = (tree: CauseTree) =>
  [...drawTree(tree.roots, widthOf)].map((line) =>
    line.replace(/1970\S+ {2}/, "").replace(/ {2}bank::account-1 at /, " "),
  );

it("sets commands under those in whose handlers they were processed, events under their commands", () => {
  const outerCommands = [{ id: "c1", type: "Onboard" }];
  const tree = treeOf(
    event("Opened", { causationId: "c2", commandType: "Open", outerCommands }),
    event("Greeted", { causationId: "c1", commandType: "Onboard" }),
    event("Deposited", { causationId: "c3", commandType: "Deposit", outerCommands }, { amount: 5 }),
    event("Noted", { causationId: "c2", commandType: "Open", outerCommands }),
  );
  expect(drawn(tree)).toEqual([
    "└─ Onboard (c1)",
    "   ├─ Open (c2)",
    "   │  ├─ Opened 0  {}",
    "   │  └─ Noted 3  {}",
    "   ├─ Greeted 1  {}",
    "   └─ Deposit (c3)",
    '      └─ Deposited 2  {"amount":5}',
  ]);
  expect([tree.commandCount, tree.eventCount]).toEqual([3, 4]);
});

it("sets an event under the event that its causation names", () => {
  const tree = treeOf(event("Paid", {}), event("Shipped", { causationId: "event-Paid" }));
  expect(drawn(tree)).toEqual(["└─ Paid 0  {}", "   └─ Shipped 1  {}"]);
});

describe("an event handler", () => {
  const cause = { eventId: "event-Opened", type: "Opened", handler: "WelcomeMail" };

  it("stands under the event that it handled, once, with its commands and the events that it raised itself", () => {
    const tree = treeOf(
      event("Opened", { causationId: "c1", commandType: "Open" }),
      event("Noted", { causationId: "c2", commandType: "Note", cause }),
      event("Greeted", { cause }),
      event("Counted", { causationId: "c3", commandType: "Count", cause: { ...cause, handler: "Statistics" } }),
      event("Seen", {
        causationId: "c4",
        commandType: "See",
        cause: { eventId: "event-Noted", handler: "Watch" } as never,
      }),
    );
    expect(drawn(tree)).toEqual([
      "└─ Open (c1)",
      "   └─ Opened 0  {}",
      "      ├─ handler WelcomeMail",
      "      │  ├─ Note (c2)",
      "      │  │  └─ Noted 1  {}",
      "      │  │     └─ handler Watch",
      "      │  │        └─ See (c4)",
      "      │  │           └─ Seen 4  {}",
      "      │  └─ Greeted 2  {}",
      "      └─ handler Statistics",
      "         └─ Count (c3)",
      "            └─ Counted 3  {}",
    ]);
    expect([tree.commandCount, tree.eventCount]).toEqual([4, 5]);
  });

  it("holds the outermost of nested commands", () => {
    const outerCommands = [{ id: "c2", type: "Onboard" }];
    const tree = treeOf(
      event("Opened", {}),
      event("Noted", { causationId: "c3", commandType: "Note", outerCommands, cause }),
    );
    expect(drawn(tree)).toEqual([
      "└─ Opened 0  {}",
      "   └─ handler WelcomeMail",
      "      └─ Onboard (c2)",
      "         └─ Note (c3)",
      "            └─ Noted 1  {}",
    ]);
  });

  it("names its event where that is not in the tree", () => {
    const tree = treeOf(
      event("Noted", { causationId: "c1", commandType: "Note", cause }),
      event("Greeted", { cause: { eventId: "e", handler: "Watch" } as never }),
    );
    expect(drawn(tree)).toEqual([
      "├─ handler WelcomeMail of Opened (event-Opened)",
      "│  └─ Note (c1)",
      "│     └─ Noted 0  {}",
      "└─ handler Watch of event (e)",
      "   └─ Greeted 1  {}",
    ]);
  });

  it("shows by the record of a command that raised no event", () => {
    const tree = treeOf(event("Opened", {}));
    tree.addRecord(event("Note", { causationId: "c1", commandType: "Note", cause }));
    expect(drawn(tree)).toEqual(["└─ Opened 0  {}", "   └─ handler WelcomeMail", "      └─ Note (c1)"]);
  });
});

it("shows a command whose type no event names by its id", () => {
  expect(drawn(treeOf(event("Paid", { causationId: "c1" }), event("Shipped", { causationId: "c2" })))).toEqual([
    "├─ command (c1)",
    "│  └─ Paid 0  {}",
    "└─ command (c2)",
    "   └─ Shipped 1  {}",
  ]);
});

describe("the record of a command with an idempotency key", () => {
  const metadata = { causationId: "c1", commandType: "Open" };

  it("adds nothing to a command that an event names", () => {
    const tree = treeOf(event("Opened", metadata));
    tree.addRecord(event("Open", metadata));
    expect(drawn(tree)).toEqual(["└─ Open (c1)", "   └─ Opened 0  {}"]);
    expect([tree.commandCount, tree.eventCount]).toEqual([1, 1]);
  });

  it("shows a command that raised no event", () => {
    const tree = new CauseTree();
    tree.addRecord(event("Open", metadata));
    expect(drawn(tree)).toEqual(["└─ Open (c1)"]);
    expect([tree.commandCount, tree.eventCount]).toEqual([1, 0]);
  });

  it("stands in the handler of the command that processed it", () => {
    const outerCommands = [{ id: "c0", type: "Onboard" }];
    const tree = treeOf(event("Greeted", { causationId: "c0", commandType: "Onboard" }));
    tree.addRecord(event("Open", { ...metadata, outerCommands }));
    expect(drawn(tree)).toEqual(["└─ Onboard (c0)", "   ├─ Greeted 0  {}", "   └─ Open (c1)"]);
    expect([tree.commandCount, tree.eventCount]).toEqual([2, 1]);
  });
});

it("takes any metadata that another writer may have left", () => {
  const tree = treeOf(
    event("A", { causationId: 7, commandType: 8, outerCommands: "none" } as never),
    event("B", { causationId: 0 } as never),
    event("C", {
      causationId: "c",
      commandType: "Do",
      outerCommands: [null, { id: "o" }, { id: "c", type: "Do" }] as never,
      cause: { eventId: 7, handler: "Watch" } as never,
    }),
    event("D", { cause: null } as never),
  );
  expect(drawn(tree)).toEqual([
    "├─ A 0  {}",
    "├─ B 1  {}",
    "├─ Do (c)",
    "│  └─ Do (c)",
    "│     └─ C 2  {}",
    "└─ D 3  {}",
  ]);
});

it("shortens long data and escapes what would move the cursor", () => {
  const [line = ""] = drawn(treeOf(event("A", {}, { text: `\u202e${"x".repeat(200)}` })));
  expect(line).toBe(`└─ A 0  {"text":"\\u202e${"x".repeat(64)}…`);
  const [wide = ""] = drawn(treeOf(event("A", {}, { text: "账".repeat(100) })));
  expect(wide).toBe(`└─ A 1  {"text":"${"账".repeat(35)}…`);
});

describe("process managers", () => {
  const cause = { eventId: "event-Asked", type: "Asked", handler: "Transfer" };
  /** Two instances are told of the first event; the second of them has issued command c2. */
  const steps = (event: RecordedEvent, commands: readonly string[]) =>
    event.type !== "Asked"
      ? []
      : ["t-1", "t-2"].map((id, index) => ({
          process: "Transfer",
          id,
          method: "Transfer.asked",
          beforeStart: "start" as const,
          issued: commands.filter((command) => command === `c${index + 1}`),
        }));
  const queued = (id: string): QueuedCommandStatus => ({
    id,
    type: "Withdraw",
    state: "waiting",
    lane: "default",
    priority: 0,
    dueAt: new Date(0),
    attempts: 0,
    command: {},
    metadata: { causationId: id, commandType: "Withdraw", cause },
  });

  it("have what each instance has issued, whose timer has fired, and which is set", () => {
    const tree = new CauseTree(steps);
    tree.addEvent(event("Asked", {}));
    tree.addEvent(event("Withdrawn", { causationId: "c2", commandType: "Withdraw", cause }));
    tree.addEvent({ ...event("Fired", { cause }), stream: "bank::transfer-t-1" });
    tree.addQueued(queued("c1"));
    tree.addQueued(queued("c2"));
    tree.addTimer({ process: "Transfer", id: "t-2", name: "expiry", dueAt: new Date(5), metadata: { cause } });
    expect(drawn(tree)).toEqual([
      "└─ Asked 0  {}",
      "   ├─ process Transfer t-1, Transfer.asked",
      "   │  ├─ Fired  bank::transfer-t-1 at 2  {}",
      "   │  └─ Withdraw (c1), waiting",
      "   └─ process Transfer t-2, Transfer.asked",
      "      ├─ Withdraw (c2), waiting",
      "      │  └─ Withdrawn 1  {}",
      "      └─ timer expiry due at 1970-01-01T00:00:00.005Z",
    ]);
    expect([tree.commandCount, tree.eventCount]).toEqual([2, 3]);
  });

  it("are named like handlers where the code does not say which instance it was", () => {
    const tree = new CauseTree(steps);
    tree.addEvent(event("Asked", {}));
    tree.addEvent(event("Withdrawn", { causationId: "c9", commandType: "Withdraw", cause }));
    expect(drawn(tree)).toContain("   └─ handler Transfer");
  });

  it("have no process for a command that waits alone", () => {
    const tree = new CauseTree();
    tree.addQueued({ ...queued("c1"), metadata: { causationId: "c1", commandType: "Withdraw" } });
    expect(drawn(tree)).toEqual(["└─ Withdraw (c1), waiting"]);
  });
});
