// What a broken network and a server that is away do to calls.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { createClient, memoryStorage } from "@tidemark/client";

import { observedFetch } from "./observed.js";
import { Proxy } from "./proxy.js";
import { PASSWORD, TestServer } from "./server.js";

interface Note {
  text: string;
}

const server = await TestServer.start();
const proxy = await Proxy.to(server.url);
after(async () => {
  await proxy.stop();
  await server.stop();
});
const admin = await server.administrator();
await admin.collections.define({
  name: "notes",
  schema: { type: "object", properties: { text: { type: "string" } } },
  rules: { list: "true", view: "true", create: "true", update: "true", delete: "true" },
});
await server.member("ada");

async function throughProxy(options: Parameters<typeof server.client>[0] = {}) {
  const client = server.client({ url: proxy.url, ...options });
  await client.auth.login({ email: "ada@example.org", password: PASSWORD });
  return client;
}

test("a command whose answer was lost is done once", async () => {
  const observed = observedFetch();
  const notes = (await throughProxy({ fetch: observed.fetch })).collection<Note>("notes");
  proxy.loseAnswers(2);
  const made = await notes.create({ text: "once" });
  assert.equal(observed.count("POST /v1/collections/notes/records"), 3);
  const { items } = await notes.list({ filter: 'record.text == "once"' });
  assert.deepEqual(items, [made]);

  proxy.loseAnswers(1);
  const changed = await notes.update(made.id, { text: "twice" }, { ifMatch: made });
  assert.equal(changed.version, 2, "the repeat is not taken for a change of an old version");

  proxy.loseAnswers(1);
  await notes.delete(made.id, { ifMatch: changed });
});

test("a read whose answer was lost is repeated", async () => {
  const client = await throughProxy();
  proxy.loseAnswers(3);
  assert.equal((await client.users.me()).email, "ada@example.org");
});

test("a refresh whose answer was lost does not end the session", async () => {
  const client = await throughProxy();
  proxy.loseAnswers(2);
  assert.ok(await client.auth.refresh());
  await client.users.me();
});

test("signing in is not repeated by itself", async () => {
  const observed = observedFetch();
  const client = server.client({ url: proxy.url, fetch: observed.fetch });
  proxy.loseAnswers(1);
  await assert.rejects(client.auth.login({ email: "ada@example.org", password: PASSWORD }), { code: "network" });
  assert.equal(observed.count("POST /v1/auth/login"), 1);
});

test("repeats have an end", async () => {
  const observed = observedFetch();
  const client = await throughProxy({ fetch: observed.fetch, retries: 2 });
  proxy.loseAnswers(Number.POSITIVE_INFINITY);
  await assert.rejects(client.users.me(), { code: "network", status: 0 });
  proxy.loseAnswers(0);
  assert.equal(observed.count("GET /v1/users/me"), 3);
});

test("a call that lasts too long is given up", async () => {
  // Nobody answers there: the port accepts, and says nothing.
  const silent = (await import("node:net")).createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => silent.once("listening", resolve));
  const url = `http://127.0.0.1:${(silent.address() as { port: number }).port}`;
  const client = createClient({ url, timeout: 50, retries: 1 });
  await assert.rejects(client.auth.forgotPassword("ada@example.org"), { code: "timeout" });
  silent.close();
});

test("calls wait out a restart of the server", async () => {
  const storage = memoryStorage();
  const client = server.client({ storage });
  await client.auth.login({ email: "ada@example.org", password: PASSWORD });
  const notes = client.collection<Note>("notes");
  await server.kill();
  const [made] = await Promise.all([notes.create({ text: "meanwhile" }, { retries: 60 }), server.launch()]);
  assert.equal((await notes.get(made.id)).text, "meanwhile");
});

test("who has called too often is told when to come back, and not kept waiting", async () => {
  const small = await TestServer.start({ TIDEMARK_LIMITS__USER_REQUESTS: "5" });
  after(() => small.stop());
  const client = await small.member("eager");
  const calls = async () => {
    for (;;) await client.users.me();
  };
  await assert.rejects(calls, (error: { code: string; retryAfter: number }) => {
    assert.equal(error.code, "rate_limited");
    assert.ok(error.retryAfter > 10_000);
    return true;
  });
});
