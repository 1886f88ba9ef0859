// Accounts: one's own, and for administrators those of others.

import type { components } from "../generated/openapi.js";
import type { InputOf, Operation } from "../http/operations.js";
import type { Transport } from "../http/transport.js";
import type { CallOptions, ChangeOptions, ReadOptions } from "../options.js";
import { eachItem, type Page } from "../pages.js";

type Schemas = components["schemas"];

export type User = Schemas["UserView"];
/** A user's account as a change of it left it. */
export type Profile = Schemas["Profile"];
export type ProfilePatch = Schemas["ChangeProfileRequest"];
/** What an administrator's command has left of an account. */
export type AdministeredUser = Schemas["Administered"];
export type UsersQuery = Omit<NonNullable<InputOf<Operation<"get", "/v1/users">>["query"]>, "after">;

export class Users {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Whoever has signed in. */
  async me(options: ReadOptions = {}): Promise<User> {
    return (await this.#transport.call("get", "/v1/users/me", {}, options)).body;
  }

  /** Changes one's own profile: absent members stay as they are, `null` removes. */
  async updateMe(patch: ProfilePatch, options: ChangeOptions = {}): Promise<Profile> {
    return (await this.#transport.call("patch", "/v1/users/me", { body: patch }, options)).body;
  }

  /** Erases one's own account, for good. Takes a recent authentication. */
  async eraseMe(options: CallOptions = {}): Promise<void> {
    await this.#transport.call("delete", "/v1/users/me", {}, options);
  }

  async get(id: string, options: ReadOptions = {}): Promise<User> {
    return (await this.#transport.call("get", "/v1/users/{id}", { path: { id } }, options)).body;
  }

  /** A page of users. */
  async list(query: UsersQuery = {}, options: ReadOptions = {}): Promise<Page<User>> {
    return (await this.#transport.call("get", "/v1/users", { query }, options)).body;
  }

  /** All users of a list. */
  iterate(query: Omit<UsersQuery, "cursor"> = {}, options: ReadOptions = {}): AsyncGenerator<User, void, undefined> {
    return eachItem((cursor) => this.list({ ...query, cursor }, options));
  }

  async grantRole(id: string, name: string, options: ChangeOptions = {}): Promise<AdministeredUser> {
    return (await this.#transport.call("put", "/v1/users/{id}/roles/{name}", { path: { id, name } }, options)).body;
  }

  async revokeRole(id: string, name: string, options: ChangeOptions = {}): Promise<AdministeredUser> {
    return (await this.#transport.call("delete", "/v1/users/{id}/roles/{name}", { path: { id, name } }, options)).body;
  }

  /** Ends all sessions of a user, who cannot sign in any more. */
  async suspend(id: string, options: ChangeOptions = {}): Promise<AdministeredUser> {
    return (await this.#transport.call("post", "/v1/users/{id}/suspend", { path: { id } }, options)).body;
  }

  async reactivate(id: string, options: ChangeOptions = {}): Promise<AdministeredUser> {
    return (await this.#transport.call("post", "/v1/users/{id}/reactivate", { path: { id } }, options)).body;
  }

  /** Ends all sessions of a user, who may sign in anew. */
  async logoutAll(id: string, options: CallOptions = {}): Promise<void> {
    await this.#transport.call("post", "/v1/users/{id}/logout-all", { path: { id } }, options);
  }

  /** Erases an account, for good. */
  async erase(id: string, options: CallOptions = {}): Promise<void> {
    await this.#transport.call("delete", "/v1/users/{id}", { path: { id } }, options);
  }
}
