// A server of a test's own: the built program on a database of its own, which can be killed and started again.

import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

import { type Client, type ClientOptions, createClient } from "@tidemark/client";

const run = promisify(execFile);
/** The repository. */
const ROOT = resolve(import.meta.dirname, "../../../..");
const START_WITHIN = 60_000;
export const PASSWORD = "correct horse battery staple";

export class TestServer {
  readonly url: string;
  /** Made at the first start. */
  admin = { email: "", password: "" };
  readonly #directory = mkdtempSync(join(tmpdir(), "tidemark-client-"));
  readonly #database = `tidemark_client_${crypto.randomUUID().replaceAll("-", "")}`;
  readonly #variables: Record<string, string>;
  readonly #clients: Client[] = [];
  #process: ChildProcess | undefined;

  private constructor(port: number, variables: Record<string, string>) {
    this.url = `http://127.0.0.1:${port}`;
    this.#variables = { TIDEMARK_HTTP__BIND: `127.0.0.1:${port}`, ...variables };
  }

  static async start(variables: Record<string, string> = {}): Promise<TestServer> {
    const server = new TestServer(await freePort(), variables);
    await sql(`CREATE DATABASE ${server.#database}`);
    await server.launch();
    return server;
  }

  /** Starts it again where it was, after `kill` or `terminate`. */
  async launch(): Promise<void> {
    const log = openSync(join(this.#directory, "log"), "a");
    const env = { ...inherited(), ...this.#settings() };
    const child = spawn(program(), ["run"], { cwd: this.#directory, env, stdio: ["ignore", "pipe", log] });
    this.#process = child;
    assert.ok(child.stdout);
    const late = setTimeout(() => child.kill("SIGKILL"), START_WITHIN);
    let greeting = "";
    for await (const line of createInterface({ input: child.stdout })) {
      greeting += `${line}\n`;
      // The last line is how to register somebody.
      if (line.includes(PASSWORD)) break;
    }
    clearTimeout(late);
    if (!greeting.includes(PASSWORD)) throw new Error(`the server did not start:\n${this.log()}`);
    const [email, password] = ["e-mail", "password"].map((name) => new RegExp(`${name} +(\\S+)`).exec(greeting)?.[1]);
    if (email !== undefined && password !== undefined) this.admin = { email, password };
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Asks it to stop, and waits until it has. */
  async terminate(): Promise<void> {
    await this.#end("SIGTERM");
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }

  /** Ends everything, and leaves nothing behind. */
  async stop(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.kill();
    await sql(`DROP DATABASE IF EXISTS ${this.#database} WITH (FORCE)`);
    rmSync(this.#directory, { recursive: true, force: true });
  }

  log(): string {
    return readFileSync(join(this.#directory, "log"), "utf8");
  }

  /** A client of this server, closed with it. */
  client(options: Partial<ClientOptions> = {}): Client {
    const client = createClient({ url: this.url, ...options });
    this.#clients.push(client);
    return client;
  }

  /** The administrator, signed in. */
  async administrator(options: Partial<ClientOptions> = {}): Promise<Client> {
    const client = this.client(options);
    await client.auth.login(this.admin);
    return client;
  }

  /** Somebody who has registered and signed in. */
  async member(name: string, options: Partial<ClientOptions> = {}): Promise<Client> {
    const client = this.client(options);
    const email = `${name}@example.org`;
    await client.auth.register({ email, password: PASSWORD, display_name: name });
    await client.auth.login({ email, password: PASSWORD });
    return client;
  }

  #settings(): Record<string, string> {
    return {
      DATABASE_URL: databaseUrl(this.#database),
      TIDEMARK_GREETING: "1",
      TIDEMARK_ADMIN__BIND: "127.0.0.1:0",
      TIDEMARK_LOG__FILTER: "warn",
      TIDEMARK_LIMITS__CREDENTIAL_REQUESTS: "100000",
      TIDEMARK_LIMITS__ANONYMOUS_REQUESTS: "100000",
      TIDEMARK_DATABASE__POOL_SIZE: "6",
      TIDEMARK_SHUTDOWN_GRACE_SECONDS: "3",
      ...this.#variables,
    };
  }
}

/** The environment without what would configure the server otherwise. */
function inherited(): NodeJS.ProcessEnv {
  const isSetting = (name: string) =>
    name.startsWith("TIDEMARK_") || ["AMQP_URL", "REDIS_URL", "RUST_LOG"].includes(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isSetting(name)));
}

function program(): string {
  const target = process.env["CARGO_TARGET_DIR"] ?? join(ROOT, "target");
  const path = process.env["TIDEMARK_PROGRAM"] ?? join(target, "debug", "tidemark");
  if (!existsSync(path)) throw new Error(`there is no ${path}: build it with cargo build --bin tidemark`);
  return path;
}

function databaseUrl(name: string): string {
  const url = new URL(process.env["TIDEMARK_TEST_DATABASE_URL"] ?? "postgres://postgres@127.0.0.1:5432/postgres");
  url.pathname = `/${name}`;
  return url.href;
}

async function sql(statement: string): Promise<void> {
  await run(psql(), [
    "--quiet",
    "--no-psqlrc",
    "--set",
    "ON_ERROR_STOP=1",
    "--command",
    statement,
    databaseUrl("postgres"),
  ]);
}

/** Debian keeps the programs of its servers aside. */
function psql(): string {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian) : [];
  return versions.map((version) => join(debian, version, "bin", "psql")).find(existsSync) ?? "psql";
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
