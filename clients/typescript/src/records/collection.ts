// The records of one collection: created, read, changed, deleted, followed.

import { delay, fullJitter } from "../backoff.js";
import { TidemarkError } from "../error.js";
import type { components } from "../generated/openapi.js";
import type { InputOf, Operation } from "../http/operations.js";
import type { Transport } from "../http/transport.js";
import type { Live } from "../live/live.js";
import type { LiveSet } from "../live/live-set.js";
import type { SubscribeOptions, Subscription } from "../live/subscription.js";
import type { CallOptions, ChangeOptions, CommandOptions, ReadOptions } from "../options.js";
import { eachItem, type Page } from "../pages.js";
import { Operations } from "./batch.js";
import type { Fields, Patch, Stored } from "./types.js";

const RECORDS = "/v1/collections/{name}/records";
const RECORD = "/v1/collections/{name}/records/{id}";
const HISTORY = "/v1/collections/{name}/records/{id}/history";
/** How often `modify` begins anew since somebody else was faster. */
const MODIFY_ATTEMPTS = 10;

/** What a list is asked for; `filter` is a condition in CEL, such as `record.status == "open"`. */
export type RecordsQuery = Omit<NonNullable<InputOf<Operation<"get", typeof RECORDS>>["query"]>, "after">;

/** The same as a body, for conditions that do not fit into a URL; lists are arrays. */
export type RecordsSearch = components["schemas"]["RecordSearch"];

/** A version of a record, and what happened to it then. */
export type Version<T> = Omit<components["schemas"]["VersionView"], "record"> & { record: Stored<T> | null };

/** What is different between two versions. */
export type Difference = components["schemas"]["DiffView"];

export interface GetOptions<T> extends ReadOptions {
  /** The record as it was at a time (RFC 3339) or in a version, as far as the collection shows history. */
  at?: string | number | undefined;
  /** Relations whose records come too, in `expand`, such as `author,post.author`. */
  expand?: string | undefined;
  /** A state that is known already: returned as it is, without its being sent again, where it is the current one. */
  known?: Stored<T> | undefined;
}

/** The collection `name`, whose records have the fields of `T`. */
export class Collection<T extends object> {
  readonly name: string;
  readonly #transport: Transport;
  readonly #live: Live;

  constructor(name: string, transport: Transport, live: Live) {
    this.name = name;
    this.#transport = transport;
    this.#live = live;
  }

