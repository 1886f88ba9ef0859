// Records: created, read, changed, deleted, and what is refused.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { type Client, type Stored, TidemarkError } from "@tidemark/client";

import { TestServer } from "./server.js";

interface Post {
  title: string;
  slug?: string;
  status?: "open" | "closed";
  likes?: number;
}

const server = await TestServer.start();
after(() => server.stop());
const admin = await server.administrator();
await define(admin, "posts");
const member = await server.member("ada");
const posts = member.collection<Post>("posts");

async function define(client: Client, name: string) {
  await client.collections.define({
    name,
    schema: {
      type: "object",
      required: ["title"],
      properties: {
        title: { type: "string", minLength: 1 },
        slug: { type: "string" },
        status: { type: "string", enum: ["open", "closed"] },
        likes: { type: "integer" },
      },
    },
    unique: ["slug"],
    rules: { list: "true", view: "true", create: "true", update: "true", delete: "record.created_by == user.id" },
  });
}

test("a record is created, shown, changed and deleted", async () => {
  const made: Stored<Post> = await posts.create({ title: "Hello", status: "open" });
  assert.equal(made.version, 1);
  assert.deepEqual(await posts.get(made.id), made);
  const changed = await posts.update(made.id, { title: "Hello again", status: null });
  assert.equal(changed.version, 2);
  assert.equal(changed.status, undefined);
  await posts.delete(made.id, { ifMatch: changed });
  await assert.rejects(posts.get(made.id), { code: "not_found", status: 404 });
});

test("what was written is read, every time", async () => {
  for (let count = 0; count < 50; count += 1) {
    const { id } = await posts.create({ title: `read ${count}` });
    await posts.update(id, { likes: count });
    assert.equal((await posts.get(id)).likes, count);
    const { items } = await posts.list({ filter: `record.likes == ${count} && record.title == "read ${count}"` });
    assert.equal(items.length, 1);
  }
});

test("another client sees it that is told the position", async () => {
  const other = await server.member("eve");
  const { id } = await posts.create({ title: "seen" });
  other.reflect(member.position);
  assert.equal((await other.collection<Post>("posts").get(id)).title, "seen");
});

test("a change of another version than the seen one is refused", async () => {
  const seen = await posts.create({ title: "contested" });
  await posts.update(seen.id, { title: "faster" }, { ifMatch: seen });
  await assert.rejects(posts.update(seen.id, { title: "slower" }, { ifMatch: seen.version }), {
    code: "version_mismatch",
    status: 412,
  });
  assert.equal((await posts.get(seen.id)).title, "faster");
});

test("changes that are made at the same time all count", async () => {
  const { id } = await posts.create({ title: "counted", likes: 0 });
  const like = () => posts.modify(id, ({ likes }) => ({ likes: (likes ?? 0) + 1 }));
  await Promise.all(Array.from({ length: 5 }, like));
  assert.equal((await posts.get(id)).likes, 5);
  assert.equal((await posts.modify(id, () => undefined)).likes, 5);
});

test("a value that another record has is refused with its field", async () => {
  await posts.create({ title: "first", slug: "taken" });
  await assert.rejects(posts.create({ title: "second", slug: "taken" }), (error: unknown) => {
    assert.ok(error instanceof TidemarkError);
    assert.equal(error.status, 409);
    assert.equal(error.code, "not_unique");
    assert.ok(error.field("slug"));
    return true;
  });
});

test("fields that are wrong are named", async () => {
  const wrong = { title: "", likes: 1.5 } as Post;
  await assert.rejects(posts.create(wrong), (error: unknown) => {
    assert.ok(error instanceof TidemarkError);
    assert.equal(error.status, 422);
    assert.equal(error.code, "validation_failed");
    assert.equal(error.field("title")?.code, "too_short");
    assert.equal(error.field("/likes")?.code, "wrong_type");
    return true;
  });
});

test("a filter that is none is refused with its place", async () => {
  await assert.rejects(posts.list({ filter: "record.nothing == 1" }), (error: unknown) => {
    assert.ok(error instanceof TidemarkError);
    assert.equal(error.status, 400);
    assert.equal(error.errors[0]?.parameter, "filter");
    return true;
  });
});

test("a known version is not sent again", async () => {
  const known = await posts.create({ title: "known" });
  assert.equal(await posts.get(known.id, { known }), known);
  const changed = await posts.update(known.id, { title: "changed" });
  assert.deepEqual(await posts.get(known.id, { known }), changed);
});

test("a key makes two calls one command", async () => {
  const idempotencyKey = crypto.randomUUID();
  const one = await posts.create({ title: "once" }, { idempotencyKey });
  const again = await posts.create({ title: "once" }, { idempotencyKey });
  assert.deepEqual(again, one);
  await assert.rejects(posts.create({ title: "twice" }, { idempotencyKey }), {
    code: "idempotency_mismatch",
    status: 422,
  });
});

