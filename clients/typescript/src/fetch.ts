import createClient, { type Client } from "openapi-fetch";
import type { paths } from "./schema.js";
import type { Schemas, SessionOptions, SessionTokens } from "./types.js";

/** A token that ends within this time is renewed before it is used: it has yet to arrive, and clocks differ. */
const margin = 10_000;

/** What is asked for later than this is not waited for: the answer is the refusal then. */
const longestWait = 90_000;

const mostTries = 4;

/** `fetch` as a session needs it. */
export class SessionFetch {
  tokens: SessionTokens | undefined;
  readonly anonymous: Client<paths>;
  private renewal: Promise<SessionTokens | undefined> | undefined;

  constructor(private readonly options: SessionOptions) {
    this.tokens = options.tokens;
    this.anonymous = createClient<paths>({ baseUrl: options.baseUrl, fetch: (request) => this.patient(this.named(request)) });
  }

  /** With the access token; with the next one where the service does not take it any more. */
  readonly signedIn = async (request: Request): Promise<Response> => {
    request = this.named(request);
    const used = await this.fresh();
    if (!used || request.headers.has("Authorization")) return this.patient(request);
    const again = request.clone();
    request.headers.set("Authorization", `Bearer ${used.accessToken}`);
    const response = await this.patient(request);
    if (response.status !== 401) return response;
    const next = await this.renewed(used);
    if (!next) return response;
    await response.body?.cancel();
    again.headers.set("Authorization", `Bearer ${next.accessToken}`);
    return this.patient(again);
  };

  take(answer: Schemas["TokenDocument"]): SessionTokens {
    const next = { accessToken: answer.access_token, expiresAt: this.now() + answer.expires_in * 1000, refreshToken: answer.refresh_token ?? "" };
    this.set(next);
    return next;
  }

  end(): void {
    this.set(undefined);
  }

  private set(next: SessionTokens | undefined): void {
    this.tokens = next;
    this.options.onTokens?.(next);
  }

  private now(): number {
    return this.options.now?.() ?? Date.now();
  }

  /** Tokens that are good for some time still; the old ones where no others are to be had. */
  private async fresh(): Promise<SessionTokens | undefined> {
    const now = this.tokens;
    return !now || now.expiresAt - margin > this.now() ? now : ((await this.renewed(now)) ?? now);
  }

  /** The tokens after those that were used. Of many who ask at once, one refreshes and all get its pair: were each to refresh, the second would end the session. */
  private renewed(used: SessionTokens): Promise<SessionTokens | undefined> {
    if (this.tokens?.accessToken !== used.accessToken) return Promise.resolve(this.tokens);
    return (this.renewal ??= this.renew(used).finally(() => (this.renewal = undefined)));
  }

  private async renew(used: SessionTokens): Promise<SessionTokens | undefined> {
    const { data, error, response } = await this.anonymous.POST("/api/v1/auth/refresh", { body: { refresh_token: used.refreshToken } });
    if (this.tokens !== used) return this.tokens; // somebody signed in meanwhile
    if (data) return this.take(data);
    if (response.status !== 401) throw new Error(`The session was not renewed: ${error?.detail ?? response.status}`);
    this.end();
    return undefined;
  }

  /** The tenant of each request, and on each POST a key by which the service knows its repetition. */
  private named(request: Request): Request {
    if (this.options.tenant !== undefined && !request.headers.has("X-Tenant")) request.headers.set("X-Tenant", this.options.tenant);
    if (request.method === "POST" && !request.headers.has("Idempotency-Key")) request.headers.set("Idempotency-Key", crypto.randomUUID());
    return request;
  }

  /** Waits as `Retry-After` says, in seconds or as a date, and makes the call again. */
  private async patient(request: Request): Promise<Response> {
    const send = this.options.fetch ?? fetch;
    for (let attempt = 1, left = longestWait; ; attempt++) {
      const again = request.clone();
      const response = await send(request);
      const told = response.headers.get("Retry-After");
      if ((response.status !== 429 && response.status !== 503) || told === null || attempt === mostTries) return response;
      const wait = /^\d+$/.test(told) ? Number(told) * 1000 : Date.parse(told) - this.now();
      if (!(wait <= left)) return response;
      left -= wait;
      await response.body?.cancel();
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(resolve, Math.max(0, wait));
        request.signal.addEventListener("abort", () => (clearTimeout(timer), reject(request.signal.reason as Error)), { once: true });
      });
      request = again;
    }
  }
}
