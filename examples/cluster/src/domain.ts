/** The bank as a whole. Loading this module registers every element on `domain`. */
export { Account } from "./bank/account";
export { AccountCommandHandler } from "./bank/account-command-handler";
export { MakeDeposit, OpenAccount, ReceiveMoney, ReturnMoney, SendMoney } from "./bank/account-commands";
export { AccountOpened, DepositMade, MoneyReceived, MoneyReturned, MoneySent } from "./bank/account-events";
export { Balance } from "./bank/balance";
export { domain } from "./bank/bank";
export { FundsTransfer } from "./bank/funds-transfer";
export { Transfer } from "./bank/transfer";
export { TransferCommandHandler } from "./bank/transfer-command-handler";
export { EndTransfer, RequestTransfer } from "./bank/transfer-commands";
export { TransferEnded, TransferRequested } from "./bank/transfer-events";
