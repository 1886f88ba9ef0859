// Collections: what records look like, and who may do what with them. For administrators.

import { delay, fullJitter } from "../backoff.js";
import type { components } from "../generated/openapi.js";
import type { Transport } from "../http/transport.js";
import type { CallOptions, ChangeOptions, CommandOptions, ReadOptions } from "../options.js";
import { eachItem, type Page } from "../pages.js";

const CHANGE = "/v1/collections/{name}/change";

type Schemas = components["schemas"];

export type CollectionInfo = Schemas["CollectionView"];
export type CollectionDefinition = Schemas["DefineCollectionRequest"];
export type CollectionPatch = Schemas["ChangeCollectionRequest"];
/** A change to which records may not keep: they are looked at first. */
export type SchemaChange = Schemas["ChangeView"];

export interface PageQuery {
  limit?: number | undefined;
  cursor?: string | undefined;
}

export class Collections {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async define(definition: CollectionDefinition, options: CommandOptions = {}): Promise<CollectionInfo> {
    return (await this.#transport.call("post", "/v1/collections", { body: definition }, options)).body;
  }

  async get(name: string, options: ReadOptions = {}): Promise<CollectionInfo> {
    return (await this.#transport.call("get", "/v1/collections/{name}", { path: { name } }, options)).body;
  }

  /** A page of collections, by name. */
  async list(query: PageQuery = {}, options: ReadOptions = {}): Promise<Page<CollectionInfo>> {
    return (await this.#transport.call("get", "/v1/collections", { query }, options)).body;
  }

  iterate(options: ReadOptions = {}): AsyncGenerator<CollectionInfo, void, undefined> {
    return eachItem((cursor) => this.list({ cursor }, options));
  }

  /**
   * Changes it: absent members stay as they are, also those of the schema and of the rules. A change to which records may
   * not keep is not done at once: they are looked at, and converted by `upcast`; {@link Collections.settled} waits for that.
   */
  async update(
    name: string,
    patch: CollectionPatch,
    options: ChangeOptions = {},
  ): Promise<CollectionInfo | SchemaChange> {
    const input = { path: { name }, body: patch };
    return (await this.#transport.call("patch", "/v1/collections/{name}", input, options)).body;
  }

  /** The last change for which records were looked at, as far as it is. */
  async change(name: string, options: CallOptions = {}): Promise<SchemaChange> {
    return (await this.#transport.call("get", CHANGE, { path: { name } }, options)).body;
  }

  /** Takes back a change that is not accepted yet. */
  async withdraw(name: string, options: CommandOptions = {}): Promise<void> {
    await this.#transport.call("delete", CHANGE, { path: { name } }, options);
  }

  /** Asks until the last change is done, refused or withdrawn; a `signal` ends the waiting. */
  async settled(name: string, options: CallOptions = {}): Promise<SchemaChange> {
    for (let attempt = 1; ; attempt += 1) {
      const change = await this.change(name, options);
      if (change.state !== "checking" && change.state !== "switching") return change;
      await delay(fullJitter(attempt, 100, 2_000), options.signal);
    }
  }

  /** Deletes it; with records in it, only with `force`: nobody reaches them then. */
  async delete(name: string, options: ChangeOptions & { force?: boolean | undefined } = {}): Promise<void> {
    const { force, ...call } = options;
    await this.#transport.call("delete", "/v1/collections/{name}", { path: { name }, query: { force } }, call);
  }
}
