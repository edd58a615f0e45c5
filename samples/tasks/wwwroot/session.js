// Who is signed in, by Tenantry. The access token lives in this variable alone; the refresh token in a cookie that no script can read.

const { tenantry } = await (await fetch('config.json')).json();
let accessToken;

/** What the token says of its bearer: `tenant_id`, `role`, `permissions`. For showing only; whoever is asked looks by himself. */
export let claims = {};

export const tenant = () => localStorage.getItem('tenant');

async function auth(path, { body, ...headers } = {}) {
  const response = await fetch(`${tenantry}/api/v1/auth/${path}`, {
    method: 'POST', credentials: 'include', body: body && JSON.stringify(body),
    headers: { 'x-tenant': tenant(), ...(body && { 'content-type': 'application/json' }), ...headers },
  });
  const answer = response.status === 204 ? {} : await response.json();
  if (!response.ok) throw answer;
  return answer;
}

function keep({ access_token, csrf_token }) {
  accessToken = access_token;
  claims = access_token ? JSON.parse(atob(access_token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/'))) : {};
  csrf_token ? localStorage.setItem('csrf', csrf_token) : localStorage.removeItem('csrf');
}

export async function signIn(slug, email, password) {
  localStorage.setItem('tenant', slug);
  keep(await auth('login', { body: { email, password }, 'x-session-mode': 'cookie' }));
}

export async function signUp(slug, first_name, email, password) {
  localStorage.setItem('tenant', slug);
  const made = await auth('register', { body: { email, password, first_name } });
  if (made.status !== 'active') throw { detail: 'A mail is on its way to you: follow its link, then sign in.' };
  await signIn(slug, email, password);
}

/** After a reload, and when the access token has expired. */
export async function resume() {
  const csrf = localStorage.getItem('csrf');
  if (!csrf) return false;
  try {
    keep(await auth('refresh', { 'x-csrf-token': csrf }));
  } catch (refused) {
    if (refused.status !== 401 && refused.status !== 403) throw refused;
    keep({});
  }
  return !!accessToken;
}

export async function signOut() {
  await auth('logout', { 'x-csrf-token': localStorage.getItem('csrf'), authorization: `Bearer ${accessToken}` });
  keep({});
}

async function call(url, { body, method = body ? 'POST' : 'GET', ...headers } = {}, isRetry = false) {
  const response = await fetch(url, {
    method, body: body && JSON.stringify(body), headers: { authorization: `Bearer ${accessToken}`, ...(body && { 'content-type': 'application/json' }), ...headers },
  });
  if (response.status === 401 && !isRetry && await resume()) return call(url, { body, method, ...headers }, true);
  const answer = response.headers.get('content-type')?.includes('json') ? await response.json() : undefined;
  if (!response.ok) throw answer ?? { detail: response.statusText };
  return answer;
}

/** The application's own API. */
export const tasks = (path = '', options) => call(`/api/tasks${path}`, options);

/** Tenantry's. */
export const platform = (path, options) => call(`${tenantry}/api/v1/${path}`, { 'x-tenant': tenant(), ...options });

/** Announces a file to Tenantry and sends its bytes straight to where they are kept. */
export async function upload(file) {
  const bytes = await file.arrayBuffer();
  const hash = [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const { id, requests } = await platform('files/uploads', { body: { file_name: file.name, file_size: file.size, mime_type: file.type || 'application/octet-stream', sha256: hash } });
  let from = 0;
  for (const { method, url, headers, size } of requests) {
    const sent = await fetch(url, { method, headers, body: bytes.slice(from, from += size) });
    if (!sent.ok) throw { detail: 'The file did not arrive.' };
  }
  return platform(`files/uploads/${id}/complete`, { method: 'POST' });
}
