import { ShopProject } from "../shop-project";

const CACHE = { customers: { stored: "both", truth: "events" } } as const;
const TRUTH = { customers: { stored: "both", truth: "state" } } as const;

let project: ShopProject;
beforeEach(async () => {
  project = new ShopProject(CACHE);
  await project.joinCustomers("ann", "bob", "cyd");
});
afterEach(() => project[Symbol.dispose]());

const verify = (...args: string[]) => project.domain("aggregate", "verify", ...args);
const damage = () => project.sql("UPDATE shop_customer_v1 SET city = 'Oslo' WHERE id = 'bob'");

describe("domain aggregate verify", () => {
  it("finds rows equal to what the events give", async () => {
    expect(await verify("Customer")).toEqual({
      stdout: "Verified 3 aggregate(s) of Customer: no differences.\n",
      stderr: "",
      status: 0,
    });
  });

  it("prints each path that differs, with both values, and fails", async () => {
    damage();
    project.sql("DELETE FROM shop_customer_v1 WHERE id = 'cyd'");
    expect(await verify("Customer")).toEqual({
      stdout: `\
Customer(bob)
  city: "Oslo" stored, "Rome" by the events
Customer(cyd)
  row: nothing stored, {"name":"Name of cyd","city":"Rome","credit":0} by the events
Verified 3 aggregate(s) of Customer: 2 differ.
`,
      stderr: "",
      status: 1,
    });
  });

  it("repairs what differs, and is done when nothing is left wrong", async () => {
    damage();
    expect(await verify("Customer", "--repair")).toEqual({
      stdout: `\
Customer(bob)
  city: "Oslo" stored, "Rome" by the events
Verified 3 aggregate(s) of Customer: 1 differ, 1 repaired.
`,
      stderr: "",
      status: 0,
    });
    expect(await verify("Customer")).toMatchObject({ status: 0 });
    expect(project.sql("SELECT city FROM shop_customer_v1 WHERE id = 'bob'")).toEqual([{ city: "Rome" }]);
  });

  it("fails in spite of --repair when something is left wrong", async () => {
    project.variant = {
      ...CACHE,
      cityFor: () => {
        throw new Error("no such city");
      },
    };
    const { stdout, status } = await verify("Customer", "--repair");
    expect(status).toBe(1);
    expect(stdout.split("\n")).toEqual([
      expect.stringMatching(/^Customer\(ann\): .*no such city/),
      expect.stringMatching(/^Customer\(bob\): .*no such city/),
      expect.stringMatching(/^Customer\(cyd\): .*no such city/),
      "Verified 3 aggregate(s) of Customer: 3 failed.",
      "",
    ]);
  });

  it("compares a sample", async () => {
    expect((await verify("Customer", "--sample=2")).stdout).toBe(
      "Verified 2 aggregate(s) of Customer: no differences.\n",
    );
  });

  it("prints a document", async () => {
    damage();
    const { stdout, stderr, status } = await verify("Customer", "--json");
    expect({ stderr, status }).toEqual({ stderr: "", status: 1 });
    expect(JSON.parse(stdout)).toEqual({
      aggregate: "Customer",
      repair: false,
      checked: 3,
      differing: 1,
      differences: [{ id: "bob", path: "city", stored: "Oslo", folded: "Rome" }],
      failing: 0,
      failed: [],
      repaired: 0,
    });
  });

  it("shows what events cannot explain where the state is the truth, and does not repair it", async () => {
    project.variant = TRUTH;
    await project.withShop(async (shop) => {
      await shop.repositoryFor(shop.Customer).update("ann", (customer) => customer.reward(5));
    });
    expect(await verify("Customer")).toEqual({
      stdout: `\
Customer(ann)
  credit: 5 stored, 0 by the events
Verified 3 aggregate(s) of Customer: 1 differ.
`,
      stderr: "",
      status: 1,
    });
    expect(await verify("Customer", "--repair")).toEqual({
      stdout: "",
      stderr:
        'error: Cannot repair Customer: its rows are the truth (truth: "state"), which its events only explain; verify it without repair\n',
      status: 2,
    });
  });

  it("shows on a terminal how many are compared", async () => {
    const { stderr } = await project.run(["aggregate", "verify", "Customer"], { terminal: 100 });
    expect(stderr).toMatch(/Verifying \[.*\] 3\/3 aggregates/);
  });

  it("stops on Ctrl-C", async () => {
    const { stdout, stderr, status } = await project.run(["aggregate", "verify", "Customer"], {
      terminal: 100,
      prepare: ({ stderr, signals }) => {
        stderr.onWrite = () => signals.emit("SIGINT", "SIGINT");
      },
    });
    expect({ stdout, status }).toEqual({ stdout: "", status: 130 });
    expect(stderr).toContain("Stopped by SIGINT: Customer was not verified to the end.\n");
  });

  it.each([
    ["Custommer", 'Domain "shop" has no aggregate "Custommer"; did you mean "Customer"?'],
    ["Invoice", 'Domain "shop" has no aggregate "Invoice"; it has Customer, Order'],
    [
      "Order",
      "Cannot verify Order: it is stored as its events alone, and declares nothing unique, so there is nothing to compare with them; domain.snapshotsFor(Order).verify() compares its snapshots",
    ],
  ])("refuses %s", async (name, message) => {
    expect(await verify(name)).toEqual({ stdout: "", stderr: `error: ${message}\n`, status: 2 });
  });

  it("refuses aggregates that are stored as their state alone", async () => {
    project.variant = {};
    expect((await verify("Customer")).stderr).toBe(
      'error: Cannot verify Customer: it is stored as its state alone, and its events need not lead to it; declare stored: "both" to keep both\n',
    );
  });

  it("builds what event-sourced aggregates have to reserve, which init() asks for", async () => {
    project.variant = { customers: { stored: "events" } };
    project.sql("DROP TABLE shop_customer_v1");
    project.variant = { customers: { stored: "events" }, isUnique: true };
    await expect(project.withShop(async () => {})).rejects.toThrow('run "domain aggregate verify Customer --repair"');
    expect(await verify("Customer", "--repair")).toEqual({
      stdout: `\
Customer(ann)
  name: nothing stored, "reserved" by the events
Customer(bob)
  name: nothing stored, "reserved" by the events
Customer(cyd)
  name: nothing stored, "reserved" by the events
Verified 3 aggregate(s) of Customer: 3 differ, 3 repaired.
`,
      stderr: "",
      status: 0,
    });
    await project.withShop(async (shop) => {
      const second = shop.Customer.join("ann-2", "Name of ann");
      await expect(shop.repositoryFor(shop.Customer).add(second)).rejects.toMatchObject({ code: "UNIQUE_VIOLATION" });
    });
  });
});
