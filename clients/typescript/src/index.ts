import createClient, { type Client } from "openapi-fetch";
import { SessionFetch } from "./fetch.js";
import type { paths } from "./schema.js";
import type { Problem, Schemas, SessionOptions, SessionTokens } from "./types.js";

export type { components, paths } from "./schema.js";
export type { Problem, Schemas, SessionOptions, SessionTokens } from "./types.js";

/** What `unwrap` throws: the service's refusal. */
export class ProblemError extends Error {
  constructor(
    /** What was wrong; undefined where something between here and the service answered. */
    readonly problem: Problem | undefined,
    readonly status: number,
  ) {
    super(problem ? summary(problem) : `The answer was ${status}.`);
    this.name = "ProblemError";
  }
}

/**
 * The API, called by the user who is signed in, or by nobody. `api` is typed by the document; what stands beside it is what a document cannot tell: how the next pair of tokens is had, that a
 * call may be made again after `Retry-After`, and that a repeated POST shall not do its work twice.
 */
export class TenantrySession {
  readonly api: Client<paths>;
  /** By which the service knows this device. It stays after the end of a session. */
  deviceToken: string | undefined;
  private readonly network: SessionFetch;

  constructor(private readonly options: SessionOptions) {
    this.deviceToken = options.deviceToken;
    this.network = new SessionFetch(options);
    this.api = createClient<paths>({ baseUrl: options.baseUrl, fetch: this.network.signedIn });
  }

  /** Undefined: nobody is signed in. */
  get tokens(): SessionTokens | undefined {
    return this.network.tokens;
  }

  async signIn(login: Schemas["LoginRequest"]): Promise<Schemas["TokenDocument"]> {
    const device = login.device_token ?? this.deviceToken;
    const answer = await unwrap(this.network.anonymous.POST("/api/v1/auth/login", { body: { ...login, ...(device !== undefined && { device_token: device }) } }));
    this.network.take(answer);
    if (answer.device_token) {
      this.deviceToken = answer.device_token;
      this.options.onDeviceToken?.(answer.device_token);
    }
    return answer;
  }

  /** Ends the session, here and there. */
  async signOut(): Promise<void> {
    if (!this.tokens) return;
    // By the refresh token: it is accepted when the access token has expired, and when the session has ended.
    await unwrap(this.network.anonymous.POST("/api/v1/auth/logout", { body: { refresh_token: this.tokens.refreshToken } }));
    this.network.end();
  }

  /** Sends a file as it is, without a form around it. */
  upload(file: Blob, name: string, labels: { tags?: string[]; metadata?: Record<string, unknown> } = {}): Promise<Schemas["FileDocument"]> {
    return unwrap(
      this.api.POST("/api/v1/files/upload", {
        params: {
          header: { "Content-Disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}` },
          query: { ...(labels.tags && { tags: labels.tags.join(",") }), ...(labels.metadata && { metadata: JSON.stringify(labels.metadata) }) },
        },
        headers: { "Content-Type": file.type || "application/octet-stream" },
        body: file,
        bodySerializer: (body) => body,
      }),
    );
  }
}

/** What was answered, or a `ProblemError`: for code that would rather catch than look at `error` after each call. */
export async function unwrap<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw new ProblemError(isProblem(error) ? error : undefined, response.status);
  return data as T;
}

/** All of a list, page after page, each asked for when the one before is used up. */
export async function* all<T>(
  page: (cursor: string | undefined) => Promise<{ data?: { items: T[]; next_cursor: string | null }; error?: unknown; response: Response }>,
): AsyncGenerator<T, void, undefined> {
  let cursor: string | undefined;
  do {
    const part = await unwrap(page(cursor));
    yield* part.items;
    cursor = part.next_cursor ?? undefined;
  } while (cursor);
}

/** The code, what is wrong, and the messages of each field: a log that has it needs nothing else to find the fault. */
function summary(problem: Problem): string {
  const fields = Object.entries(problem.errors ?? {}).map(([field, messages]) => `${field} ${messages.join(", ")}`);
  return `${problem.code}: ${problem.detail ?? problem.title}${fields.length > 0 ? ` (${fields.join("; ")})` : ""}`;
}

function isProblem(error: unknown): error is Problem {
  return typeof error === "object" && error !== null && "code" in error && "trace_id" in error;
}
