// Several operations on records, done all or not at all.

import type { components } from "../generated/openapi.js";
import type { Fields, Patch } from "./types.js";

/** One operation of a batch. */
export type BatchOperation = components["schemas"]["OperationRequest"];

/** What became of one operation. */
export type OperationResult = components["schemas"]["OperationResult"];

/** The version that a change is made of: a number, or something that has one. */
type Seen = number | { version: number };

/** Makes operations on the records of a collection; nothing is sent. */
export class Operations<T extends object> {
  readonly #collection: string;

  constructor(collection: string) {
    this.#collection = collection;
  }

  /** With an `id` (a UUIDv7) others of the same batch can refer to the record. */
  create(fields: Fields<T>, id?: string): BatchOperation {
    return { op: "create", collection: this.#collection, data: fields, ...(id === undefined ? {} : { id }) };
  }

  update(id: string, patch: Patch<T>, ifMatch?: Seen): BatchOperation {
    return { op: "patch", collection: this.#collection, id, data: patch, ...seen(ifMatch) };
  }

  replace(id: string, fields: Fields<T>, ifMatch?: Seen): BatchOperation {
    return { op: "replace", collection: this.#collection, id, data: fields, ...seen(ifMatch) };
  }

  delete(id: string, ifMatch?: Seen): BatchOperation {
    return { op: "delete", collection: this.#collection, id, ...seen(ifMatch) };
  }
}

function seen(ifMatch: Seen | undefined): { version?: number } {
  if (ifMatch === undefined) return {};
  return { version: typeof ifMatch === "number" ? ifMatch : ifMatch.version };
}
