import type { Domain } from "@tidemark/core";
import express, { type ErrorRequestHandler, type Express, type Response } from "express";

import { Account } from "../account/account";
import { viewOf } from "../account/account-command-handler";
import { type AccountView, MoveMoney, OpenAccount, RenameHolder } from "../account/account-commands";
import { accountList } from "../account/account-list";
import { optionsFor } from "../http/idempotency";
import { etagOf, isKnown, requiredVersionsIn, versionsIn } from "../http/preconditions";
import { PROBLEM, problemOf } from "../http/problem";

export function createApp(domain: Domain): Express {
  const app = express();
  app.use(express.json());

  app.post("/accounts", async (request, response) => {
    const { holder } = request.body ?? {};
    const account = await domain.process(new OpenAccount({ holder }), optionsFor(request.get("Idempotency-Key")));
    send(response.status(201).location(`/accounts/${account.id}`), account);
  });

  app.get("/accounts", async (request, response) => {
    const { after } = request.query;
    response.json(await accountList(domain, typeof after === "string" ? after : undefined));
  });

  app.get("/accounts/:id", async (request, response) => {
    const account = viewOf(await domain.repositoryFor(Account).get(request.params.id));
    if (isKnown(account.version, request.get("If-None-Match")))
      response.status(304).set("ETag", etagOf(account.version)).end();
    else send(response, account);
  });

  app.post("/accounts/:id/movements", async (request, response) => {
    const { amount } = request.body ?? {};
    const versions = versionsIn(request.get("If-Match"));
    const move = new MoveMoney({ accountId: request.params.id, amount, versions });
    send(response, await domain.process(move, optionsFor(request.get("Idempotency-Key"))));
  });

  app.put("/accounts/:id/holder", async (request, response) => {
    const { holder } = request.body ?? {};
    const versions = requiredVersionsIn(request.get("If-Match"));
    send(response, await domain.process(new RenameHolder({ accountId: request.params.id, holder, versions })));
  });

  app.use(answerError);
  return app;
}

function send(response: Response, { version, ...account }: AccountView): void {
  response.set("ETag", etagOf(version)).json(account);
}

/** Express knows an error handler by its four parameters, and calls it for rejected promises too. */
const answerError: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) return next(error);
  const problem = problemOf(error);
  if (problem.status >= 500) console.error(error);
  response.status(problem.status).type(PROBLEM).json(problem);
};
