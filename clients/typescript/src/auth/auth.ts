// Registering, signing in and out, and what else concerns how an account is signed in to.

import { TidemarkError } from "../error.js";
import type { components } from "../generated/openapi.js";
import type { Call, Transport } from "../http/transport.js";
import type { CallOptions, CommandOptions } from "../options.js";
import { Mfa } from "./mfa.js";
import { Sessions } from "./sessions.js";
import type { SessionKeeper, SessionTokens, SignedIn } from "./session.js";

type Schemas = components["schemas"];

export type Registration = Schemas["RegisterRequest"];
export interface Credentials extends Omit<Schemas["LoginRequest"], "device_token" | "mode"> {
  /** `cookie` keeps the refresh token in a cookie that no script reads: for browsers. */
  mode?: "token" | "cookie";
}
/** The password, and a code where the account has a second factor. */
export type Proof = Schemas["StepUpRequest"];
export type NewPassword = Schemas["ChangePasswordRequest"];

export class Auth {
  /** The second factor. */
  readonly mfa: Mfa;
  /** Where one is signed in. */
  readonly sessions: Sessions;
  readonly #transport: Transport;
  readonly #keeper: SessionKeeper;

  constructor(transport: Transport, keeper: SessionKeeper) {
    this.#transport = transport;
    this.#keeper = keeper;
    this.mfa = new Mfa(transport, keeper);
    this.sessions = new Sessions(transport);
  }

  /** Whoever has signed in, also on an earlier visit where the client has a storage; null when nobody has. */
  current(): Promise<SignedIn | null> {
    return this.#keeper.current();
  }

  /** Calls when somebody signs in or out, or the session has ended. Returns what takes the listener off again. */
  onChange(listener: (signedIn: SignedIn | null) => void): () => void {
    let last = this.#keeper.signedIn?.sessionId ?? null;
    return this.#keeper.changes.add((signedIn) => {
      const id = signedIn?.sessionId ?? null;
      // New tokens of the same session concern nobody.
      if (id !== last) listener(signedIn);
      last = id;
    });
  }

  /** Asks for an account. The answer does not tell whether the address was taken: its owner gets a mail. */
  async register(registration: Registration, options: CommandOptions = {}): Promise<void> {
    await this.#transport.call("post", "/v1/auth/register", { body: registration }, { ...options, anonymous: true });
  }

  /** Signs in. A second factor that is missing is refused as `second_factor_required`. */
  async login(credentials: Credentials, options: CallOptions = {}): Promise<SignedIn> {
    const deviceToken = await this.#keeper.deviceToken();
    const body = deviceToken === undefined ? credentials : { ...credentials, device_token: deviceToken };
    const call = { ...options, anonymous: true, cookies: credentials.mode === "cookie" };
    const answer = await this.#transport.call("post", "/v1/auth/login", { body }, call);
    await this.#keeper.adopt(answer.body);
    return { sessionId: answer.body.session_id, mode: credentials.mode === "cookie" ? "cookie" : "token" };
  }

  /** Ends this session, here and on the server. */
  async logout(options: CallOptions = {}): Promise<void> {
    await this.#leave("/v1/auth/logout", options);
  }

  /** Ends all sessions of the account. */
  async logoutAll(options: CallOptions = {}): Promise<void> {
    await this.#leave("/v1/auth/logout-all", options);
  }

  /** Renews the tokens now. Calls do it by themselves when it is time. */
  async refresh(): Promise<SignedIn | null> {
    await this.#keeper.renew();
    return this.#keeper.current();
  }

  /** Proves again who one is: for ten minutes, what is refused as `step_up_required` can be done. */
  async stepUp(proof: Proof, options: CallOptions = {}): Promise<void> {
    await this.#renewing((call) => this.#transport.call("post", "/v1/auth/step-up", { body: proof }, call), options);
  }

  /** Sets another password. All other sessions end. */
  async changePassword(passwords: NewPassword, options: CallOptions = {}): Promise<void> {
    const change = (call: Call) => this.#transport.call("post", "/v1/auth/change-password", { body: passwords }, call);
    await this.#renewing(change, options);
  }

  /** Takes the token of a mailed link. */
  async verifyEmail(token: string, options: CallOptions = {}): Promise<void> {
    await this.#transport.call("post", "/v1/auth/verify-email", { body: { token } }, { ...options, anonymous: true });
  }

  async resendVerification(email: string, options: CallOptions = {}): Promise<void> {
    const call = { ...options, anonymous: true };
    await this.#transport.call("post", "/v1/auth/resend-verification", { body: { email } }, call);
  }

  /** Has a link mailed with which a new password can be set. */
  async forgotPassword(email: string, options: CallOptions = {}): Promise<void> {
    await this.#transport.call(
      "post",
      "/v1/auth/forgot-password",
      { body: { email } },
      { ...options, anonymous: true },
    );
  }

  /** Takes the token of a mailed link. All sessions end, and nobody is signed in by it. */
  async resetPassword(reset: Schemas["ResetPasswordRequest"], options: CallOptions = {}): Promise<void> {
    await this.#transport.call("post", "/v1/auth/reset-password", { body: reset }, { ...options, anonymous: true });
  }

  /** Has a link mailed to the new address. */
  async changeEmail(email: string, options: CallOptions = {}): Promise<void> {
    await this.#transport.call("post", "/v1/auth/change-email", { body: { email } }, options);
  }

  /** Takes the token of the link that was mailed to the new address. */
  async confirmEmailChange(token: string, options: CallOptions = {}): Promise<void> {
    const call = { ...options, anonymous: true };
    await this.#transport.call("post", "/v1/auth/confirm-email-change", { body: { token } }, call);
  }

  async #leave(path: "/v1/auth/logout" | "/v1/auth/logout-all", options: CallOptions): Promise<void> {
    const session = await this.#keeper.current();
    if (session === null) return;
    try {
      await this.#transport.call("post", path, {}, { ...options, cookies: session.mode === "cookie" });
    } catch (error) {
      // It had ended before.
      if (!(error instanceof TidemarkError) || !["signed_out", "invalid_refresh_token"].includes(error.code))
        throw error;
    }
    await this.#keeper.forget();
  }

  /** Something that is answered with new tokens, which make those from before void. */
  async #renewing(act: (call: Call) => Promise<{ body: SessionTokens }>, options: CallOptions): Promise<void> {
    const session = await this.#keeper.current();
    const answer = await act({ ...options, cookies: session?.mode === "cookie" });
    await this.#keeper.adopt(answer.body);
  }
}
