import { StoreUnavailableError } from "../../src/index";
import { StoreBreaker } from "../../src/subscriptions/store-breaker";

const OUTAGE = new StoreUnavailableError({ attempted: "Cannot write to", store: "the store", reason: "it is away" });
const NEVER = new AbortController().signal;

describe("StoreBreaker", () => {
  it("lets everybody try while the store can be reached, whatever else fails", async () => {
    const breaker = new StoreBreaker();
    breaker.judge(new Error("a unique index"));
    expect(breaker.isOpen).toBe(false);
    await Promise.all([breaker.ready(NEVER), breaker.ready(NEVER)]);
  });

  it("lets one probe, and the others once it has succeeded", async () => {
    const changes: boolean[] = [];
    const breaker: StoreBreaker = new StoreBreaker(() => changes.push(breaker.isOpen));
    breaker.judge(OUTAGE);
    const order: string[] = [];
    const probe = breaker.ready(NEVER).then(() => order.push("probe"));
    const other = breaker.ready(NEVER).then(() => order.push("other"));
    await probe;
    expect(order).toEqual(["probe"]);
    breaker.judge(undefined);
    await other;
    expect([order, changes, breaker.error]).toEqual([["probe", "other"], [true, false], undefined]);
  });

  it("keeps nobody who has to end", async () => {
    const breaker = new StoreBreaker();
    breaker.judge(OUTAGE);
    const end = new AbortController();
    const probe = breaker.ready(end.signal);
    const other = breaker.ready(end.signal);
    end.abort();
    await Promise.all([probe, other]);
    expect(breaker.isOpen).toBe(true);
  });
});
