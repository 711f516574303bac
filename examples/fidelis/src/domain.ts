/** The bank as a whole. Loading this module registers every element on `domain`. */
export { Account } from "./account/account";
export { AccountCommandHandler } from "./account/account-command-handler";
export { CloseAccount, MakeDeposit, MakeWithdrawal, OpenAccount, RefundWithdrawal } from "./account/account-commands";
export { AccountClosed, AccountOpened, DepositMade, WithdrawalMade } from "./account/account-events";
export { AccountQueryHandler, CountActiveAccounts, RichestAccounts } from "./account/account-queries";
export { AccountSummary } from "./account/account-summary";
export { Compliance } from "./compliance/compliance";
export { Review } from "./compliance/review";
export { ReviewCommandHandler } from "./compliance/review-command-handler";
export { OpenReview } from "./compliance/review-commands";
export { ReviewOpened } from "./compliance/review-events";
export { Customer } from "./customer/customer";
export { CustomerCommandHandler } from "./customer/customer-command-handler";
export {
  ChangeEmail,
  ForgetCustomer,
  MoveCustomer,
  OpenCustomerAccount,
  RegisterCustomer,
} from "./customer/customer-commands";
export { CustomerMoved, CustomerRegistered } from "./customer/customer-events";
export { customersOfCity } from "./customer/customers-of-city";
export { domain } from "./fidelis";
export { FundsTransfer } from "./transfer/funds-transfer";
export { Transfer } from "./transfer/transfer";
export { TransferCommandHandler } from "./transfer/transfer-command-handler";
export { CompleteTransfer, FailTransfer, RequestTransfer, TransferMoney } from "./transfer/transfer-commands";
export { TransferCompleted, TransferFailed, TransferRequested, TransferStarted } from "./transfer/transfer-events";
