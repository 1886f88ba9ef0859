// Who is in a room, and what the client says of itself there.

import { LiveSet } from "./live-set.js";
import type { SubscribeOptions, Subscription } from "./subscription.js";

/** Somebody in a room: a subscription, so that a person with two windows is there twice. */
export interface Member<S> {
  user_id: string;
  joined_at: string;
  /** What the client says of itself; null when it says nothing. */
  state: S | null;
}

/** The members of a room, oneself included, for as long as it is not closed. */
export class Room<S> extends LiveSet<Member<S>> {
  readonly #say: (state: S) => void;

  constructor(join: (handlers: SubscribeOptions<Member<S>>) => Subscription & { say(state: unknown): void }) {
    let joined: ReturnType<typeof join> | undefined;
    super((handlers) => (joined = join(handlers)));
    this.#say = (state) => joined?.say(state);
  }

  /** Says something else of oneself, at most 1,024 bytes; said again after every interruption. */
  say(state: S): void {
    this.#say(state);
  }
}
