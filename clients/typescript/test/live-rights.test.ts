// Live updates: who sees them, and for how long.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { memoryStorage, type Reset, type TidemarkError, type User } from "@tidemark/client";

import { observedFetch, observedWebSocket } from "./observed.js";
import { PASSWORD, TestServer } from "./server.js";
import { signalled, until } from "./until.js";

const server = await TestServer.start();
after(() => server.stop());
const admin = await server.administrator();
const ada = await server.member("ada");

test("what may not be followed is refused with a code", async () => {
  const set = ada.live.set("users");
  await assert.rejects(set.ready, { code: "forbidden" });
  assert.equal(set.error?.code, "forbidden");
  await assert.rejects(ada.live.set("everything").ready, { code: "unknown_topic" });
  await assert.rejects(server.client().live.set("users/me").ready, { code: "signed_out" });
  const large = ada.live.set("users/me", { filter: "x".repeat(20_000) });
  await assert.rejects(large.ready, (error: TidemarkError) =>
    ["frame_too_large", "invalid_filter"].includes(error.code),
  );
});

test("the token is renewed on the open connection before it ends", async () => {
  const storage = memoryStorage();
  await server.member("stays", { storage });
  const stored = structuredClone(await storage.load());
  assert.ok(stored?.session);
  // This machine believes that the token ends soon.
  stored.session.expiresAt = Date.now() + 62_000;
  await storage.save(stored);
  const [sockets, requests] = [observedWebSocket(), observedFetch()];
  const client = server.client({ storage, webSocket: sockets.webSocket, fetch: requests.fetch });
  const me = client.live.set<User>("users/me");
  await me.ready;
  const ready = () => sockets.received.filter(({ t }) => t === "ready").length;
  await signalled(
    sockets.onMessage,
    () => ready() === 2,
    () => `${ready()}`,
  );
  assert.equal(requests.count("POST /v1/auth/refresh"), 1);
  const tokens = sockets.sent.filter(({ t }) => t === "auth").map(({ token }) => token);
  assert.equal(new Set(tokens).size, 2);
  assert.deepEqual(sockets.closeCodes, []);
  await client.users.updateMe({ display_name: "still here" });
  await until(me, (me) => me.values()[0]?.display_name === "still here");
  client.close();
});

test("a step-up, which makes older tokens void, does not end the subscriptions", async () => {
  const client = await server.member("proves");
  const me = client.live.set<User>("users/me");
  await me.ready;
  await client.auth.stepUp({ password: PASSWORD });
  await client.users.updateMe({ display_name: "proved" });
  await until(me, (me) => me.values()[0]?.display_name === "proved");
  assert.equal(me.error, undefined);
  client.close();
});

test("signing out empties what was followed", async () => {
  const client = await server.member("goes");
  const me = client.live.set<User>("users/me");
  await me.ready;
  const resets: Reset[] = [];
  client.live.subscribe("users/me", { onReset: (reset) => resets.push(reset) });
  await client.auth.logout();
  assert.equal(me.size, 0);
  assert.equal(me.error?.code, "signed_out");
  assert.deepEqual(resets, [{ why: "signed_out", retry: false }]);
  assert.equal(client.live.state, "idle");
});

test("an account that is suspended sees nothing any more", async () => {
  const observed = observedWebSocket();
  const client = await server.member("suspended", { webSocket: observed.webSocket });
  const me = client.live.set<User>("users/me");
  await me.ready;
  await admin.users.suspend((await client.users.me()).id);
  await until(me, (me) => me.error !== undefined);
  assert.equal(me.size, 0);
  assert.equal(await client.auth.current(), null, "the session is over");
  assert.deepEqual(observed.closeCodes, [4403]);
});

test("a session that is ended elsewhere sees nothing any more", async () => {
  const observed = observedWebSocket();
  const client = await server.member("elsewhere", { webSocket: observed.webSocket });
  const me = client.live.set<User>("users/me");
  await me.ready;
  const other = server.client();
  await other.auth.login({ email: "elsewhere@example.org", password: PASSWORD });
  await other.auth.logoutAll();
  await until(me, (me) => me.error?.code === "signed_out");
  assert.equal(me.size, 0);
  assert.deepEqual(observed.closeCodes, [4401]);
});

test("a role that is taken ends what it permitted", async () => {
  const client = await server.member("demoted");
  const { id } = await client.users.me();
  await admin.users.grantRole(id, "admin");
  const users = client.live.set<User>("users");
  // A role counts within a second.
  await users.ready.catch(() => undefined);
  const again = users.error === undefined ? users : client.live.set<User>("users");
  await again.ready;
  await admin.users.revokeRole(id, "admin");
  await until(again, (users) => users.error?.code === "forbidden");
  assert.equal(again.size, 0);
  client.close();
});
