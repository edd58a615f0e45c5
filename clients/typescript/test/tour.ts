// The client against a running service; what docs/clients.md prints stands here, and is run.
import assert from "node:assert/strict";
import { test } from "node:test";
import { all, ProblemError, TenantrySession, unwrap, type SessionTokens } from "@tenantry/client";

const { SERVICE_URL: url = "", LIMITED_URL: limited = "", TENANT: slug = "", ADMIN: admin = "", PASSWORD: password = "" } = process.env;

/** Watches what goes over the wire. */
function network(lose?: (request: Request) => boolean) {
  const seen: { path: string; status: number }[] = [];
  let lost = false;
  return {
    seen,
    count: (path: string) => seen.filter((one) => one.path === path).length,
    fetch: (async (request: Request) => {
      const response = await fetch(request);
      seen.push({ path: new URL(request.url).pathname, status: response.status });
      if (lost || !lose?.(request)) return response;
      lost = true;
      return new Response(null, { status: 503, headers: { "Retry-After": "0" } });
    }) as typeof fetch,
  };
}

async function signedIn(options: { now?: () => number; lose?: (request: Request) => boolean; onTokens?: (tokens: SessionTokens | undefined) => void } = {}) {
  const wire = network(options.lose);
  const session = new TenantrySession({
    baseUrl: url,
    tenant: slug,
    fetch: wire.fetch,
    ...(options.now && { now: options.now }),
    ...(options.onTokens && { onTokens: options.onTokens }),
  });
  await session.signIn({ email: admin, password });
  return { session, wire };
}

test("somebody signs up, signs in and out", async () => {
  const email = "ada@example.com";

  const session = new TenantrySession({ baseUrl: url, tenant: slug });
  await unwrap(session.api.POST("/api/v1/auth/register", { body: { email, password, first_name: "Ada" } }));
  await session.signIn({ email, password });
  const { data: me } = await session.api.GET("/api/v1/auth/me");
  console.log(`${me?.first_name} of ${me?.tenant.name} may ${me?.permissions.join(", ")}`);

  assert.equal(me?.email, email);
  const kept = session.tokens;
  assert.ok(kept);
  await session.signOut();
  assert.equal(session.tokens, undefined);
  const again = new TenantrySession({ baseUrl: url, tenant: slug, tokens: kept });
  assert.equal((await again.api.GET("/api/v1/auth/me")).error?.code, "token_revoked");
  assert.equal(again.tokens, undefined);
});

test("the device token is kept, and sent with the next sign-in", async () => {
  const told: string[] = [];
  const session = new TenantrySession({ baseUrl: url, tenant: slug, onDeviceToken: (token) => told.push(token) });
  const first = await session.signIn({ email: admin, password });
  assert.deepEqual(told, [first.device_token]);
  await session.signOut();

  const second = await session.signIn({ email: admin, password });
  assert.equal(second.device_token, undefined); // the device is known
  const resumed = new TenantrySession({ baseUrl: url, tenant: slug, ...(session.deviceToken !== undefined && { deviceToken: session.deviceToken }) });
  assert.equal((await resumed.signIn({ email: admin, password })).device_token, undefined);
});

test("the message of an error has the code, the detail and the fields", async () => {
  const session = new TenantrySession({ baseUrl: url, tenant: slug });
  await assert.rejects(unwrap(session.api.POST("/api/v1/auth/register", { body: { email: "ada@example", password, first_name: "" } })), {
    message: "validation_failed: See errors. (email must be an e-mail address; first_name is required)",
  });
});

test("many calls with a token that has ended refresh once", async () => {
  let later = 0;
  const told: (SessionTokens | undefined)[] = [];
  const { session, wire } = await signedIn({ now: () => Date.now() + later, onTokens: (tokens) => told.push(tokens) });
  later = 16 * 60_000;

  const answers = await Promise.all(Array.from({ length: 20 }, () => session.api.GET("/api/v1/auth/me")));

  assert.deepEqual(new Set(answers.map((answer) => answer.response.status)), new Set([200]));
  assert.equal(wire.count("/api/v1/auth/refresh"), 1);
  assert.equal(told.length, 2);
  later *= 2;
  await unwrap(session.api.GET("/api/v1/auth/me")); // with the refresh token that came last: the one before would end the session
  assert.equal(wire.count("/api/v1/auth/refresh"), 2);
  assert.notEqual(told[2]?.refreshToken, told[1]?.refreshToken);
});

