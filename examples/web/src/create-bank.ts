import { join } from "node:path";

import { Domain, type DomainOptions } from "@tidemark/core";

import { Account, AccountOpened, HolderRenamed, MoneyMoved } from "./account/account";
import { AccountCommandHandler } from "./account/account-command-handler";
import { MoveMoney, OpenAccount, RenameHolder } from "./account/account-commands";
import { AccountRow } from "./account/account-list";

/** The domain that all three servers run. Who constructs the handlers differs. */
export function createBank(resolver: NonNullable<DomainOptions["resolver"]>): Domain {
  const domain = new Domain("bank", { root: join(__dirname, ".."), resolver });
  return domain.register(
    Account,
    AccountOpened,
    MoneyMoved,
    HolderRenamed,
    OpenAccount,
    MoveMoney,
    RenameHolder,
    AccountCommandHandler,
    AccountRow,
  );
}

/** With handlers that are constructed by `new`. */
export function plainBank(): Domain {
  const domain: Domain = createBank((handler) => new handler(domain));
  return domain;
}
