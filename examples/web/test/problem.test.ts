import {
  CommandAbortedError,
  DeadlineExceededError,
  ExpectedVersionError,
  IncorrectUsageError,
  StoreUnavailableError,
} from "@tidemark/core";

import { problemOf } from "../src/http/problem";

it("gives each error its status, and keeps to itself what no client is to blame for", () => {
  const store = { attempted: "Cannot read from", store: "the database", reason: "it is gone" };
  expect(problemOf(new StoreUnavailableError(store))).toEqual({
    status: 503,
    title: "Service Unavailable",
    code: "STORE_UNAVAILABLE",
  });
  expect(problemOf(new ExpectedVersionError({ stream: "account-1", expected: 1, actual: 2 }))).toMatchObject({
    status: 409,
    title: "Conflict",
    code: "EXPECTED_VERSION_MISMATCH",
  });
  expect(problemOf(new IncorrectUsageError("a secret"))).toEqual({
    status: 500,
    title: "Internal Server Error",
    code: "INCORRECT_USAGE",
  });
  expect(problemOf(new TypeError("a secret"))).toEqual({ status: 500, title: "Internal Server Error" });
  expect(problemOf(undefined)).toEqual({ status: 500, title: "Internal Server Error" });
  expect([DeadlineExceededError.prototype.statusCode, CommandAbortedError.prototype.statusCode]).toEqual([504, 503]);
});
