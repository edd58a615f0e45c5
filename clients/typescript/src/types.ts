import type { components } from "./schema.js";

/** The bodies of requests and responses, by their names in the OpenAPI document. */
export type Schemas = components["schemas"];

/** The body of every response that is not a success (RFC 9457). */
export type Problem = Schemas["ProblemDocument"];

/** The tokens of a session. The refresh token is a secret like a password. It can be used once, for the next pair. */
export interface SessionTokens {
  accessToken: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
  refreshToken: string;
}

export interface SessionOptions {
  /** The URL of the service, without `/api/v1`. */
  baseUrl: string;
  /** Slug or id of the tenant. Omit it if the host name selects the tenant. */
  tenant?: string;
  /** The tokens of an existing session, as `onTokens` received them. */
  tokens?: SessionTokens;
  /**
   * Called after a sign-in, after each refresh, and with `undefined` at the end of the session.
   * Store the tokens at once: a second use of a refresh token revokes the session.
   */
  onTokens?: (tokens: SessionTokens | undefined) => void;
  /** The device token of an earlier sign-in on this device, as `onDeviceToken` received it. */
  deviceToken?: string;
  /** Called after a sign-in on a new device. Store the token: the next sign-in sends it, so that failed attempts of strangers do not delay it. */
  onDeviceToken?: (token: string) => void;
  /** Replaces the `fetch` of the platform. */
  fetch?: typeof fetch;
  /** The clock for the expiry of tokens, in milliseconds since 1970. */
  now?: () => number;
}
