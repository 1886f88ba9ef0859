// What records are, for the compiler.

import type { components } from "../generated/openapi.js";

/** What every record has beside the fields of its collection. */
export type RecordMeta = components["schemas"]["RecordView"];

/** A record of the server: the fields of its collection, and what every record has. */
export type Stored<T> = T & RecordMeta;

/** The fields of a record to be: what the server adds is left out. */
export type Fields<T> = Omit<T, keyof RecordMeta>;

/** A JSON Merge Patch (RFC 7396): absent members stay as they are, `null` removes, objects are patched likewise. */
export type Patch<T> = { [K in keyof Fields<T>]?: PatchOf<Fields<T>[K]> | null };

type PatchOf<V> = V extends readonly unknown[] ? V : V extends object ? { [K in keyof V]?: PatchOf<V[K]> | null } : V;
