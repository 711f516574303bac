import { tmpdir } from "node:os";
import { inspect } from "node:util";
import { z } from "zod";

import {
  Aggregate,
  apply,
  Domain,
  DomainEvent,
  Entity,
  entity,
  hasMany,
  hasOne,
  IncorrectUsageError,
  identifier,
} from "../../src/index";
import { Account, Limit, Money, Signatory } from "../fixtures/company-account";
import { messagesOf } from "../fixtures/messages-of";

class Signed extends DomainEvent({ signatoryId: identifier() }) {}
class Joined extends DomainEvent({ person: entity(Entity({ name: z.string() })) }) {}

describe("an entity", () => {
  it("has the id that it is given, else a fresh one", () => {
    expect(new Signatory({ id: "s-1", name: "Ann" }).id).toBe("s-1");
    const [one, other] = [new Signatory({ name: "Ann" }), new Signatory({ name: "Ann" })];
    expect(one.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(one.id).not.toBe(other.id);
  });

  it("gets its id from the domain's generator in a unit of work", async () => {
    const domain = new Domain("ids", { root: tmpdir(), ids: { next: () => "made-by-us" } });
    await domain.init();
    const signatory = await domain.unitOfWork(async () => new Signatory({ name: "Ann" }));
    expect(signatory.id).toBe("made-by-us");
    await domain.close();
  });

  it("is checked against its shape, its id included", () => {
    expect(messagesOf(() => new Signatory({ id: "", name: "" }))).toEqual({
      id: ["an id has at least 1 character"],
      name: ["Too small: expected string to have >=1 characters"],
    });
    expect(messagesOf(() => new Signatory({ nmae: "Ann" } as never))).toMatchObject({
      nmae: ["is not a field of the shape"],
    });
  });

  it("makes instances of nested values and tells their faults by their path", () => {
    const signatory = new Signatory({
      name: "Ann",
      daily: { currency: "EUR", amount: 5 },
      limits: [{ id: "l-1", money: { currency: "EUR", amount: 7 } }],
    });
    expect(signatory.daily?.text).toBe("5 EUR");
    expect(signatory.limits.get("l-1")).toBeInstanceOf(Limit);
    expect(
      messagesOf(() => new Signatory({ name: "Ann", limits: [{ money: { currency: "EUR", amount: -7 } }] })),
    ).toEqual({
      "limits.0.money.amount": ["is negative"],
    });
  });

  it("can be changed, and shares nothing with its input", () => {
    const input = { id: "l-1", money: new Money({ currency: "EUR", amount: 1 }), periods: [] };
    const limit = new Limit(input);
    limit.periods.push(...new Limit({ ...input, periods: [{ from: new Date(1), tags: [] }] }).periods);
    expect([limit.periods.length, input.periods]).toEqual([1, []]);
    expect(limit.money).not.toBe(undefined);
  });

  it("equals one of its class with its id, whatever its state", () => {
    const ann = new Signatory({ id: "s-1", name: "Ann" });
    expect(ann.equals(new Signatory({ id: "s-1", name: "Bob" }))).toBe(true);
    expect(ann.equals(new Signatory({ id: "s-2", name: "Ann" }))).toBe(false);
    expect(ann.equals(new Limit({ id: "s-1", money: { currency: "EUR", amount: 1 } }))).toBe(false);
    expect(ann.equals({ id: "s-1" })).toBe(false);
  });

  it("reads well when it is printed", () => {
    const limit = new Limit({ id: "l-1", money: { currency: "EUR", amount: 1 } });
    expect(inspect(limit)).toBe(
      "Limit {\n  id: 'l-1',\n  money: Money { currency: 'EUR', amount: 1 },\n  periods: []\n}",
    );
    expect(JSON.stringify(limit)).toBe('{"id":"l-1","money":{"currency":"EUR","amount":1},"periods":[]}');
  });

  it.each(["id", "equals", "raise", "toJSON"])("cannot have a field called %s", (name) => {
    expect(() => Entity({ [name]: z.string() })).toThrow(`field "${name}": the name is taken`);
  });

  it("cannot get a fresh id while an event is folded, at the first raise already", () => {
    class Note extends Entity({ text: z.string() }) {}
    class Noted extends DomainEvent({ text: z.string() }) {}
    class Board extends Aggregate({ notes: hasMany(Note), latest: hasOne(Note) }) {
      @apply(Noted)
      onNoted({ text }: Noted): void {
        this.notes.add(text === "plain" ? { text } : new Note({ text }));
      }
    }
    for (const text of ["plain", "made"]) {
      const board = Board.createNew();
      expect(() => board.raise(new Noted({ text }))).toThrow(
        new IncorrectUsageError(
          "Cannot make a Note without an id while an event is folded: each replay would give it another id; let the event carry the id",
        ),
      );
      expect(board.notes.size).toBe(0);
    }
    expect(new Note({ text: "later" }).id).toMatch(/./);
  });

  it("cannot get a fresh id in an event's input while another event is folded", () => {
    class Started extends DomainEvent({}) {}
    class Club extends Aggregate({ name: z.string().default("") }) {
      @apply(Started)
      onStarted(): void {
        new Joined({ person: { name: "Ann" } });
      }
    }
    expect(() => Club.createNew().raise(new Started())).toThrow("without an id while an event is folded");
  });
});

describe("raise() of an entity", () => {
  class Task extends Entity({ text: z.string(), isDone: z.boolean().default(false) }) {
    finish(): void {
      this.raise(new Finished({ taskId: this.id }));
    }
  }
  class Planned extends DomainEvent({ task: entity(Task) }) {}
  class Finished extends DomainEvent({ taskId: identifier() }) {}
  class Plan extends Aggregate({ tasks: hasMany(Task) }) {
    @apply(Planned)
    onPlanned({ task }: Planned): void {
      this.tasks.add(task);
    }

    @apply(Finished)
    onFinished({ taskId }: Finished): void {
      this.tasks.get(taskId).isDone = true;
    }
  }

  it("goes to its aggregate", () => {
    const plan = Plan.createNew();
    plan.raise(new Planned({ task: { id: "t-1", text: "write" } }));
    plan.tasks.get("t-1").finish();
    expect([plan.version, plan.tasks.get("t-1").isDone]).toEqual([1, true]);
  });

  it("needs an aggregate", () => {
    expect(() => new Task({ id: "t-1", text: "write" }).finish()).toThrow(
      new IncorrectUsageError('Task "t-1" cannot raise an event: it is not part of a loaded or changed aggregate'),
    );
  });

  it("is refused for an event that the aggregate does not fold", () => {
    const account = Account.open("1", "Ann");
    expect(() => account.signatories.get("Ann").raise(new Signed({ signatoryId: "Ann" }))).toThrow(
      "Account cannot raise Signed: no @apply method of it folds that event",
    );
  });
});
