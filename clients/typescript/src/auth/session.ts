// The session of whoever has signed in: it is renewed in time, by one of all who need it.

import { delay, fullJitter } from "../backoff.js";
import { TidemarkError } from "../error.js";
import type { components } from "../generated/openapi.js";
import type { Transport } from "../http/transport.js";
import { Listeners } from "../listeners.js";
import type { Session, Storage, Stored } from "./storage.js";

export type SessionTokens = components["schemas"]["SessionTokens"];

/** An access token is renewed when it lasts for less than this, in milliseconds. */
const MARGIN = 30_000;
/**
 * A refresh token that is shown again gets the same successor for ten seconds, so that a lost answer can be asked for
 * again; later than that it would end the session.
 */
const REPEATABLE = 8_000;

/** Who has signed in, for an application. */
export interface SignedIn {
  sessionId: string;
  mode: "token" | "cookie";
}

export class SessionKeeper {
  /** Told of signing in and out, and of new tokens. */
  readonly changes = new Listeners<SignedIn | null>();
  readonly #transport: Transport;
  readonly #storage: Storage;
  readonly #lock: string;
  #stored: Stored = { session: null };
  #loading: Promise<void> | undefined;
  #renewing: Promise<string | undefined> | undefined;

  constructor(transport: Transport, storage: Storage) {
    this.#transport = transport;
    this.#storage = storage;
    this.#lock = `tidemark ${transport.url("")}`;
  }

