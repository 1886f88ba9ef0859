// The connection that serves all subscriptions: opened again whenever it breaks, signed in with a token that counts.

import type { SessionKeeper } from "../auth/session.js";
import { fullJitter } from "../backoff.js";
import { TidemarkError } from "../error.js";
import { Listeners } from "../listeners.js";
import type { WebSocketConstructor } from "../options.js";
import { CLOSE, type Frame, type Request } from "./protocol.js";
import { BROKEN, Socket } from "./socket.js";

const FIRST_WAIT = 500;
const LONGEST_WAIT = 20_000;
/** Whoever has broken the rules waits as after so many attempts. */
const PENALTY = 6;
/** A connection that lasted for so long was a good one. */
const SETTLED = 5_000;
/** The token is renewed so long before it ends. */
const RENEW_BEFORE = 60_000;
const RENEW_AGAIN = 5_000;

/** `idle` without subscriptions, `waiting` between two attempts. */
export type LiveState = "idle" | "connecting" | "open" | "waiting";

export interface ConnectionEvents {
  /** Signed in: what is wanted has to be asked for. */
  onOpen(): void;
  onFrame(frame: Frame): void;
  /** Somebody else has signed in, or nobody: what was asked for is over. */
  onSignedOut(): void;
  /** Trying again would be of no use. */
  onFailed(error: TidemarkError): void;
}

export class Connection {
  readonly states = new Listeners<LiveState>();
  readonly #url: string;
  readonly #keeper: SessionKeeper;
  readonly #make: WebSocketConstructor | undefined;
  readonly #events: ConnectionEvents;
  #state: LiveState = "idle";
  #socket: Socket | undefined;
  #token: string | undefined;
  /** Whose connection it is. */
  #session: string | undefined;
  #attempts = 0;
  #openedAt: number | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #renewal: ReturnType<typeof setTimeout> | undefined;

  constructor(url: string, keeper: SessionKeeper, make: WebSocketConstructor | undefined, events: ConnectionEvents) {
    this.#url = url;
    this.#keeper = keeper;
    this.#make = make;
    this.#events = events;
    keeper.changes.add((signedIn) => this.#sessionChanged(signedIn?.sessionId));
  }

  get state(): LiveState {
    return this.#state;
  }

  /** Opens it, unless that is being done. */
  open(): void {
    if (this.#state === "idle") void this.#connect(false);
  }

  close(): void {
    this.#drop("idle");
    this.#session = undefined;
  }

  /** Names the present socket, so that what belongs to an earlier one can be told apart. */
  get socket(): unknown {
    return this.#socket;
  }

  /** Throws what the server would close the connection for; does nothing while it is not open. */
  send(request: Request): void {
    if (this.#state === "open") this.#socket?.send(request);
  }

  async #connect(withAnotherToken: boolean): Promise<void> {
    this.#become("connecting");
    try {
      const make = this.#make ?? (globalThis.WebSocket as WebSocketConstructor | undefined);
      if (make === undefined) throw NO_WEBSOCKET;
      const token = withAnotherToken ? await this.#keeper.renewed(this.#token) : await this.#keeper.token();
      // Closed, or signed out, while the token was got.
      if (this.#state !== "connecting") return;
      if (token === undefined) throw new TidemarkError("Nobody has signed in", { code: "signed_out" });
      this.#begin(make, token);
    } catch (error) {
      if (this.#state !== "connecting") return;
      if (isFinal(error)) this.#fail(error);
      else this.#lost(BROKEN);
    }
  }

  #begin(make: WebSocketConstructor, token: string): void {
    this.#session = this.#keeper.signedIn?.sessionId;
    this.#token = token;
    const socket: Socket = new Socket(make, this.#url, token, {
      onReady: () => this.#ready(),
      onFrame: (frame) => this.#events.onFrame(frame),
      onClose: (code) => {
        if (this.#socket === socket) this.#lost(code);
      },
    });
    this.#socket = socket;
  }

  #ready(): void {
    this.#renewInTime();
    if (this.#state === "open") return;
    this.#openedAt = Date.now();
    this.#become("open");
    this.#events.onOpen();
  }

  /** It has ended, or could not be opened. */
  #lost(code: number): void {
    this.#drop("waiting");
    const isSettled = this.#openedAt !== undefined && Date.now() - this.#openedAt > SETTLED;
    this.#attempts = isSettled ? 0 : this.#attempts + 1;
    this.#openedAt = undefined;
    const isOurFault = code === CLOSE.rate || CLOSE.protocol.includes(code);
    const wait = fullJitter(isOurFault ? PENALTY : this.#attempts - 1, FIRST_WAIT, LONGEST_WAIT);
    const isSignedOut = code === CLOSE.unauthenticated || code === CLOSE.forbidden;
    this.#retry = setTimeout(() => void this.#connect(isSignedOut), wait);
    globalThis.addEventListener?.("online", this.#online);
  }

  /** The network is back: there is nothing to wait for. */
  readonly #online = (): void => {
    if (this.#state !== "waiting") return;
    this.#drop("waiting");
    void this.#connect(false);
  };

  /** Whoever stays longer than the token sends the next one in time. */
  #renewInTime(): void {
    clearTimeout(this.#renewal);
    const left = (this.#keeper.expiresAt ?? 0) - Date.now() - RENEW_BEFORE;
    this.#renewal = setTimeout(() => void this.#renew(), Math.max(left, RENEW_AGAIN));
  }

  async #renew(): Promise<void> {
    // The keeper tells of the new one, which is sent then. Whatever fails is tried again for as long as the token lasts;
    // that the session has ended is told, too.
    await this.#keeper.token(RENEW_BEFORE + RENEW_AGAIN).catch(() => undefined);
    if (this.#state === "open") this.#renewInTime();
  }

  #sessionChanged(session: string | undefined): void {
    if (this.#session !== undefined && session !== this.#session) {
      this.close();
      this.#events.onSignedOut();
    } else if (this.#state === "open") {
      void this.#authenticate();
    }
  }

  /** With what the session goes on with: older tokens may be void. */
  async #authenticate(): Promise<void> {
    const token = await this.#keeper.token(0).catch(() => undefined);
    if (this.#state !== "open" || token === undefined || token === this.#token) return;
    this.#token = token;
    this.#socket?.authenticate(token);
  }

  #fail(error: TidemarkError): void {
    this.close();
    this.#events.onFailed(error);
  }

  #drop(state: LiveState): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#renewal);
    globalThis.removeEventListener?.("online", this.#online);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    this.#become(state);
  }

  #become(state: LiveState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.states.tell(state);
  }
}

const NO_WEBSOCKET = new TidemarkError("There is no WebSocket here", {
  code: "no_websocket",
  detail: "Use Node 22, `node --experimental-websocket`, or give `createClient` one as `webSocket`.",
});

/** Whether trying again is of no use. */
function isFinal(error: unknown): error is TidemarkError {
  return (
    error instanceof TidemarkError && (error.status === 401 || ["signed_out", "no_websocket"].includes(error.code))
  );
}
