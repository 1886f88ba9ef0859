// The client in a real browser: cookies, storage, tabs, WebSockets from a page of another origin.

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Client, LiveSet, User } from "@tidemark/client";

import { WebPage } from "./page.js";
import { PASSWORD, TestServer } from "./server.js";

declare global {
  /** In the page. */
  var client: Client;
  var me: LiveSet<User>;
}

const browser = process.env["TIDEMARK_TEST_BROWSER"] ?? "";
const skip = browser === "" ? "NOT CHECKED: there is no browser; TIDEMARK_TEST_BROWSER names one" : false;

test("in a browser", { skip }, async (t) => {
  const web = await WebPage.serve(browser);
  t.after(() => web.stop());
  const server = await TestServer.start({ TIDEMARK_HTTP__ALLOWED_ORIGINS: web.origin });
  t.after(() => server.stop());
  await server.member("ada");
  const given = { url: server.url, email: "ada@example.org", password: PASSWORD };

  await t.test("the refresh token is in a cookie, and a reload finds the session again", async () => {
    const page = await web.open(await web.person());
    const kept = await page.evaluate(async ({ url, email, password }) => {
      globalThis.client = tidemark.createClient({ url, storage: tidemark.webStorage(localStorage) });
      await client.auth.login({ email, password, mode: "cookie" });
      return { stored: localStorage.getItem("tidemark") ?? "", cookies: document.cookie };
    }, given);
    assert.equal(kept.cookies, "");
    assert.ok(kept.stored.includes("csrfToken") && !/tmr_|accessToken|refreshToken/.test(kept.stored), kept.stored);
    const cookies = await page.context().cookies(server.url);
    assert.deepEqual(
      cookies.map(({ httpOnly, sameSite }) => ({ httpOnly, sameSite })),
      [{ httpOnly: true, sameSite: "Strict" }],
    );

    await page.reload();
    await page.waitForFunction(() => globalThis.tidemark !== undefined);
    const email = await page.evaluate(async ({ url }) => {
      globalThis.client = tidemark.createClient({ url, storage: tidemark.webStorage(localStorage) });
      return (await client.users.me()).email;
    }, given);
    assert.equal(email, "ada@example.org");

    await page.evaluate(() => client.auth.logout());
    assert.deepEqual(await page.context().cookies(server.url), []);
    assert.equal(await page.evaluate(() => client.auth.current()), null);
  });

  await t.test("a set in a page survives a restart of the server", async () => {
    const page = await web.open(await web.person());
    await page.evaluate(async ({ url, email, password }) => {
      globalThis.client = tidemark.createClient({ url });
      await client.auth.login({ email, password });
      globalThis.me = client.live.set<User>("users/me");
      await me.ready;
    }, given);
    await server.kill();
    await server.launch();
    await page.evaluate(() => client.users.updateMe({ display_name: "after the restart" }, { retries: 20 }));
    await page.waitForFunction(() => me.values()[0]?.display_name === "after the restart");
  });

  await t.test("two tabs that renew the session at the same moment both go on", async () => {
    const person = await web.person();
    const tabs = [await web.open(person), await web.open(person)] as const;
    await tabs[0].evaluate(async ({ url, email, password }) => {
      globalThis.client = tidemark.createClient({ url, storage: tidemark.webStorage(localStorage) });
      await client.auth.login({ email, password });
      const stored = JSON.parse(localStorage.getItem("tidemark") ?? "{}");
      localStorage.setItem("tidemark", JSON.stringify({ ...stored, session: { ...stored.session, expiresAt: 0 } }));
    }, given);
    const everywhere = (run: (given: { url: string }) => Promise<string>) =>
      Promise.all(tabs.map((tab) => tab.evaluate(run, given)));
    const emails = await everywhere(async ({ url }) => {
      globalThis.client = tidemark.createClient({ url, storage: tidemark.webStorage(localStorage) });
      return (await client.users.me()).email;
    });
    assert.deepEqual(emails, ["ada@example.org", "ada@example.org"]);
    // The successor that either of them has is the session's.
    const ids = await everywhere(async () => {
      await client.auth.refresh();
      return (await client.users.me()).id;
    });
    assert.equal(new Set(ids).size, 1);
  });

  assert.deepEqual(web.errors, []);
});
