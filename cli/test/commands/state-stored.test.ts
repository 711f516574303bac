import { ShopProject } from "../shop-project";

let project: ShopProject;
beforeEach(async () => {
  project = new ShopProject();
  await project.joinCustomers("ann", "bob");
  await project.withShop(async (shop) => {
    await shop.repositoryFor(shop.Customer).update("ann", (customer) => customer.reward(5));
  });
});
afterEach(() => project[Symbol.dispose]());

const timeless = (text: string) =>
  text.replace(/20\d\d-\d\d-\d\dT\S+?Z/g, "2026-11-28T12:00:00.000Z").replace(/, \d+ s ago/, ", 1 s ago");

describe("aggregates that are stored as their state", () => {
  it("are listed with the version of their rows, and the last event where there is one", async () => {
    await project.withShop(async (shop) => {
      const quiet = shop.Customer.createNew({ id: "quiet" });
      quiet.name = "Quiet";
      await shop.repositoryFor(shop.Customer).add(quiet);
    });
    const { stdout, stderr, status } = await project.domain("list", "Customer");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(timeless(stdout)).toBe(`\
id     version  time of last event        last event
ann          1  2026-11-28T12:00:00.000Z  Shop.CustomerMoved.v1
bob          0  2026-11-28T12:00:00.000Z  Shop.CustomerMoved.v1
quiet        0
3 Customer(s).
`);
    expect(JSON.parse((await project.domain("list", "Customer", "--json", "--after=bob")).stdout)).toEqual([
      { identifier: "quiet", version: 0 },
    ]);
    expect((await project.domain("list")).stdout).toBe("aggregate  count\nCustomer       3\nOrder          0\n");
  });

  it("are shown with their table, their newest events and their state", async () => {
    const { stdout, stderr, status } = await project.domain("show", "Customer", "ann");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(timeless(stdout)).toBe(`\
stream      shop::customer-ann
table       shop_customer_v1
version     1, by its saves
last event  Shop.CustomerMoved.v1, 2026-11-28T12:00:00.000Z, 1 s ago
events
  0  2026-11-28T12:00:00.000Z  Shop.CustomerJoined.v1
  1  2026-11-28T12:00:00.000Z  Shop.CustomerMoved.v1
state
{
  "name": "Name of ann",
  "city": "Rome",
  "credit": 5
}
`);
    expect((await project.domain("show", "Customer", "ann", "--limit=1")).stdout).toMatch(
      /\nevents\n {2}1 earlier\n {2}1 {2}\S+ {2}Shop\.CustomerMoved\.v1\nstate\n/,
    );
  });

  it("are shown as a document", async () => {
    const { stdout } = await project.domain("show", "Customer", "ann", "--json", "--limit=1");
    expect(JSON.parse(stdout)).toEqual({
      aggregate: "Customer",
      identifier: "ann",
      stream: "shop::customer-ann",
      table: "shop_customer_v1",
      version: 1,
      events: [
        {
          position: 1,
          time: expect.any(String),
          type: "Shop.CustomerMoved.v1",
          id: expect.any(String),
          data: { city: "Rome" },
        },
      ],
      state: { name: "Name of ann", city: "Rome", credit: 5 },
    });
  });

  it("have no earlier versions to show", async () => {
    expect(await project.domain("show", "Customer", "ann", "--at-version=0")).toEqual({
      stdout: "",
      stderr:
        "error: --at-version needs an aggregate whose events are the truth: the truth of Customer is its present state\n",
      status: 2,
    });
  });

  it("are named where an id was misspelt", async () => {
    expect(await project.domain("show", "Customer", "anm")).toEqual({
      stdout: "",
      stderr: 'error: There is no Customer with id "anm"; did you mean "ann"?\n',
      status: 1,
    });
  });

  it.each([
    [["snapshot", "create", "--aggregate=Customer"]],
    [["snapshot", "create", "--aggregate=Customer", "--identifier=ann"]],
    [["snapshot", "list", "--aggregate=Customer"]],
    [["snapshot", "verify", "--aggregate=Customer"]],
    [["snapshot", "show", "--aggregate=Customer", "--identifier=ann"]],
  ])("have no snapshots: %j says why", async (args) => {
    expect(await project.domain(...args)).toEqual({
      stdout: "",
      stderr: "error: Customer has no snapshots: it is stored as its state, which its loads read\n",
      status: 2,
    });
  });

  it("are passed over where snapshots of the whole domain are meant", async () => {
    await project.withShop((shop) => shop.repositoryFor(shop.Order).add(shop.Order.place("o-1", "ann")));
    expect(await project.domain("snapshot", "create")).toEqual({
      stdout: "Order: 1 snapshot(s)\nCreated 1 snapshot(s) across 1 aggregate(s).\n",
      stderr: "",
      status: 0,
    });
    expect((await project.domain("snapshot", "list")).stdout).toMatch(/^aggregate .*\nOrder .*\n1 snapshot\(s\)\.\n$/);
    expect((await project.domain("snapshot", "verify")).stdout).toBe("Verified 1 aggregate(s): no faults.\n");
    expect((await project.domain("snapshot", "stats")).stdout).toMatch(
      /^Customer: no snapshots: it is stored as its state, which its loads read\nOrder: 1 snapshot\(s\) of 1 aggregate\(s\)/,
    );
    expect(JSON.parse((await project.domain("snapshot", "stats", "--json")).stdout)).toEqual({
      aggregates: { Order: expect.objectContaining({ count: 1 }) },
    });
  });

  it("have events whose history can be printed", async () => {
    expect((await project.domain("events", "history", "--aggregate=Customer", "--identifier=ann")).stdout).toMatch(
      /Shop\.CustomerJoined\.v1.*\n.*Shop\.CustomerMoved\.v1.*\n(.|\n)*Current version: 1\.\n$/,
    );
  });

  it("are at hand in a shell", async () => {
    const { stdout, status } = await project.domain(
      "shell",
      "--eval=(await domain.repositoryFor(Customer).get('ann')).credit",
    );
    expect({ stdout, status }).toEqual({ stdout: "5\n", status: 0 });
  });

  it("need no events to be in order for domain check", async () => {
    expect(await project.domain("check")).toEqual({
      stdout: "shop: 2 aggregates, 4 events, 0 commands: no problems\n",
      stderr: "",
      status: 0,
    });
  });
});

describe("aggregates that are stored as both", () => {
  it("are shown with what each event changed where events are the truth, and can have snapshots", async () => {
    project[Symbol.dispose]();
    project = new ShopProject({ customers: { stored: "both", truth: "events" } });
    await project.joinCustomers("cyd");
    expect((await project.domain("show", "Customer", "cyd")).stdout).toContain('    city: nothing → "Rome"\n');
    expect(await project.domain("snapshot", "create", "--aggregate=Customer")).toMatchObject({
      stdout: "Created 1 snapshot(s) for Customer.\n",
      status: 0,
    });
  });

  it("have no snapshots where the state is the truth", async () => {
    project.variant = { customers: { stored: "both", truth: "state" } };
    expect(await project.domain("snapshot", "create", "--aggregate=Customer")).toMatchObject({
      stderr:
        "error: Customer has no snapshots: its state is the truth, which its loads read, and its events cannot rebuild it\n",
      status: 2,
    });
  });
});
