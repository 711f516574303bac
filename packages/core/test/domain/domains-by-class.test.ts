import { Domain } from "@tidemark/core";

import { domainsOf } from "../../src/domain/domain";
import { bank } from "../fixtures/bank";

describe("domainsOf", () => {
  it("lists the domains that have registered a class, each once", () => {
    const { domain, Account, AccountOpened } = bank();
    const branch = new Domain("branch").register(Account).register(Account);
    expect(domainsOf(Account)).toEqual([domain, branch]);
    expect(domainsOf(AccountOpened)).toEqual([domain]);
    expect(domainsOf(class Unknown {})).toEqual([]);
  });
});
