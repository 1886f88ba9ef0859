// Collections: what records look like, and who may do what with them. For administrators.

import type { components } from "../generated/openapi.js";
import type { Transport } from "../http/transport.js";
import type { ChangeOptions, CommandOptions, ReadOptions } from "../options.js";
import { eachItem, type Page } from "../pages.js";

type Schemas = components["schemas"];

export type CollectionInfo = Schemas["CollectionView"];
export type CollectionDefinition = Schemas["DefineCollectionRequest"];
export type CollectionPatch = Schemas["ChangeCollectionRequest"];

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

  /** Changes it: absent members stay as they are, also those of the schema and of the rules. */
  async update(name: string, patch: CollectionPatch, options: ChangeOptions = {}): Promise<CollectionInfo> {
    const input = { path: { name }, body: patch };
    return (await this.#transport.call("patch", "/v1/collections/{name}", input, options)).body;
  }

  /** Deletes it; with records in it, only with `force`: nobody reaches them then. */
  async delete(name: string, options: ChangeOptions & { force?: boolean | undefined } = {}): Promise<void> {
    const { force, ...call } = options;
    await this.#transport.call("delete", "/v1/collections/{name}", { path: { name }, query: { force } }, call);
  }
}
