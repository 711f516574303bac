import { ShopProject } from "../shop-project";

let project: ShopProject;
beforeEach(() => {
  project = new ShopProject({ customers: { stored: "state", keepEvents: "90d" }, isUnique: true });
});
afterEach(() => project[Symbol.dispose]());

describe("domain aggregate list", () => {
  it("prints how each class is stored, and how many aggregates there are", async () => {
    await project.joinCustomers("ann", "bob");
    expect(await project.domain("aggregate", "list")).toEqual({
      stdout: `\
aggregate  stored  truth   count  events kept  table             unique
Customer   state   state       2  90 d         shop_customer_v1  name
Order      events  events      0  for ever
`,
      stderr: "",
      status: 0,
    });
  });

  it("prints a document", async () => {
    project.variant = { customers: { stored: "both", truth: "events" } };
    const { stdout, stderr, status } = await project.domain("aggregate", "list", "--json");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(JSON.parse(stdout)).toEqual([
      {
        aggregate: "Customer",
        count: 0,
        stored: "both",
        truth: "events",
        schemaVersion: 1,
        table: "shop_customer_v1",
        view: "shop_customer",
        unique: [],
      },
      { aggregate: "Order", count: 0, stored: "events", truth: "events", schemaVersion: 1, unique: [] },
    ]);
  });
});
