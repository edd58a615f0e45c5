import * as session from './session.js';

const find = (selector, within = document) => within.querySelector(selector);
const may = (permission) => session.claims.permissions?.includes(permission);
let users = [];

/** Runs what somebody asked for, and shows what was refused. */
async function attempt(place, action) {
  const shown = find('.error', place);
  shown.textContent = '';
  place.inert = true;
  try {
    await action();
  } catch (refused) {
    const reasons = Object.entries(refused.errors ?? {}).map(([field, why]) => `${field} ${why.join(', ')}`);
    shown.textContent = reasons.join('; ') || refused.detail || refused.title || refused.message;
  } finally {
    place.inert = false;
  }
}

async function show() {
  const isIn = !!session.claims.sub;
  find('#welcome').hidden = isIn;
  find('#app').hidden = !isIn;
  if (!isIn) return;
  const me = await session.platform('auth/me');
  find('#tenant').textContent = me.tenant.name;
  find('#me').textContent = me.first_name;
  find('#role').textContent = me.role;
  if (may('notifications:send')) users = (await session.platform('users?is_active=true&limit=200')).items.filter((user) => user.status === 'active');
  await list();
}

async function list() {
  const tasks = await session.tasks();
  find('#tasks').replaceChildren(...tasks.map(row));
  find('#empty').hidden = tasks.length > 0;
}

function row(task) {
  const item = find('#task').content.cloneNode(true).firstElementChild;
  const change = (path, body, method = 'PUT') => attempt(find('#app main'), async () => {
    await session.tasks(`/${task.id}${path}`, { method, body });
    await list();
  });
  item.classList.toggle('is-done', task.done);
  find('.title', item).textContent = task.title;
  find('.assignee', item).textContent = task.assigneeName ? `→ ${task.assigneeName}` : '';

  const done = find('.done', item);
  done.checked = task.done;
  done.onchange = () => change('/progress', { done: done.checked });

  const assign = find('.assign', item);
  assign.hidden = !may('notifications:send');
  assign.append(...users.map((user) => new Option(user.first_name ?? user.email, user.id)));
  assign.onchange = () => assign.value && change('/assignee', { userId: assign.value });

  const download = find('.download', item);
  download.hidden = !task.attachmentId;
  download.textContent = task.attachmentName;
  download.onclick = () => attempt(find('#app main'), async () => location.assign((await session.platform(`files/${task.attachmentId}/download?redirect=false`)).url));

  const attach = find('.attach', item);
  attach.hidden = !!task.attachmentId || !may('files:create');
  find('input', attach).onchange = ({ target }) => attempt(find('#app main'), async () => {
    const file = await session.upload(target.files[0]);
    await session.tasks(`/${task.id}/attachment`, { method: 'PUT', body: { fileId: file.id } });
    await list();
  });

  const remove = find('.delete', item);
  remove.hidden = !may('files:manage');
  remove.onclick = () => change('', undefined, 'DELETE');
  return item;
}

const form = find('#sign-in');
form.elements.tenant.value = new URLSearchParams(location.search).get('tenant') ?? session.tenant() ?? '';
find('#switch').onclick = () => {
  const isNew = form.classList.toggle('is-new');
  form.elements.first_name.required = isNew;
  form.elements.password.autocomplete = isNew ? 'new-password' : 'current-password';
  find('#enter').textContent = isNew ? 'Sign up' : 'Sign in';
  find('#switch').textContent = isNew ? 'There is an account? Sign in' : 'No account yet? Sign up';
};
form.onsubmit = (event) => {
  event.preventDefault();
  const { tenant, first_name, email, password } = Object.fromEntries(new FormData(form));
  attempt(form, async () => {
    await (form.classList.contains('is-new') ? session.signUp(tenant, first_name, email, password) : session.signIn(tenant, email, password));
    form.elements.password.value = '';
    await show();
  });
};
find('#add').onsubmit = (event) => {
  event.preventDefault();
  const { title } = Object.fromEntries(new FormData(event.target));
  event.target.reset();
  attempt(find('#app main'), async () => { await session.tasks('', { body: { title } }); await list(); });
};
find('#sign-out').onclick = async () => { await session.signOut(); await show(); };

await session.resume();
await show();
