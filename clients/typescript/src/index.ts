// @tidemark/client: what is there for applications.

export type { Credentials, NewPassword, Proof, Registration } from "./auth/auth.js";
export type { EnrolledTotp } from "./auth/mfa.js";
export type { SignedIn } from "./auth/session.js";
export type { SessionInfo } from "./auth/sessions.js";
export { memoryStorage, webStorage } from "./auth/storage.js";
export type { Session, Storage, Stored as StoredSession } from "./auth/storage.js";
export { Client, createClient } from "./client.js";
export type { CollectionDefinition, CollectionInfo, CollectionPatch, SchemaChange } from "./collections/collections.js";
export { TidemarkError } from "./error.js";
export type { ErrorCode, FieldProblem, LocalCode } from "./error.js";
export type { components, operations, paths } from "./generated/openapi.js";
export type { ProblemCode } from "./generated/routes.js";
export type { Answer } from "./http/answer.js";
export type { LiveState } from "./live/connection.js";
export { LiveSet } from "./live/live-set.js";
export type { Change, Item } from "./live/protocol.js";
export { Room } from "./live/room.js";
export type { Member } from "./live/room.js";
export type { Reset, SubscribeOptions, Subscription } from "./live/subscription.js";
export type {
  CallOptions,
  ChangeOptions,
  ClientOptions,
  CommandOptions,
  ReadOptions,
  WebSocketConstructor,
} from "./options.js";
export type { Page } from "./pages.js";
export type { BatchOperation, OperationResult, Operations } from "./records/batch.js";
export { Collection } from "./records/collection.js";
export type { Difference, GetOptions, RecordsQuery, RecordsSearch, Version } from "./records/collection.js";
export type { Fields, Patch, RecordMeta, Stored } from "./records/types.js";
export type { AdministeredUser, Profile, ProfilePatch, User, UsersQuery } from "./users/users.js";
