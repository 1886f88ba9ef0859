// A web page that has the client, on an origin of its own, in a real browser.

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";

import type * as Tidemark from "@tidemark/client";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

import { PACKAGE } from "../scripts/generated.js";

declare global {
  /** In the page. */
  var tidemark: typeof Tidemark;
}

const HTML = `<!doctype html><meta charset="utf-8"><title>Client</title>
<script type="module">globalThis.tidemark = await import("/dist/index.js");</script>`;

export class WebPage {
  readonly origin: string;
  readonly errors: string[] = [];
  readonly #server: Server;
  readonly #browser: Browser;

  private constructor(server: Server, browser: Browser) {
    this.#server = server;
    this.#browser = browser;
    this.origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  }

  static async serve(browser: string): Promise<WebPage> {
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? "/", "http://localhost");
      if (!pathname.startsWith("/dist/") || pathname.includes("..")) {
        response.setHeader("content-type", "text/html").end(HTML);
        return;
      }
      readFile(join(PACKAGE, pathname)).then(
        (content) => response.setHeader("content-type", "text/javascript").end(content),
        () => response.writeHead(404).end(),
      );
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    // In a container there is no sandbox to be had.
    const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    return new WebPage(server, await chromium.launch({ executablePath: browser, args }));
  }

  /** Another browser, as far as cookies and storage go. */
  person(): Promise<BrowserContext> {
    return this.#browser.newContext();
  }

  /** A tab with the page, once the client is there. */
  async open(person: BrowserContext): Promise<Page> {
    const page = await person.newPage();
    page.on("pageerror", (error) => this.errors.push(String(error)));
    await page.goto(this.origin);
    await page.waitForFunction(() => globalThis.tidemark !== undefined);
    return page;
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    this.#server.close();
  }
}
