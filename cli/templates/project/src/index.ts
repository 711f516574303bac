/** The domain as a whole: to load this module is to register every element on `domain`. */
export { Account } from "./account/account";
export { AccountCommandHandler } from "./account/account-command-handler";
export { MakeDeposit, OpenAccount } from "./account/account-commands";
export { AccountOpened, DepositMade } from "./account/account-events";
export { domain } from "./domain";
