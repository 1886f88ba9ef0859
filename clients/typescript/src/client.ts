// The client: everything that a server offers, for one person or one API key.

import { Auth } from "./auth/auth.js";
import { SessionKeeper } from "./auth/session.js";
import { memoryStorage } from "./auth/storage.js";
import { Collections } from "./collections/collections.js";
import type { Answer } from "./http/answer.js";
import type { BodyOf, InputOf, Method, Operation, PathOf } from "./http/operations.js";
import { type Call, Transport } from "./http/transport.js";
import { Live } from "./live/live.js";
import type { ClientOptions, CommandOptions } from "./options.js";
import type { BatchOperation, OperationResult } from "./records/batch.js";
import { Collection } from "./records/collection.js";
import { Users } from "./users/users.js";

/** A client of the server at `options.url`. */
export function createClient(options: ClientOptions): Client {
  return new Client(options);
}

export class Client {
  /** Signing in and out. */
  readonly auth: Auth;
  readonly users: Users;
  /** What collections there are, for administrators. */
  readonly collections: Collections;
  /** Live updates. */
  readonly live: Live;
  readonly #transport: Transport;

  constructor(options: ClientOptions) {
    const transport = new Transport(options);
    const keeper = new SessionKeeper(transport, options.storage ?? memoryStorage());
    transport.session = keeper;
    this.#transport = transport;
    this.auth = new Auth(transport, keeper);
    this.users = new Users(transport);
    this.collections = new Collections(transport);
    this.live = new Live(transport.url("/v1/live"), keeper, options.webSocket);
  }

  /** The records of a collection, which have the fields of `T`. */
  collection<T extends object>(name: string): Collection<T> {
    return new Collection<T>(name, this.#transport, this.live);
  }

  /**
   * Does up to 100 operations on records, all or none: `batch([posts.operations.create(…), notes.operations.delete(id)])`.
   * Where one is refused, `errors` of the error names it by its place.
   */
  async batch(operations: readonly BatchOperation[], options: CommandOptions = {}): Promise<OperationResult[]> {
    const input = { body: { operations: [...operations] } };
    return (await this.#transport.call("post", "/v1/batch", input, options)).body.results;
  }

  /**
   * Any operation of the server's OpenAPI document, such as `request("get", "/v1/roles/{name}", { path: { name } })`: for
   * those that have no method here.
   */
  request<M extends Method, P extends PathOf<M>>(
    method: M,
    path: P,
    input: InputOf<Operation<M, P>>,
    options: Call = {},
  ): Promise<Answer<BodyOf<Operation<M, P>>>> {
    return this.#transport.call(method, path, input, options);
  }

  /**
   * The position of the log up to which this client has written; what it reads reflects that. Give it to
   * {@link Client.reflect} of another client that has to see the same.
   */
  get position(): number | undefined {
    return this.#transport.position.written;
  }

  /** What is read from now on reflects this position, too. */
  reflect(position: number | undefined): void {
    this.#transport.position.advance(position);
  }

  /** Ends the live connection. Calls that are under way are ended by their signals. */
  close(): void {
    this.live.close();
  }
}
