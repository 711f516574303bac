/** The domain as a whole. Loading this module registers every element on `domain`. */
export { Account } from "./account/account";
export { AccountCommandHandler } from "./account/account-command-handler";
export { MakeDeposit, OpenAccount } from "./account/account-commands";
export { AccountOpened, DepositMade } from "./account/account-events";
export { domain } from "./domain";
