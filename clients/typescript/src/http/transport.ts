// Every call to the server goes through here: who calls, what must be reflected, what is repeated.

import type { SessionKeeper } from "../auth/session.js";
import { delay } from "../backoff.js";
import { TidemarkError } from "../error.js";
import { KEYED, WAITING } from "../generated/routes.js";
import type { ChangeOptions, ClientOptions, ReadOptions } from "../options.js";
import { Position } from "../position.js";
import { type Answer, exchange } from "./answer.js";
import type { BodyOf, InputOf, Method, Operation, PathOf } from "./operations.js";
import { waitBefore } from "./retry.js";

const TIMEOUT = 30_000;
const RETRIES = 4;

/** What any call may say, beside what the operation takes. */
export interface Call extends ChangeOptions, ReadOptions {
  /** The version that the caller has, for reads: 304 is answered when it is the current one. */
  ifNoneMatch?: number | { version: number } | undefined;
  /** Without a token, as for signing in. */
  anonymous?: boolean | undefined;
  /** With the browser's cookies of the server. */
  cookies?: boolean | undefined;
  headers?: Record<string, string> | undefined;
}

/** A call as it is sent, by each of its attempts. */
interface Outgoing {
  method: Method;
  /** Method and template. */
  route: string;
  url: string;
  body: string | undefined;
  /** The same one for all attempts: that is what makes them one command. */
  key: string | undefined;
  call: Call;
}

export class Transport {
  readonly position = new Position();
  /** Set once the session is there, which needs this to renew itself. */
  session: SessionKeeper | undefined;
  readonly #options: ClientOptions;
  readonly #base: string;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#base = options.url.replace(/\/+$/, "");
  }

  /** The URL of a path of the server. */
  url(path: string): string {
    return this.#base + path;
  }

  /** Calls an operation of the server's OpenAPI document. */
  async call<M extends Method, P extends PathOf<M>>(
    method: M,
    template: P,
    input: InputOf<Operation<M, P>>,
    call: Call = {},
  ): Promise<Answer<BodyOf<Operation<M, P>>>> {
    const { path, query, body } = input as { path?: Parameters; query?: Parameters; body?: unknown };
    const route = `${method.toUpperCase()} ${template}`;
    const answer = await this.#repeated({
      method,
      route,
      url: this.url(filled(template, path)) + queryText(query),
      body: body === undefined ? undefined : JSON.stringify(body),
      key: KEYED.has(route) ? (call.idempotencyKey ?? crypto.randomUUID()) : undefined,
      call,
    });
    return answer as Answer<BodyOf<Operation<M, P>>>;
  }

  async #repeated(outgoing: Outgoing): Promise<Answer<unknown>> {
    const { key, call } = outgoing;
    const repeat = isRead(outgoing) || key !== undefined ? "harmless" : "risky";
    const attempts = 1 + Math.max(0, call.retries ?? this.#options.retries ?? RETRIES);
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#authorized(outgoing);
      } catch (error) {
        const wait = attempt + 1 < attempts ? waitBefore(attempt, repeat, error) : undefined;
        if (wait === undefined) throw error;
        await delay(wait, call.signal);
      }
    }
  }

  /** With the caller's token, and once more with a new one where the server does not take it any more. */
  async #authorized(outgoing: Outgoing): Promise<Answer<unknown>> {
    if (outgoing.call.anonymous || this.session === undefined) return this.#reflecting(outgoing, undefined);
    if (this.#options.apiKey !== undefined) return this.#reflecting(outgoing, this.#options.apiKey);
    const token = signedIn(await this.session.token());
    try {
      return await this.#reflecting(outgoing, token);
    } catch (error) {
      // Before the server has done anything. The clock of one of us is wrong, or the key or the session has ended.
      if (!(error instanceof TidemarkError) || !["token_expired", "invalid_token"].includes(error.code)) throw error;
      return this.#reflecting(outgoing, signedIn(await this.session.renewed(token)));
    }
  }

  /** A read reflects what this client has written, and a command is written. */
  async #reflecting(outgoing: Outgoing, token: string | undefined): Promise<Answer<unknown>> {
    if (!isRead(outgoing)) {
      const answer = await this.#send(outgoing, token, 0);
      this.position.advance(answer.position);
      return answer;
    }
    if (!WAITING.has(outgoing.route)) return this.#send(outgoing, token, 0);
    const { written } = this.position;
    const asked = outgoing.call.after;
    try {
      return await this.#send(outgoing, token, Math.max(written ?? 0, asked ?? 0));
    } catch (error) {
      const isForgotten = error instanceof TidemarkError && error.code === "beyond_the_log";
      if (!isForgotten || written === undefined || asked !== undefined) throw error;
      this.position.forget(written);
      return this.#send(outgoing, token, 0);
    }
  }

  #send(
    { method, url, body, key, call }: Outgoing,
    token: string | undefined,
    after: number,
  ): Promise<Answer<unknown>> {
    const headers = new Headers(call.headers);
    headers.set("accept", "application/json");
    if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
    if (key !== undefined) headers.set("idempotency-key", key);
    if (after > 0) headers.set("tidemark-after", String(after));
    if (call.ifMatch !== undefined) headers.set("if-match", etag(call.ifMatch));
    if (call.ifNoneMatch !== undefined) headers.set("if-none-match", etag(call.ifNoneMatch));
    const init: RequestInit = { method: method.toUpperCase(), headers };
    if (call.cookies) init.credentials = "include";
    if (body !== undefined) {
      headers.set("content-type", method === "patch" ? "application/merge-patch+json" : "application/json");
      init.body = body;
    }
    const fetch = this.#options.fetch ?? globalThis.fetch;
    return exchange(fetch, url, init, call.timeout ?? this.#options.timeout ?? TIMEOUT, call.signal);
  }
}

type Parameters = Record<string, unknown> | undefined;

function etag(version: number | { version: number }): string {
  return `"v${typeof version === "number" ? version : version.version}"`;
}

function signedIn(token: string | undefined): string {
  if (token === undefined) throw new TidemarkError("Nobody has signed in", { code: "signed_out" });
  return token;
}

/** The template with its parameters in their places. */
function filled(template: string, parameters: Parameters): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(parameters?.[name])));
}

function queryText(query: Parameters): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null) parameters.set(name, String(value));
  }
  return parameters.size === 0 ? "" : `?${parameters.toString()}`;
}

/** Some reads are asked for by a body. */
function isRead({ method, route }: Outgoing): boolean {
  return method === "get" || WAITING.has(route);
}
