import { randomUUID } from "node:crypto";

import type { Running } from "../src/running";

interface Answer {
  readonly status: number;
  readonly etag: string | null;
  readonly headers: Headers;
  readonly body: any;
}

/** What a server of any framework has to do, asked for over the wire. */
export function behavesAsAnApplication(start: (port: number) => Promise<Running>): void {
  let server: Running;
  beforeAll(async () => {
    server = await start(0);
  });
  afterAll(() => server.close());

  async function ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(server.url + path, {
      method,
      headers: { ...(body !== undefined && { "Content-Type": "application/json" }), ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      etag: response.headers.get("etag"),
      headers: response.headers,
      body: text === "" ? undefined : JSON.parse(text),
    };
  }
  const open = async (): Promise<string> => (await ask("POST", "/accounts", { holder: "Alice" })).body.id;
  const deposit = (id: string, amount: unknown, headers?: Record<string, string>) =>
    ask("POST", `/accounts/${id}/movements`, { amount }, headers);

  it("creates an aggregate, and says where it is and which version it has", async () => {
    const { status, etag, headers, body } = await ask("POST", "/accounts", { holder: "Alice" });
    expect({ status, etag, body }).toEqual({
      status: 201,
      etag: '"0"',
      body: { id: expect.any(String), holder: "Alice", balance: 0 },
    });
    expect(headers.get("location")).toBe(`/accounts/${body.id}`);
    expect(await ask("GET", `/accounts/${body.id}`)).toMatchObject({ status: 200, etag: '"0"', body });
  });

  it("lists accounts page by page, the newest change included", async () => {
    const id = await open();
    await deposit(id, 30);
    const listed: { id: string; balance: number }[] = [];
    for (let after: string | undefined = ""; after !== undefined; ) {
      const { status, body } = await ask("GET", `/accounts${after && `?after=${after}`}`);
      expect(status).toBe(200);
      listed.push(...body.rows);
      after = body.next;
    }
    expect(listed.filter((row) => row.id === id)).toEqual([{ id, version: 1, holder: "Alice", balance: 30 }]);
    expect(await ask("GET", "/accounts?after=nowhere")).toMatchObject({
      status: 422,
      body: { errors: { after: [expect.stringContaining('not the "next" of a page')] } },
    });
  });

  it("sends nothing to a client that knows the version", async () => {
    const id = await open();
    const { status, etag, body } = await ask("GET", `/accounts/${id}`, undefined, { "If-None-Match": '"7", W/"0"' });
    expect({ status, etag, body }).toEqual({ status: 304, etag: '"0"', body: undefined });
    expect(await ask("GET", `/accounts/${id}`, undefined, { "If-None-Match": '"1"' })).toMatchObject({ status: 200 });
  });

  it("changes the version that If-Match names, and no other", async () => {
    const id = await open();
    expect(await deposit(id, 100, { "If-Match": '"0"' })).toMatchObject({
      status: 200,
      etag: '"1"',
      body: { balance: 100 },
    });
    const stale = await deposit(id, 100, { "If-Match": '"0"' });
    expect(stale).toMatchObject({
      status: 412,
      body: {
        status: 412,
        title: "Precondition Failed",
        code: "PRECONDITION_FAILED",
        detail: 'If-Match names another version; the present one is "1"',
      },
    });
    expect(stale.headers.get("content-type")).toMatch(/^application\/problem\+json/);
    expect(await deposit(id, 100, { "If-Match": 'W/"1"' })).toMatchObject({ status: 412 });
    expect(await deposit(id, 100, { "If-Match": '"0", "1"' })).toMatchObject({ status: 200, body: { balance: 200 } });
    expect(await deposit(id, 100, { "If-Match": "*" })).toMatchObject({ status: 200, body: { balance: 300 } });
    expect(await deposit(id, 100)).toMatchObject({ status: 200, etag: '"4"', body: { balance: 400 } });
  });

  it("lets one of 10 changes of the same version happen", async () => {
    const id = await open();
    const answers = await Promise.all(Array.from({ length: 10 }, () => deposit(id, 5, { "If-Match": '"0"' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(412)]);
    expect(await ask("GET", `/accounts/${id}`)).toMatchObject({ etag: '"1"', body: { balance: 5 } });
  });

  it("asks for If-Match where a change must not be blind", async () => {
    const id = await open();
    const rename = (headers?: Record<string, string>) =>
      ask("PUT", `/accounts/${id}/holder`, { holder: "Bob" }, headers);
    expect(await rename()).toMatchObject({ status: 428, body: { code: "PRECONDITION_REQUIRED" } });
    expect(await rename({ "If-Match": '"0"' })).toMatchObject({ status: 200, etag: '"1"', body: { holder: "Bob" } });
  });

  it("does once what comes twice with one Idempotency-Key", async () => {
    const key = randomUUID();
    const first = await ask("POST", "/accounts", { holder: "Alice" }, { "Idempotency-Key": key });
    const again = await ask("POST", "/accounts", { holder: "Alice" }, { "Idempotency-Key": `"${key}"` });
    expect(again).toMatchObject({ status: 201, etag: first.etag, body: first.body });
    const { id } = first.body;
    const paid = await Promise.all(
      Array.from({ length: 5 }, () => deposit(id, 7, { "Idempotency-Key": `pay-${key}` })),
    );
    expect(paid.map(({ status, body }) => [status, body.balance])).toEqual(Array(5).fill([200, 7]));
    expect(await deposit(id, 8, { "Idempotency-Key": `pay-${key}` })).toMatchObject({
      status: 409,
      body: { code: "DUPLICATE_COMMAND" },
    });
    expect(await ask("GET", `/accounts/${id}`)).toMatchObject({ etag: '"1"', body: { balance: 7 } });
  });

  it("names the status, and the fields, of what it refuses", async () => {
    const id = await open();
    expect(await ask("GET", "/accounts/nobody")).toMatchObject({ status: 404, body: { code: "OBJECT_NOT_FOUND" } });
    expect(await deposit("nobody", 5)).toMatchObject({ status: 404, body: { code: "OBJECT_NOT_FOUND" } });
    expect(await deposit(id, "much")).toMatchObject({
      status: 422,
      body: { title: "Unprocessable Entity", code: "VALIDATION_FAILED", errors: { amount: [expect.any(String)] } },
    });
    expect(await deposit(id, -1)).toMatchObject({ status: 422, body: { errors: { balance: ["Insufficient funds"] } } });
    expect(await ask("POST", "/accounts", {})).toMatchObject({
      status: 422,
      body: { errors: { holder: expect.any(Array) } },
    });
    expect(await ask("POST", `/accounts/${id}/movements`)).toMatchObject({ status: 422 });
    expect(await ask("POST", "/accounts", "{ no JSON")).toMatchObject({ status: 400, body: { status: 400 } });
    expect(await ask("GET", `/accounts/${id}`)).toMatchObject({ etag: '"0"', body: { balance: 0 } });
  });

  it("answers what it has begun before it closes, and closes its domain", async () => {
    const other = await start(0);
    const opened = await fetch(`${other.url}/accounts`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Connection: "close" },
      body: '{"holder":"Alice"}',
    });
    expect(opened.status).toBe(201);
    await opened.text();
    await other.close();
    await expect(fetch(`${other.url}/accounts/1`)).rejects.toThrow();
  });
}