test("a list is read to its end, page by page, in order", async () => {
  await define(admin, "numbers");
  const numbers = member.collection<Post>("numbers");
  for (let likes = 0; likes < 25; likes += 1) await numbers.create({ title: "n", likes });
  const page = await numbers.list({ limit: 10, sort: "created_at" });
  assert.deepEqual(
    page.items.map(({ likes }) => likes),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
  const all: unknown[] = [];
  for await (const { likes } of numbers.iterate({ limit: 10, sort: "created_at" })) all.push(likes);
  assert.deepEqual(
    all,
    Array.from({ length: 25 }, (_, likes) => likes),
  );
  await assert.rejects(numbers.list({ cursor: page.next_cursor ?? "" }), { code: "cursor_mismatch" });
});

test("what the rules do not allow is refused", async () => {
  const { id } = await admin.collection<Post>("posts").create({ title: "the administrator's" });
  member.reflect(admin.position);
  await assert.rejects(posts.delete(id), { code: "forbidden", status: 403 });
  await assert.rejects(member.collections.list(), { code: "forbidden", status: 403 });
});

test("a call ends when its signal does", async () => {
  const aborted = new Error("enough");
  await assert.rejects(posts.list({}, { signal: AbortSignal.abort(aborted) }), aborted);
});

test("collections are shown, changed and deleted by administrators", async () => {
  await define(admin, "passing");
  const shown = await admin.collections.get("passing");
  const changed = await admin.collections.update("passing", { description: "For a moment" }, { ifMatch: shown });
  assert.ok("description" in changed, "it is done at once");
  assert.equal(changed.description, "For a moment");
  await admin.collection<Post>("passing").create({ title: "in the way" });
  await assert.rejects(admin.collections.delete("passing"), { code: "collection_not_empty", status: 409 });
  await admin.collections.delete("passing", { force: true });
  const names: string[] = [];
  for await (const { name } of admin.collections.iterate()) names.push(name);
  assert.ok(names.includes("posts") && !names.includes("passing"));
});

test("what a record was is shown, compared, and brought back", async () => {
  const made = await posts.create({ title: "one", likes: 1 });
  await posts.update(made.id, { title: "two" });
  const replaced = await posts.replace(made.id, { title: "three" });
  assert.deepEqual([replaced.version, replaced.likes], [3, undefined]);
  await posts.delete(made.id);
  const changes = [];
  for await (const version of posts.history(made.id))
    changes.push([version.version, version.change, version.record?.title]);
  assert.deepEqual(changes, [
    [4, "deleted", undefined],
    [3, "changed", "three"],
    [2, "changed", "two"],
    [1, "created", "one"],
  ]);
  assert.deepEqual((await posts.diff(made.id, 1, 3)).patch, { title: "three", likes: null });
  assert.equal((await posts.restore(made.id)).title, "three");
  assert.equal((await posts.restore(made.id, 1)).likes, 1);
  assert.equal((await posts.get(made.id, { at: 2 })).title, "two");
});

test("a batch is done as a whole or not at all", async () => {
  const { operations } = posts;
  const kept = await posts.create({ title: "kept" });
  const results = await member.batch([
    operations.create({ title: "new", slug: "batched" }),
    operations.delete(kept.id, kept),
  ]);
  assert.deepEqual(
    results.map(({ op, status }) => [op, status]),
    [
      ["create", 201],
      ["delete", 204],
    ],
  );
  const { id } = await posts.create({ title: "before" });
  const batch = [operations.update(id, { title: "after" }), operations.create({ title: "again", slug: "batched" })];
  await assert.rejects(member.batch(batch), { code: "not_unique" });
  assert.equal((await posts.get(id)).title, "before");
});

test("a search by a body sees what was written", async () => {
  for (let count = 0; count < 20; count += 1) {
    const { id } = await posts.create({ title: `searched ${count}`, likes: 1_000 + count });
    const { items } = await posts.search({ filter: `record.likes == ${1_000 + count}`, fields: ["title"] });
    assert.deepEqual(
      items.map((item) => item.id),
      [id],
    );
  }
});

test("records come with those to which they refer", async () => {
  await admin.collections.define({
    name: "notes",
    schema: {
      type: "object",
      properties: { text: { type: "string" }, post: { type: "string", format: "uuid" } },
    },
    relations: { post: { collection: "posts", on_delete: "cascade" } },
    rules: { list: "true", view: "true", create: "true" },
  });
  interface Note {
    text: string;
    post: string;
    expand?: { post?: Stored<Post> };
  }
  const notes = member.collection<Note>("notes");
  const post = await posts.create({ title: "expanded" });
  const note = await notes.create({ text: "a note", post: post.id });
  assert.equal((await notes.get(note.id, { expand: "post" })).expand?.post?.title, "expanded");
  const { items } = await notes.list({ expand: "post" });
  assert.deepEqual(
    items.map((item) => item.expand?.post?.id),
    [post.id],
  );
});

test("a field gets another type, once all records keep to it", async () => {
  await admin.collections.define({
    name: "readings",
    schema: { type: "object", properties: { value: { type: "string" } } },
    rules: { list: "true", view: "true", create: "true" },
  });
  const before = await member.collection<{ value: string }>("readings").create({ value: "wrong" });
  const patch = {
    schema: { type: "object", properties: { value: { type: "integer" } } },
    upcast: { value: "record.value == 'wrong' ? 0 : 1" },
  };
  const asked = await admin.collections.update("readings", patch);
  assert.ok("state" in asked && asked.state === "checking");
  const settled = await admin.collections.settled("readings");
  assert.deepEqual([settled.state, settled.records, settled.findings], ["done", 1, []]);
  const after = await member.collection<{ value: number }>("readings").get(before.id);
  assert.deepEqual([after.value, after.version], [0, before.version]);
});