  async create(fields: Fields<T>, options: CommandOptions = {}): Promise<Stored<T>> {
    const input = { path: { name: this.name }, body: fields };
    return (await this.#transport.call("post", RECORDS, input, options)).body as Stored<T>;
  }

  /** One that does not exist, or may not be seen, is refused as `not_found`. */
  async get(id: string, options: GetOptions<T> = {}): Promise<Stored<T>> {
    const { known, at, expand, ...call } = options;
    const query = { at: at === undefined ? undefined : String(at), expand };
    const input = { path: { name: this.name, id }, query };
    const answer = await this.#transport.call("get", RECORD, input, { ...call, ifNoneMatch: known });
    return answer.status === 304 && known !== undefined ? known : (answer.body as Stored<T>);
  }

  /** Changes some fields: absent ones stay as they are, `null` removes. */
  async update(id: string, patch: Patch<T>, options: ChangeOptions = {}): Promise<Stored<T>> {
    const input = { path: { name: this.name, id }, body: patch };
    return (await this.#transport.call("patch", RECORD, input, options)).body as Stored<T>;
  }

  /**
   * Changes a record as it is by then: `change` gets it and says what to change, or undefined for nothing. It is asked
   * again when somebody else was faster, so that no change of others is overwritten.
   */
  async modify(
    id: string,
    change: (record: Stored<T>) => Patch<T> | undefined | Promise<Patch<T> | undefined>,
    options: Omit<CommandOptions, "idempotencyKey"> = {},
  ): Promise<Stored<T>> {
    for (let attempt = 1; ; attempt += 1) {
      const record = await this.get(id, options);
      const patch = await change(record);
      if (patch === undefined) return record;
      try {
        return await this.update(id, patch, { ...options, ifMatch: record });
      } catch (error) {
        const isLate = error instanceof TidemarkError && error.code === "version_mismatch";
        if (!isLate || attempt >= MODIFY_ATTEMPTS) throw error;
        // What is read follows what is written within milliseconds.
        await delay(fullJitter(attempt, 10, 500), options.signal);
      }
    }
  }

  /** Gives a record another content; what is left out goes. */
  async replace(id: string, fields: Fields<T>, options: ChangeOptions = {}): Promise<Stored<T>> {
    const input = { path: { name: this.name, id }, body: fields };
    return (await this.#transport.call("put", RECORD, input, options)).body as Stored<T>;
  }

  /** Brings a deleted record back, or the content of an older version. */
  async restore(id: string, version?: number, options: ChangeOptions = {}): Promise<Stored<T>> {
    const input = { path: { name: this.name, id }, body: version === undefined ? {} : { version } };
    return (await this.#transport.call("post", `${RECORD}/restore`, input, options)).body as Stored<T>;
  }

  async delete(id: string, options: ChangeOptions = {}): Promise<void> {
    await this.#transport.call("delete", RECORD, { path: { name: this.name, id } }, options);
  }

  /** A page of records. */
  async list(query: RecordsQuery = {}, options: ReadOptions = {}): Promise<Page<Stored<T>>> {
    const answer = await this.#transport.call("get", RECORDS, { path: { name: this.name }, query }, options);
    return answer.body as unknown as Page<Stored<T>>;
  }

  /** All records of a list, fetched page by page while they are taken. */
  iterate(
    query: Omit<RecordsQuery, "cursor"> = {},
    options: ReadOptions = {},
  ): AsyncGenerator<Stored<T>, void, undefined> {
    return eachItem((cursor) => this.list({ ...query, cursor }, options));
  }

  /** A page of records that a body asks for. */
  async search(search: RecordsSearch, options: ReadOptions = {}): Promise<Page<Stored<T>>> {
    const input = { path: { name: this.name }, body: search };
    return (await this.#transport.call("post", `${RECORDS}/search`, input, options)).body as unknown as Page<Stored<T>>;
  }

  /** What a record was, the newest version first, fetched page by page while it is taken. */
  history(id: string, options: CallOptions = {}): AsyncGenerator<Version<T>, void, undefined> {
    return eachItem(async (cursor) => {
      const input = { path: { name: this.name, id }, query: { cursor } };
      return (await this.#transport.call("get", HISTORY, input, options)).body as unknown as Page<Version<T>>;
    });
  }

  /** What is different between two versions. */
  async diff(id: string, from: number, to: number, options: CallOptions = {}): Promise<Difference> {
    const input = { path: { name: this.name, id }, query: { from, to } };
    return (await this.#transport.call("get", `${HISTORY}/diff`, input, options)).body;
  }

  /** Operations on these records, for a batch. */
  get operations(): Operations<T> {
    return new Operations<T>(this.name);
  }

  /** Tells of the records, those that match a `filter` where there is one, and of every change. */
  subscribe(options: SubscribeOptions<Stored<T>>): Subscription {
    return this.#live.subscribe(`collections/${this.name}`, options);
  }

  /** The records, those that match a `filter` where there is one, kept as they are on the server. */
  live(options: { filter?: string | undefined; signal?: AbortSignal | undefined } = {}): LiveSet<Stored<T>> {
    return this.#live.set(`collections/${this.name}`, options);
  }

  /** One record, kept as it is on the server: a set of one, or of none while it is not there or may not be seen. */
  liveRecord(id: string, options: { signal?: AbortSignal | undefined } = {}): LiveSet<Stored<T>> {
    return this.#live.set(`collections/${this.name}/records/${id}`, options);
  }
}