test("many calls that the service refuses for their token refresh once and are made again", async () => {
  const { session: first } = await signedIn();
  assert.ok(first.tokens);
  const wire = network();
  const session = new TenantrySession({ baseUrl: url, tenant: slug, fetch: wire.fetch, tokens: { ...first.tokens, accessToken: `${first.tokens.accessToken}x` } });

  await Promise.all(Array.from({ length: 10 }, (_, at) => unwrap(session.api.POST("/api/v1/notifications/suppressions", { body: { channel: "email", recipient: `nobody${at}@example.com` } }))));

  assert.equal(wire.count("/api/v1/auth/refresh"), 1);
});

test("a list is run through page after page", async () => {
  const { session, wire } = await signedIn();
  for (let at = 0; at < 4; at++) await unwrap(session.api.POST("/api/v1/users", { body: { email: `user${at}@example.com` } }));

  const addresses: string[] = [];
  for await (const user of all((cursor) => session.api.GET("/api/v1/users", { params: { query: { limit: 2, q: "user", ...(cursor && { cursor }) } } }))) addresses.push(user.email);

  assert.deepEqual(addresses, ["user3@example.com", "user2@example.com", "user1@example.com", "user0@example.com"]);
  assert.equal(wire.count("/api/v1/users"), 4 + 2);
});

test("a file goes up and comes down", async () => {
  const { session } = await signedIn();

  const file = await session.upload(new Blob(["It cost 47.11."], { type: "text/plain" }), "Rechnung für Ada.txt", { tags: ["invoice"], metadata: { order: "4711" } });
  const { url: address } = await unwrap(session.api.GET("/api/v1/files/{id}/download", { params: { path: { id: file.id }, query: { redirect: false } } }));
  const text = await (await fetch(address)).text();

  assert.deepEqual([file.file_name, file.file_size, file.tags, file.metadata], ["Rechnung für Ada.txt", 14, ["invoice"], { order: "4711" }]);
  assert.equal(text, "It cost 47.11.");
});

test("what is not valid is told member by member", async () => {
  const session = new TenantrySession({ baseUrl: url, tenant: slug });
  const said: Record<string, string[]> = {};

  const { error } = await session.api.POST("/api/v1/auth/register", { body: { email: "ada@example", password: "password", first_name: "" } });
  if (error?.code === "validation_failed") for (const [member, messages] of Object.entries(error.errors ?? {})) said[member] = messages;

  assert.deepEqual(Object.keys(said).sort(), ["email", "first_name", "password"]);
  assert.deepEqual(said["email"], ["must be an e-mail address"]);
});

test("a refusal can be thrown", async () => {
  const { session } = await signedIn();

  await assert.rejects(unwrap(session.api.GET("/api/v1/users/{id}", { params: { path: { id: crypto.randomUUID() } } })), (thrown: unknown) => thrown instanceof ProblemError && thrown.status === 404 && thrown.problem?.code === "not_found");
});

test("a call over the limit waits as long as it is told", async () => {
  const wire = network();
  const session = new TenantrySession({ baseUrl: limited, tenant: slug, fetch: wire.fetch });
  await session.signIn({ email: admin, password });
  const began = Date.now();

  while (wire.seen.every((one) => one.status !== 429)) await unwrap(session.api.GET("/api/v1/auth/me"));

  assert.equal(wire.seen.at(-1)?.status, 200);
  assert.ok(Date.now() - began >= 1000);
});

test("a post whose answer got lost is made again and does its work once", async () => {
  const { session, wire } = await signedIn({ lose: (request) => request.method === "POST" && request.url.endsWith("/users") });

  await unwrap(session.api.POST("/api/v1/users", { body: { email: "lost@example.com" } })); // 409 else: the address would be taken

  assert.equal(wire.count("/api/v1/users"), 2);
});
