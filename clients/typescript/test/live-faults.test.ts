// Live updates: nothing is missed, whatever happens to the connection.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { type User } from "@tidemark/client";

import { observedWebSocket } from "./observed.js";
import { Proxy } from "./proxy.js";
import { PASSWORD, TestServer } from "./server.js";
import { signalled, until } from "./until.js";

const server = await TestServer.start();
after(() => server.stop());
const ada = await server.member("ada");

const name = (client: typeof ada, name: string) => client.users.updateMe({ display_name: name });

test("nothing is missed when the server is killed again and again", async () => {
  const observed = observedWebSocket();
  const watcher = await server.administrator({ webSocket: observed.webSocket });
  const users = watcher.live.set<User>("users");
  await users.ready;
  const { id } = await ada.users.me();
  let isOver = false;
  let last = "";
  const writing = (async () => {
    for (let count = 0; !isOver; count += 1) {
      last = `Ada ${count}`;
      await ada.users.updateMe({ display_name: last }, { retries: 100 });
    }
  })();
  for (let round = 0; round < 2; round += 1) {
    await server.kill();
    await server.launch();
    await signalled(
      (check) => watcher.live.onState(check),
      () => watcher.live.state === "open",
      () => watcher.live.state,
    );
  }
  isOver = true;
  await writing;
  await until(users, (users) => users.get(id)?.display_name === last);
  assert.deepEqual(users.get(id), await ada.users.me());
  const modes = observed.received.filter(({ t }) => t === "subbed").map(({ mode }) => mode);
  assert.ok(modes.length >= 2 && modes.slice(1).every((mode) => mode === "resumed"), modes.join());
  users.close();
});

test("a connection that breaks is resumed", async () => {
  const proxy = await Proxy.to(server.url);
  const client = server.client({ url: proxy.url });
  await client.auth.login({ email: "ada@example.org", password: PASSWORD });
  const me = client.live.set<User>("users/me");
  await me.ready;
  for (let round = 0; round < 5; round += 1) {
    proxy.breakAll();
    await name(ada, `round ${round}`);
    await until(me, (me) => me.values()[0]?.display_name === `round ${round}`);
  }
  client.close();
  await proxy.stop();
});

test("a server that restarts in good order is followed, too", async () => {
  const observed = observedWebSocket();
  const client = server.client({ webSocket: observed.webSocket });
  await client.auth.login({ email: "ada@example.org", password: PASSWORD });
  const me = client.live.set<User>("users/me");
  await me.ready;
  await server.terminate();
  assert.deepEqual(observed.closeCodes, [1012]);
  await server.launch();
  await client.users.updateMe({ display_name: "restarted" }, { retries: 20 });
  await until(me, (me) => me.values()[0]?.display_name === "restarted");
  client.close();
});

test("more subscriptions than the server takes at once are asked for one after another", async () => {
  const observed = observedWebSocket();
  const client = server.client({ webSocket: observed.webSocket });
  await client.auth.login({ email: "ada@example.org", password: PASSWORD });
  const first = client.live.set<User>("users/me");
  await first.ready;
  // A page that changes its view quickly.
  for (let round = 0; round < 100; round += 1) {
    const passing = client.live.set<User>("users/me");
    if (round % 2 === 0) passing.close();
    else setTimeout(() => passing.close());
  }
  await client.live.set<User>("users/me").ready;
  assert.deepEqual(observed.closeCodes, []);
  client.close();
});

test("a message that was lost is noticed and asked for again", async () => {
  let losing = false;
  const observed = observedWebSocket(({ t }) => losing && t === "chg");
  const client = server.client({ webSocket: observed.webSocket });
  await client.auth.login({ email: "ada@example.org", password: PASSWORD });
  const me = client.live.set<User>("users/me");
  await me.ready;
  losing = true;
  const lost = await name(ada, "lost");
  const arrived = () => observed.received.some(({ t, version }) => t === "chg" && version === lost.version);
  await signalled(observed.onMessage, arrived, () => "no change");
  losing = false;
  assert.notEqual(me.values()[0]?.display_name, "lost");
  await name(ada, "noticed");
  await until(me, (me) => me.values()[0]?.display_name === "noticed");
  assert.equal(observed.sent.filter(({ t }) => t === "sub").length, 2, "it was subscribed again");
  me.close();
});
