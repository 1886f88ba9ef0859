// Live updates: subscriptions of topics, all of them on one connection.

import type { SessionKeeper } from "../auth/session.js";
import type { TidemarkError } from "../error.js";
import type { WebSocketConstructor } from "../options.js";
import { Connection, type LiveState } from "./connection.js";
import { LiveSet } from "./live-set.js";
import type { Frame } from "./protocol.js";
import { type Member, Room } from "./room.js";
import { Following, type SubscribeOptions, type Subscription } from "./subscription.js";

/** A connection without subscriptions is kept for so long: a page that changes its view subscribes anew at once. */
const LINGER = 1_000;

export class Live {
  readonly #connection: Connection;
  readonly #followings = new Map<number, Following<unknown>>();
  #lastId = 0;
  #linger: ReturnType<typeof setTimeout> | undefined;

  constructor(url: string, keeper: SessionKeeper, make: WebSocketConstructor | undefined) {
    this.#connection = new Connection(url.replace(/^http/, "ws"), keeper, make, {
      onOpen: () => {
        for (const following of [...this.#followings.values()]) this.#ask(following);
      },
      onFrame: (frame) => this.#take(frame),
      onSignedOut: () => this.#over((following) => following.end("signed_out")),
      onFailed: (error) => this.#over((following) => following.fail(error)),
    });
  }

  /** Of the connection. */
  get state(): LiveState {
    return this.#connection.state;
  }

  /** Calls with every change of the connection's state. Returns what takes the listener off again. */
  onState(listener: (state: LiveState) => void): () => void {
    return this.#connection.states.add(listener);
  }

  /** Tells of the records of a topic and of their changes, until it is closed. */
  subscribe<T>(topic: string, options: SubscribeOptions<T>): Subscription {
    return this.#follow(new Following(topic, options) as Following<unknown>, options.signal);
  }

  /** Joins a room: who is there sees this client, with what it says of itself, and this client sees them. */
  join<S>(room: string, state?: S, options: { signal?: AbortSignal | undefined } = {}): Room<S> {
    return new Room<S>((handlers) => {
      const following = new Following<Member<S>>(`presence/${room}`, handlers) as Following<unknown>;
      following.state = state;
      return { ...this.#follow(following, options.signal), say: (state) => this.#say(following, state) };
    });
  }

  /** The records of a topic, kept as they are on the server. */
  set<T>(topic: string, options: { filter?: string | undefined; signal?: AbortSignal | undefined } = {}): LiveSet<T> {
    return new LiveSet<T>((handlers) => this.subscribe<T>(topic, { ...options, ...handlers }));
  }

  /** Ends all subscriptions, and the connection. */
  close(): void {
    clearTimeout(this.#linger);
    this.#followings.clear();
    this.#connection.close();
  }

  #follow(following: Following<unknown>, signal: AbortSignal | undefined): Subscription {
    const close = () => {
      signal?.removeEventListener("abort", close);
      this.#close(following);
    };
    if (!signal?.aborted) {
      signal?.addEventListener("abort", close, { once: true });
      this.#begin(following);
    }
    return { topic: following.topic, close };
  }

  #say(following: Following<unknown>, state: unknown): void {
    following.state = state;
    if (this.#followings.has(following.id)) this.#connection.send({ t: "state", id: following.id, state });
  }

  #begin(following: Following<unknown>): void {
    clearTimeout(this.#linger);
    this.#lastId += 1;
    following.id = this.#lastId;
    this.#followings.set(following.id, following);
    if (this.#connection.state === "open") this.#ask(following);
    else this.#connection.open();
  }

  /** Asks for a subscription, under a new id: messages of the one before are of no use. */
  #ask(following: Following<unknown>): void {
    this.#followings.delete(following.id);
    this.#lastId += 1;
    const request = following.request(this.#lastId);
    this.#followings.set(following.id, following);
    try {
      this.#connection.send(request);
    } catch (error) {
      this.#remove(following);
      following.fail(error as TidemarkError);
    }
  }

  #close(following: Following<unknown>): void {
    if (!this.#followings.has(following.id)) return;
    this.#connection.send({ t: "unsub", id: following.id });
    this.#remove(following);
  }

  #remove(following: Following<unknown>): void {
    this.#followings.delete(following.id);
    clearTimeout(this.#linger);
    if (this.#followings.size === 0) this.#linger = setTimeout(() => this.#connection.close(), LINGER);
  }

  #take(frame: Frame): void {
    if (!("id" in frame) || frame.id === null) return;
    const following = this.#followings.get(frame.id);
    if (following === undefined) return;
    const next = following.take(frame as Frame & { id: number });
    if (next.do === "end") this.#remove(following);
    else if (next.do === "resubscribe") this.#resubscribe(following, next.after, frame.t === "chg");
  }

  #resubscribe(following: Following<unknown>, after: number, isOpen: boolean): void {
    const { id } = following;
    const { socket } = this.#connection;
    if (isOpen) this.#connection.send({ t: "unsub", id });
    const again = () => {
      // Unless it was closed meanwhile, or has been asked for on another connection.
      if (this.#connection.socket === socket && this.#followings.get(id) === following) this.#ask(following);
    };
    if (after === 0) again();
    else setTimeout(again, after);
  }

  #over(tell: (following: Following<unknown>) => void): void {
    clearTimeout(this.#linger);
    const followings = [...this.#followings.values()];
    this.#followings.clear();
    for (const following of followings) tell(following);
  }
}
