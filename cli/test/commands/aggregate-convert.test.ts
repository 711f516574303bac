import { ShopProject } from "../shop-project";

const AS_EVENTS = { customers: { stored: "events" } } as const;

let project: ShopProject;
beforeEach(async () => {
  project = new ShopProject();
  await project.joinCustomers("ann", "bob", "cyd");
  await project.withShop(async (shop) => {
    await shop.repositoryFor(shop.Customer).update("bob", (customer) => customer.reward(7));
  });
});
afterEach(() => project[Symbol.dispose]());

const convert = (...args: string[]) => project.domain("aggregate", "convert", ...args);
const tables = () => project.sql("SELECT name FROM sqlite_master WHERE name LIKE 'shop_customer%' AND type != 'index'");
const openings = () =>
  project.sql(
    "SELECT s.name AS stream FROM event_log e JOIN event_streams s ON s.id = e.stream_id WHERE e.type = 'Shop.CustomerOpened.v1' ORDER BY s.name",
  );

describe("domain aggregate convert", () => {
  it("writes an opening event from each row, after which the release starts", async () => {
    project.variant = { ...AS_EVENTS, opening: "right" };
    expect(await project.domain("list", "Customer")).toMatchObject({
      stderr: expect.stringContaining('run "domain aggregate convert Customer" before this release is started'),
      status: 2,
    });
    expect(await convert("Customer")).toEqual({
      stdout: "Converted 3 aggregate(s) of Customer.\n",
      stderr: "",
      status: 0,
    });
    expect(tables()).toEqual([]);
    expect((await project.domain("show", "Customer", "bob", "--limit=1")).stdout).toContain('"credit": 7');
    expect(await convert("Customer")).toEqual({
      stdout: "Nothing to convert: the table shop_customer_v1 has no rows of Customer.\n",
      stderr: "",
      status: 0,
    });
  });

  it("can be tried out", async () => {
    project.variant = { ...AS_EVENTS, opening: "right" };
    expect(await convert("Customer", "--dry-run")).toEqual({
      stdout: "Would convert 3 aggregate(s) of Customer.\n",
      stderr: "",
      status: 0,
    });
    expect(openings()).toEqual([]);
  });

  it("writes nothing where states differ, prints each path, and fails", async () => {
    project.variant = { ...AS_EVENTS, opening: "wrong" };
    const differences = `\
Customer(ann)
  city: "Rome" stored, nothing by the events
Customer(bob)
  city: "Rome" stored, nothing by the events
Customer(cyd)
  city: "Rome" stored, nothing by the events
`;
    expect(await convert("Customer")).toEqual({
      stdout: `${differences}Converted nothing: of 3 aggregate(s) of Customer 3 differ.\n`,
      stderr: "",
      status: 1,
    });
    expect(await convert("Customer", "--dry-run")).toEqual({
      stdout: `${differences}Would convert nothing: of 3 aggregate(s) of Customer 3 differ.\n`,
      stderr: "",
      status: 1,
    });
    expect(openings()).toEqual([]);
  });

  it("prints a document", async () => {
    project.variant = { ...AS_EVENTS, opening: "right" };
    const { stdout, stderr, status } = await convert("Customer", "--json");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(JSON.parse(stdout)).toEqual({
      aggregate: "Customer",
      table: "shop_customer_v1",
      dryRun: false,
      converted: 3,
      checked: 3,
      differing: 0,
      differences: [],
      failing: 0,
      failed: [],
    });
  });

  it("shows on a terminal how many are done", async () => {
    project.variant = { ...AS_EVENTS, opening: "right" };
    const { stderr } = await project.run(["aggregate", "convert", "Customer"], { terminal: 100 });
    expect(stderr).toMatch(/Comparing \[.*\] 3\/3 aggregates/);
    expect(stderr).toMatch(/Converting \[.*\] 3\/3 aggregates/);
  });

  it("stops on a signal, and the same call goes on with what is left", async () => {
    project.variant = { ...AS_EVENTS, opening: "right" };
    const outcome = await project.run(["aggregate", "convert", "Customer"], {
      terminal: 100,
      prepare: ({ stderr, signals }) => {
        stderr.onWrite = () => signals.emit("SIGTERM", "SIGTERM");
      },
    });
    expect(outcome).toMatchObject({ stdout: "", status: 143 });
    expect(outcome.stderr).toContain(
      "Stopped by SIGTERM: the remaining rows of Customer are as they were; the same call goes on with them.\n",
    );
    expect(await convert("Customer")).toMatchObject({ status: 0 });
    expect(openings()).toHaveLength(3);
  });

  it.each([
    ["Custommer", 'Domain "shop" has no aggregate "Custommer"; did you mean "Customer"?'],
    [
      "Order",
      "Cannot convert Order: it declares no opening event; add opening: (state) => … to its decorator, which makes the event from the state of a row",
    ],
    [
      "Customer",
      'Cannot convert Customer: it is stored as its state; convert it with the release that declares it with stored: "events"',
    ],
  ])("refuses %s", async (name, message) => {
    expect(await convert(name)).toEqual({ stdout: "", stderr: `error: ${message}\n`, status: 2 });
  });
});
