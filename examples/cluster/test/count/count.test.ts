import { count } from "../../src/count/count";
import { type CountedEvent, Ledger } from "../../src/count/ledger";

/** A log, as the bank stores it: an account with two deposits, and a transfer to another account. */
const HISTORY: readonly (readonly [stream: string, type: string, data: object])[] = [
  ["account-a", "AccountOpened", { accountId: "a", openingDeposit: 100 }],
  ["account-b", "AccountOpened", { accountId: "b", openingDeposit: 100 }],
  ["account-a", "DepositMade", { accountId: "a", amount: 5, reference: "w0-1" }],
  ["account-a", "DepositMade", { accountId: "a", amount: 7, reference: "w0-2" }],
  ["transfer-w0-3", "TransferRequested", { transferId: "w0-3", from: "a", to: "b", amount: 30 }],
  ["account-a", "MoneySent", { accountId: "a", amount: 30, transferId: "w0-3" }],
  ["account-b", "MoneyReceived", { accountId: "b", amount: 30, transferId: "w0-3" }],
  ["transfer-w0-3", "TransferEnded", { transferId: "w0-3" }],
];

const ACKNOWLEDGED = ["w0-1", "w0-2", "w0-3"];
const ROWS = [
  { accountId: "a", balance: 82, movements: 3 },
  { accountId: "b", balance: 130, movements: 1 },
];

/** Events at the places that a store gives them, with ids "event-1", "event-2", … */
function stored(history = HISTORY): CountedEvent[] {
  const lengths = new Map<string, number>();
  return history.map(([stream, type, data], index) => {
    const position = lengths.get(stream) ?? 0;
    lengths.set(stream, position + 1);
    return {
      id: `event-${index + 1}`,
      type: `Bank.${type}.v1`,
      stream: `bank::${stream}`,
      position,
      globalPosition: index + 1,
      data,
    };
  });
}

function ids(events: readonly CountedEvent[]): string[] {
  return events.map(({ id }) => id);
}

function counted(
  events: readonly CountedEvent[],
  { acknowledged = ACKNOWLEDGED, seen = ids(events), rows = ROWS }: Partial<Parameters<typeof count>[0]> = {},
) {
  const ledger = new Ledger();
  for (const event of events) ledger.hear(event);
  return count({ ledger, acknowledged, seen, rows });
}

const FINE = { acknowledged: 3, stored: 3, lost: [], twice: [], gaps: [], behind: [], unfinished: [], transfers: 1 };

it("finds nothing wrong where everything is as it should be", () => {
  expect(counted(stored())).toEqual(FINE);
});

it("finds a command that was acknowledged and is not stored", () => {
  expect(counted(stored(), { acknowledged: [...ACKNOWLEDGED, "w0-4"] })).toEqual({
    ...FINE,
    acknowledged: 4,
    lost: ["command w0-4 was acknowledged and is not stored"],
  });
});

it("counts a command that is stored and was never acknowledged as stored, and as no fault", () => {
  expect(counted(stored(), { acknowledged: ["w0-1", "w0-3"] })).toEqual({ ...FINE, acknowledged: 2 });
});

it("finds a command that is stored twice", () => {
  const events = stored([...HISTORY, ["account-a", "DepositMade", { accountId: "a", amount: 5, reference: "w0-1" }]]);
  const rows = [{ accountId: "a", balance: 87, movements: 4 }, ROWS[1]!];
  expect(counted(events, { rows })).toEqual({ ...FINE, twice: ["command w0-1 is stored 2 times"] });
});

it("finds an id that two events have", () => {
  const events = stored().map((event) => (event.id === "event-4" ? { ...event, id: "event-3" } : event));
  const { twice } = counted(events);
  expect(twice).toEqual(["event event-3 is stored more than once"]);
});

it("finds a step that a transfer has taken twice", () => {
  const events = stored([
    ...HISTORY,
    ["account-b", "MoneyReceived", { accountId: "b", amount: 30, transferId: "w0-3" }],
  ]);
  const { twice } = counted(events, { rows: [ROWS[0]!, { accountId: "b", balance: 160, movements: 2 }] });
  expect(twice).toEqual([
    "transfer w0-3 has taken a step twice: TransferRequested, MoneySent, MoneyReceived, TransferEnded, MoneyReceived",
  ]);
});

it("finds a gap in a stream, and none where the global order leaves out a position", () => {
  const events = stored().map((event) => ({ ...event, globalPosition: event.globalPosition * 2 }));
  expect(counted(events)).toEqual(FINE);
  const { gaps } = counted(events.map((event) => (event.id === "event-4" ? { ...event, position: 3 } : event)));
  expect(gaps).toEqual([
    'stream "bank::account-a" goes on at position 3 instead of 2',
    'stream "bank::account-a" goes on at position 3 instead of 4',
  ]);
});

it("finds a global position that comes twice", () => {
  const events = stored().map((event) => (event.id === "event-4" ? { ...event, globalPosition: 3 } : event));
  expect(counted(events).gaps).toEqual(["global position 3 comes after 3"]);
});

it("finds an event that the follower was not given", () => {
  const seen = ids(stored()).filter((id) => id !== "event-4");
  expect(counted(stored(), { seen }).gaps).toEqual(["the follower was not given event event-4"]);
});

it("finds an event that the follower was given and that is not stored any more", () => {
  const seen = [...ids(stored()), "event-9"];
  expect(counted(stored(), { seen }).gaps).toEqual(["the follower was given event event-9, which is not stored"]);
});

it.each([
  [
    "twice",
    ["event-1", "event-2", "event-3", "event-3", "event-4", "event-5", "event-6", "event-7", "event-8"],
    "event-3",
  ],
  ["out of order", ["event-2", "event-1", "event-3", "event-4", "event-5", "event-6", "event-7", "event-8"], "event-2"],
])("finds an event that the follower was given %s", (_, seen, event) => {
  expect(counted(stored(), { seen }).gaps).toEqual([`the follower was given event ${event} twice, or out of order`]);
});

it("asks the follower for events of accounts and transfers only", () => {
  const refusal = ["funds_transfer-w0-3", "FundsTransferCommandRejected", { commandId: "c" }] as const;
  const events = stored([...HISTORY, refusal]);
  expect(counted(events, { seen: ids(stored()) })).toEqual(FINE);
});

it("finds rows that are missing, that differ from the log, and that the log knows nothing of", () => {
  const rows = [
    { accountId: "a", balance: 77, movements: 2 },
    { accountId: "c", balance: 0, movements: 0 },
  ];
  expect(counted(stored(), { rows })).toEqual({
    ...FINE,
    behind: [
      "the row of account a says 77 after 2 movements, the log 82 after 3",
      "account b has no row",
      "there is a row of account c, which the log lacks",
    ],
  });
});

it("finds a transfer that has not come to its end", () => {
  const events = stored().slice(0, -1);
  expect(counted(events)).toEqual({
    ...FINE,
    transfers: 0,
    unfinished: ["transfer w0-3 has come no further than TransferRequested, MoneySent, MoneyReceived"],
  });
});

it("takes a transfer that was refused, and one that was returned, for finished", () => {
  const refused = stored([...HISTORY.slice(0, 5), HISTORY[7]!]);
  expect(counted(refused).unfinished).toEqual([]);
  const returned = ["account-a", "MoneyReturned", { accountId: "a", amount: 30, transferId: "w0-3" }] as const;
  expect(counted(stored([...HISTORY.slice(0, 6), returned, HISTORY[7]!])).unfinished).toEqual([]);
});
