// Live updates of records and rooms: filters, faults, who is there.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import type { LiveSet, Stored } from "@tidemark/client";

import { observedWebSocket } from "./observed.js";
import { TestServer } from "./server.js";
import { signalled, until } from "./until.js";

interface Task {
  title: string;
  status: "open" | "done";
}

const server = await TestServer.start();
after(() => server.stop());
const admin = await server.administrator();
await admin.collections.define({
  name: "tasks",
  schema: {
    type: "object",
    properties: { title: { type: "string" }, status: { type: "string", enum: ["open", "done"] } },
  },
  rules: { list: "true", view: "true", create: "true", update: "true", delete: "true" },
});
const ada = await server.member("ada");
const tasks = ada.collection<Task>("tasks");

const titles = (set: LiveSet<Stored<Task>>) =>
  set
    .values()
    .map(({ title }) => title)
    .sort();

test("a record that enters the filter appears, and one that leaves it goes", async () => {
  const open = tasks.live({ filter: 'record.status == "open" && record.title.startsWith("filter")' });
  await open.ready;
  assert.equal(open.size, 0);
  const task = await tasks.create({ title: "filter 1", status: "done" });
  await tasks.create({ title: "filter 2", status: "open" });
  await until(open, (open) => titles(open).join() === "filter 2");
  await tasks.update(task.id, { status: "open" });
  await until(open, (open) => titles(open).join() === "filter 1,filter 2");
  assert.deepEqual(open.get(task.id), await tasks.get(task.id));
  await tasks.update(task.id, { status: "done" });
  await until(open, (open) => titles(open).join() === "filter 2");
  await tasks.delete(open.values()[0]!.id);
  await until(open, (open) => open.size === 0);
  open.close();
});

test("one record is followed until it is deleted", async () => {
  const task = await tasks.create({ title: "one", status: "open" });
  const set = tasks.liveRecord(task.id);
  await set.ready;
  await tasks.update(task.id, { title: "still one" });
  await until(set, (set) => set.get(task.id)?.title === "still one");
  await tasks.delete(task.id);
  await until(set, (set) => set.size === 0);
  set.close();
});

test("a filter that makes no sense is refused as in a list", async () => {
  await assert.rejects(tasks.live({ filter: "record.stauts == 1" }).ready, (error: unknown) => {
    assert.ok(error instanceof Error && "errors" in error && Array.isArray(error.errors));
    assert.equal(error.errors[0]?.parameter, "filter");
    assert.equal(error.errors[0]?.code, "expression_unknown_field");
    return true;
  });
});

test("a set equals the list after kills of the server while records were written", async () => {
  const observed = observedWebSocket();
  const watcher = server.client({ webSocket: observed.webSocket });
  await watcher.auth.login(server.admin);
  const set = watcher.collection<Task>("tasks").live();
  await set.ready;
  const modes = () => observed.received.filter(({ t }) => t === "subbed").map(({ mode }) => mode);
  const kept: Stored<Task>[][] = [[], [], []];
  // So many that all can be told of to a client that comes back: one that missed more than 1,000 records gets a snapshot.
  const write = async (own: Stored<Task>[], title: string) => {
    for (let count = 0; count < 100; count += 1) {
      own.push(await tasks.create({ title: `${title} ${count}`, status: "open" }, { retries: 100 }));
      if (count % 3 === 1) await tasks.update(own.at(-2)!.id, { status: "done" }, { retries: 100 });
      if (count % 3 === 2) await tasks.delete(own.shift()!.id, { retries: 100 });
    }
  };
  for (let round = 0; round < 2; round += 1) {
    const writing = kept.map((own, writer) => write(own, `${round} ${writer}`));
    // By then the others have begun.
    await tasks.create({ title: `round ${round}`, status: "open" });
    await server.kill();
    await server.launch();
    // The client may not have noticed yet, and its state be that of the connection before: what it is told is new.
    await signalled(
      (check) => observed.onMessage(check),
      () => modes().length >= round + 2,
      () => modes().join(),
    );
    await Promise.all(writing);
  }
  const listed = new Map<string, unknown>();
  for await (const task of tasks.iterate({ limit: 200 }, { retries: 100 })) listed.set(task.id, task);
  const followed = () => new Map(set.values().map((task) => [task.id, task]));
  const isSame = () =>
    set.size === listed.size &&
    [...followed()].every(([id, { version }]) => (listed.get(id) as Stored<Task>)?.version === version);
  await until(set, isSame);
  assert.deepEqual(followed(), listed);
  assert.ok(listed.size > 0);
  const [, ...again] = modes();
  assert.ok(
    again.length >= 2 && again.every((mode) => mode === "resumed"),
    `${modes().join()}, ${listed.size} records`,
  );
  watcher.close();
});

test("who is in a room sees who comes, what they say, and who goes", async () => {
  const eve = await server.member("eve");
  const here = ada.live.join<{ typing: boolean }>("lobby", { typing: false });
  await here.ready;
  const there = eve.live.join<{ typing: boolean }>("lobby");
  await until(here, (room) => room.size === 2);
  await until(there, (room) => room.size === 2);
  here.say({ typing: true });
  const says = (room: typeof there) => room.values().some(({ state }) => state?.typing === true);
  await until(there, () => says(there));
  const { id } = await eve.users.me();
  eve.close();
  await until(here, (room) => room.values().every(({ user_id }) => user_id !== id));
  assert.equal(here.size, 1);
  ada.close();
});
