import { Body, Controller, Get, Header, Headers, HttpCode, Inject, Param, Post, Put, Query, Res } from "@nestjs/common";
import { Domain } from "@tidemark/core";
import type { Response } from "express";

import { Account } from "../account/account";
import { viewOf } from "../account/account-command-handler";
import { type AccountView, MoveMoney, OpenAccount, RenameHolder } from "../account/account-commands";
import { accountList } from "../account/account-list";
import { optionsFor } from "../http/idempotency";
import { etagOf, isKnown, requiredVersionsIn, versionsIn } from "../http/preconditions";

/** The shapes of commands check what is in a body. */
type AnyBody = Readonly<Record<string, any>> | undefined;

@Controller("accounts")
export class AccountController {
  constructor(@Inject(Domain) private readonly domain: Domain) {}

  @Post()
  async open(
    @Body() body: AnyBody,
    @Headers("idempotency-key") key: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    const account = await this.domain.process(new OpenAccount({ holder: body?.holder }), optionsFor(key));
    response.location(`/accounts/${account.id}`);
    return answer(response, account);
  }

  @Get()
  async list(@Query("after") after: string | undefined): Promise<object> {
    return await accountList(this.domain, after);
  }

  @Get(":id")
  @Header("Cache-Control", "no-cache")
  async show(
    @Param("id") id: string,
    @Headers("if-none-match") ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object | undefined> {
    const account = viewOf(await this.domain.repositoryFor(Account).get(id));
    if (!isKnown(account.version, ifNoneMatch)) return answer(response, account);
    response.status(304).set("ETag", etagOf(account.version));
    return undefined;
  }

  @Post(":id/movements")
  @HttpCode(200)
  async move(
    @Param("id") accountId: string,
    @Body() body: AnyBody,
    @Headers("if-match") ifMatch: string | undefined,
    @Headers("idempotency-key") key: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    const move = new MoveMoney({ accountId, amount: body?.amount, versions: versionsIn(ifMatch) });
    return answer(response, await this.domain.process(move, optionsFor(key)));
  }

  @Put(":id/holder")
  async rename(
    @Param("id") accountId: string,
    @Body() body: AnyBody,
    @Headers("if-match") ifMatch: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    const rename = new RenameHolder({ accountId, holder: body?.holder, versions: requiredVersionsIn(ifMatch) });
    return answer(response, await this.domain.process(rename));
  }
}

function answer(response: Response, { version, ...account }: AccountView): object {
  response.set("ETag", etagOf(version));
  return account;
}
