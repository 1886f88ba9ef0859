// Types of every operation, worked out from the server's OpenAPI document.

import type { paths } from "../generated/openapi.js";

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** The URLs, as templates, that have this method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends { [K in M]: { responses: unknown } } ? P : never;
}[keyof paths];

export type Operation<M extends Method, P extends PathOf<M>> = paths[P] extends { [K in M]: infer O } ? O : never;

/** What an operation takes: parameters of the URL, of the query, and the body, each where it has one. */
export type InputOf<O> = PathInput<O> & QueryInput<O> & BodyInput<O>;

type PathInput<O> = O extends { parameters: { path: infer P } } ? { path: P } : { path?: undefined };
type QueryInput<O> = O extends { parameters: { query?: infer Q } }
  ? { query?: Loose<NonNullable<Q>> | undefined }
  : object;
type BodyInput<O> = O extends { requestBody: { content: infer C } } ? { body: C[keyof C] } : { body?: undefined };

/** Parameters that are undefined are left out. */
type Loose<T> = { [K in keyof T]?: T[K] | undefined };

/** The body of the answer when all went well. */
export type BodyOf<O> = O extends { responses: infer R } ? Body<R[keyof R & Success]> : never;

type Success = 200 | 201 | 202 | 204;
type Body<A> = A extends { content: { "application/json": infer B } } ? B : undefined;
