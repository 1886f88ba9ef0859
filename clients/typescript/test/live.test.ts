// Live updates: what there is, and what happens.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { type Change, type User } from "@tidemark/client";

import { observedWebSocket } from "./observed.js";
import { TestServer } from "./server.js";
import { signalled, until } from "./until.js";

const server = await TestServer.start();
after(() => server.stop());
const admin = await server.administrator();
const ada = await server.member("ada");

const name = (client: typeof ada, name: string) => client.users.updateMe({ display_name: name });

test("a set has what there is, and follows what happens", async () => {
  const users = admin.live.set<User>("users");
  await users.ready;
  assert.deepEqual(new Set(users.values().map(({ email }) => email)), new Set([server.admin.email, "ada@example.org"]));
  const { id } = await ada.users.me();
  await name(ada, "Ada Lovelace");
  await until(users, (users) => users.get(id)?.display_name === "Ada Lovelace");
  assert.deepEqual(users.get(id), await ada.users.me());
  users.close();
});

test("a subscription is told of the records, then of changes", async () => {
  const snapshots: User[][] = [];
  const changes: Change<User>[] = [];
  let heard = () => {};
  const subscription = ada.live.subscribe<User>("users/me", {
    onSnapshot: (items) => {
      snapshots.push(items.map(({ data }) => data));
      heard();
    },
    onChange: (change) => {
      changes.push(change);
      heard();
    },
  });
  const told = (isTold: () => boolean) =>
    signalled(
      (check) => ((heard = check), () => (heard = () => {})),
      isTold,
      () => JSON.stringify(changes),
    );
  await told(() => snapshots.length === 1);
  const { version } = await name(ada, "Countess");
  await told(() => changes.at(-1)?.version === version);
  assert.equal(snapshots.length, 1);
  subscription.close();
  await name(ada, "Ada");
  assert.equal(changes.at(-1)?.version, version, "nothing is told after the end");
});

test("one connection serves all subscriptions, and is closed after the last", async () => {
  const observed = observedWebSocket();
  const client = await server.member("one", { webSocket: observed.webSocket });
  const sets = [client.live.set<User>("users/me"), client.live.set<User>("users/me")];
  await Promise.all(sets.map((set) => set.ready));
  assert.equal(observed.sent.filter(({ t }) => t === "auth").length, 1);
  const idle = signalled(
    (check) => client.live.onState(check),
    () => client.live.state === "idle",
    () => client.live.state,
  );
  for (const set of sets) set.close();
  await idle;
});
