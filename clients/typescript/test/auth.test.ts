// Signing in, renewing the session, signing out.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { memoryStorage, type Storage, type StoredSession, TidemarkError } from "@tidemark/client";

import { observedFetch } from "./observed.js";
import { PASSWORD, TestServer } from "./server.js";

const server = await TestServer.start();
after(() => server.stop());

const REFRESH = "POST /v1/auth/refresh";

/** The storage with what is kept in it changed behind the client's back. */
async function changed(storage: Storage, change: (session: NonNullable<StoredSession["session"]>) => void) {
  const stored = structuredClone(await storage.load());
  assert.ok(stored?.session);
  change(stored.session);
  const other = memoryStorage();
  await other.save(stored);
  return other;
}

test("who has registered signs in and is known", async () => {
  const ada = await server.member("ada");
  const me = await ada.users.me();
  assert.equal(me.email, "ada@example.org");
  assert.equal(me.display_name, "ada");
  assert.equal((await ada.users.updateMe({ display_name: "Ada L." }, { ifMatch: me })).display_name, "Ada L.");
  assert.equal((await ada.users.me()).display_name, "Ada L.", "what was written is read");
  assert.equal((await ada.auth.sessions.list()).length, 1);
});

test("a wrong password is an error with a code", async () => {
  await server.member("eve");
  const attempt = server.client().auth.login({ email: "eve@example.org", password: "wrong horse battery staple" });
  await assert.rejects(attempt, (error: unknown) => {
    assert.ok(error instanceof TidemarkError);
    assert.equal(error.code, "invalid_credentials");
    assert.equal(error.status, 401);
    assert.match(error.requestId ?? "", /^[0-9a-f-]{36}$/);
    return true;
  });
});

test("what is wrong with a field is told with the field", async () => {
  const attempt = server.client().auth.register({ email: "bob@example.org", password: "short" });
  await assert.rejects(attempt, (error: unknown) => {
    assert.ok(error instanceof TidemarkError);
    assert.equal(error.code, "validation_failed");
    assert.equal(error.field("password")?.code, "too_short");
    assert.equal(error.field("email"), undefined);
    return true;
  });
});

test("without anybody signed in, nothing is sent", async () => {
  const observed = observedFetch();
  const nobody = server.client({ fetch: observed.fetch });
  await assert.rejects(nobody.users.me(), { code: "signed_out" });
  assert.deepEqual(observed.requests, []);
  assert.equal(await nobody.auth.current(), null);
});

test("many calls at once renew an ended token once", async () => {
  const storage = memoryStorage();
  const before = await server.member("many", { storage });
  const ended = await changed(storage, (session) => (session.expiresAt = Date.now() - 1));
  before.close();
  const observed = observedFetch();
  const client = server.client({ storage: ended, fetch: observed.fetch });
  const all = await Promise.all(Array.from({ length: 20 }, () => client.users.me()));
  assert.equal(new Set(all.map(({ id }) => id)).size, 1);
  assert.equal(observed.count(REFRESH), 1);
});

test("a token that the server does not take is renewed once, whatever the clock says", async () => {
  const storage = memoryStorage();
  await server.member("clock", { storage });
  const broken = await changed(storage, (session) => {
    session.accessToken = session.accessToken?.replace(/[^.]+$/, "A".repeat(86));
    session.expiresAt = Date.now() + 365 * 24 * 3_600_000;
  });
  const observed = observedFetch();
  const client = server.client({ storage: broken, fetch: observed.fetch });
  await Promise.all([client.users.me(), client.users.me(), client.users.updateMe({ locale: "de" })]);
  assert.equal(observed.count(REFRESH), 1);
});

test("two tabs that renew at the same moment both go on", async () => {
  const storage = memoryStorage();
  await server.member("tabs", { storage });
  const ended = (session: NonNullable<StoredSession["session"]>) => (session.expiresAt = 0);
  // Each with what it has read before the other has written.
  const [one, other] = [await changed(storage, ended), await changed(storage, ended)];
  const tabs = [server.client({ storage: one }), server.client({ storage: other })];
  const [first, second] = await Promise.all(tabs.map((tab) => tab.users.me()));
  assert.equal(first?.id, second?.id);
  await Promise.all(tabs.map((tab) => tab.auth.refresh()));
  await Promise.all(tabs.map((tab) => tab.users.me()));
});

test("a tab takes over what another one has renewed", async () => {
  const storage = memoryStorage();
  const one = await server.member("shared", { storage });
  const observed = observedFetch();
  const other = server.client({ storage, fetch: observed.fetch });
  await other.users.me();
  await one.auth.refresh();
  // What this one has in memory was exchanged: to show it again would end the session.
  await other.auth.refresh();
  assert.equal(observed.count(REFRESH), 0);
  await Promise.all([one.users.me(), other.users.me()]);
  await one.auth.logout();
  await assert.rejects(
    other.auth.refresh().then(() => other.users.me()),
    { code: "signed_out" },
  );
});

test("a session that was ended elsewhere is over here, and whoever listens is told", async () => {
  const [here, there] = [await server.member("ended"), server.client()];
  const told: unknown[] = [];
  here.auth.onChange((signedIn) => told.push(signedIn));
  await there.auth.login({ email: "ended@example.org", password: PASSWORD });
  await there.auth.logoutAll();
  await assert.rejects(here.auth.refresh(), { code: "invalid_refresh_token" });
  assert.deepEqual(told, [null]);
  await assert.rejects(here.users.me(), { code: "signed_out" });
});

test("signing out ends the session, and a later visit finds nobody", async () => {
  const storage = memoryStorage();
  const client = await server.member("leaves", { storage });
  const visit = server.client({ storage });
  assert.deepEqual(await visit.auth.current(), await client.auth.current());
  await visit.users.me();
  const kept = await storage.load();
  await client.auth.logout();
  assert.equal(await server.client({ storage }).auth.current(), null);
  const copy = memoryStorage();
  await copy.save(kept!);
  await assert.rejects(server.client({ storage: copy }).auth.refresh(), { code: "invalid_refresh_token" });
  assert.ok((await storage.load())?.deviceToken, "the device is known when somebody signs in again");
});

test("a step-up and a new password go on with new tokens", async () => {
  const observed = observedFetch();
  const client = await server.member("steps", { fetch: observed.fetch });
  await client.auth.stepUp({ password: PASSWORD });
  await client.users.me();
  await client.auth.changePassword({ current_password: PASSWORD, new_password: "abacus linen twelve moon" });
  await client.users.me();
  await client.auth.refresh();
  await client.users.me();
  assert.equal(observed.count(REFRESH), 1);
  await assert.rejects(client.auth.stepUp({ password: PASSWORD }), { code: "invalid_credentials" });
});

test("an API key acts for its owner", async () => {
  const owner = await server.member("keys");
  const body = { name: "robot", permissions: ["users:read:own"] };
  const made = await owner.request("post", "/v1/users/me/api-keys", { body });
  const robot = server.client({ apiKey: made.body.key });
  assert.equal((await robot.users.me()).email, "keys@example.org");
  await assert.rejects(robot.users.updateMe({ locale: "de" }), { code: "forbidden", status: 403 });
});
