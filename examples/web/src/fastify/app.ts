import type { Domain } from "@tidemark/core";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";

import { Account } from "../account/account";
import { viewOf } from "../account/account-command-handler";
import { type AccountView, MoveMoney, OpenAccount, RenameHolder } from "../account/account-commands";
import { accountList } from "../account/account-list";
import { optionsFor } from "../http/idempotency";
import { etagOf, isKnown, requiredVersionsIn, versionsIn } from "../http/preconditions";
import { PROBLEM, problemOf } from "../http/problem";

interface OfAccount {
  Params: { id: string };
}

export function createApp(domain: Domain): FastifyInstance {
  const app = fastify();

  app.post("/accounts", async (request, reply) => {
    const { holder } = bodyOf(request);
    const account = await domain.process(new OpenAccount({ holder }), optionsFor(header(request, "idempotency-key")));
    return send(reply.code(201).header("Location", `/accounts/${account.id}`), account);
  });

  app.get<{ Querystring: { after?: string } }>("/accounts", (request) => accountList(domain, request.query.after));

  app.get<OfAccount>("/accounts/:id", async (request, reply) => {
    const account = viewOf(await domain.repositoryFor(Account).get(request.params.id));
    if (!isKnown(account.version, header(request, "if-none-match"))) return send(reply, account);
    return reply.code(304).header("ETag", etagOf(account.version)).send();
  });

  app.post<OfAccount>("/accounts/:id/movements", async (request, reply) => {
    const { amount } = bodyOf(request);
    const versions = versionsIn(header(request, "if-match"));
    const move = new MoveMoney({ accountId: request.params.id, amount, versions });
    return send(reply, await domain.process(move, optionsFor(header(request, "idempotency-key"))));
  });

  app.put<OfAccount>("/accounts/:id/holder", async (request, reply) => {
    const { holder } = bodyOf(request);
    const versions = requiredVersionsIn(header(request, "if-match"));
    return send(reply, await domain.process(new RenameHolder({ accountId: request.params.id, holder, versions })));
  });

  app.setErrorHandler((error, _request, reply) => {
    const problem = problemOf(error);
    if (problem.status >= 500) console.error(error);
    return reply.code(problem.status).type(PROBLEM).send(problem);
  });

  // Runs when all requests are answered.
  app.addHook("onClose", () => domain.close());
  return app;
}

function send(reply: FastifyReply, { version, ...account }: AccountView): FastifyReply {
  return reply.header("ETag", etagOf(version)).send(account);
}

/** What the shapes of commands check: anything may be in it. */
function bodyOf({ body }: FastifyRequest<any>): any {
  return body ?? {};
}

function header(
  { headers }: FastifyRequest<any>,
  name: "idempotency-key" | "if-match" | "if-none-match",
): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}