  /** Whoever has signed in, also before this page was opened. */
  async current(): Promise<SignedIn | null> {
    await this.#load();
    return view(this.#stored.session);
  }

  /** The same, as far as it is known without a look at the storage. */
  get signedIn(): SignedIn | null {
    return view(this.#stored.session);
  }

  async deviceToken(): Promise<string | undefined> {
    await this.#load();
    return this.#stored.deviceToken;
  }

  /** When the access token ends, in milliseconds since 1970, by this machine's clock. */
  get expiresAt(): number | undefined {
    return this.#stored.session?.expiresAt;
  }

  /** An access token that lasts for another `margin` milliseconds; undefined when nobody has signed in. */
  async token(margin = MARGIN): Promise<string | undefined> {
    await this.#load();
    const { session } = this.#stored;
    if (session === null) return undefined;
    return isFresh(session, margin) ? session.accessToken : this.renewed(session.accessToken);
  }

  /** Renews it now. */
  async renew(): Promise<void> {
    await this.#load();
    await this.renewed(this.#stored.session?.accessToken);
  }

  /** Another access token than `used`, which the server does not take any more, or not for long. */
  async renewed(used: string | undefined): Promise<string | undefined> {
    await this.#load();
    const { session } = this.#stored;
    // Somebody else has renewed it meanwhile.
    if (session !== null && session.accessToken !== used && isFresh(session, MARGIN)) return session.accessToken;
    this.#renewing ??= this.#locked(used).finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  /** Takes over the tokens of an answer. */
  async adopt(tokens: SessionTokens): Promise<void> {
    await this.#load();
    const before = this.#stored.session;
    const isSame = before?.sessionId === tokens.session_id;
    const csrfToken = tokens.csrf_token ?? (isSame ? before.csrfToken : undefined);
    const session: Session = {
      mode: csrfToken === undefined ? "token" : "cookie",
      sessionId: tokens.session_id,
      accessToken: tokens.access_token,
      expiresAt: Date.now() + tokens.expires_in * 1000,
      ...(tokens.refresh_token === undefined ? {} : { refreshToken: tokens.refresh_token }),
      ...(csrfToken === undefined ? {} : { csrfToken }),
    };
    await this.#save({ session, deviceToken: tokens.device_token ?? this.#stored.deviceToken });
  }

  /** Nobody has signed in any more. */
  async forget(): Promise<void> {
    await this.#load();
    if (this.#stored.session !== null) await this.#save({ ...this.#stored, session: null });
  }

  /** One tab at a time where the browser can see to it; each of them finds what the one before has got. */
  async #locked(used: string | undefined): Promise<string | undefined> {
    const locks = globalThis.navigator?.locks as LockManager | undefined;
    if (locks === undefined) return this.#exchange(used);
    return await locks.request(this.#lock, () => this.#exchange(used));
  }

  async #exchange(used: string | undefined): Promise<string | undefined> {
    if (await this.#adoptStored(used)) return this.#stored.session?.accessToken;
    const { session } = this.#stored;
    if (session === null) return undefined;
    try {
      const tokens = await this.#ask(session);
      // Signed out meanwhile, or in anew: these tokens are of no use.
      if (this.#stored.session?.sessionId === session.sessionId) await this.adopt(tokens);
      return this.#stored.session?.accessToken;
    } catch (error) {
      if (!isOver(error)) throw error;
      // Another tab may have been faster than the browser's storage.
      if (await this.#adoptStored(used)) return this.#stored.session?.accessToken;
      if (this.#stored.session?.sessionId === session.sessionId) await this.forget();
      throw error;
    }
  }

  /** Takes over what another tab has stored; true when that can be used. */
  async #adoptStored(used: string | undefined): Promise<boolean> {
    const stored = await this.#storage.load();
    const [ours, theirs] = [this.#stored.session, stored?.session ?? null];
    if (
      stored === null ||
      (ours !== null && ours.sessionId === theirs?.sessionId && ours.refreshToken === theirs.refreshToken)
    ) {
      return false;
    }
    // In mode `cookie` each tab has an access token of its own.
    const isSame = ours !== null && ours.sessionId === theirs?.sessionId;
    const kept = isSame && theirs !== null ? { ...ours, ...theirs } : theirs;
    this.#stored = { ...stored, session: kept };
    this.changes.tell(view(kept));
    return kept === null || (kept.accessToken !== used && isFresh(kept, MARGIN));
  }

  async #ask(session: Session): Promise<SessionTokens> {
    const began = Date.now();
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#askOnce(session);
      } catch (error) {
        const isLost = error instanceof TidemarkError && [0, 429, 502, 503, 504].includes(error.status);
        const wait = (error instanceof TidemarkError ? (error.retryAfter ?? 0) : 0) + fullJitter(attempt, 200, 2_000);
        if (!isLost || Date.now() - began + wait > REPEATABLE) throw error;
        await delay(wait);
      }
    }
  }

  async #askOnce(session: Session): Promise<SessionTokens> {
    const isCookie = session.mode === "cookie";
    const answer = await this.#transport.call(
      "post",
      "/v1/auth/refresh",
      { body: isCookie ? {} : { refresh_token: session.refreshToken ?? null } },
      {
        anonymous: true,
        cookies: isCookie,
        retries: 0,
        ...(isCookie ? { headers: { "x-csrf-token": session.csrfToken ?? "" } } : {}),
      },
    );
    return answer.body;
  }

  #load(): Promise<void> {
    this.#loading ??= (async () => {
      this.#stored = (await this.#storage.load()) ?? { session: null };
    })();
    return this.#loading;
  }

  async #save(stored: Stored): Promise<void> {
    this.#stored = stored;
    const { session } = stored;
    // What a cookie keeps from scripts is not undone by storing the access token where they find it.
    const kept =
      session?.mode === "cookie"
        ? { mode: session.mode, sessionId: session.sessionId, csrfToken: session.csrfToken }
        : session;
    await this.#storage.save({ ...stored, session: kept });
    this.changes.tell(view(session));
  }
}

function view(session: Session | null): SignedIn | null {
  return session === null ? null : { sessionId: session.sessionId, mode: session.mode };
}

function isFresh(session: Session, margin: number): boolean {
  return session.accessToken !== undefined && (session.expiresAt ?? 0) - Date.now() > margin;
}

/** The session has ended, by the server's word. */
function isOver(error: unknown): boolean {
  return error instanceof TidemarkError && (error.status === 401 || error.code === "invalid_csrf_token");
}
