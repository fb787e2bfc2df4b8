// The agent's desk: Okdesk as the people who answer see it.

import { $, Staged, ask, el, followEnd, grow, reconcile, samplePicture } from './dom.js';
import { fileLink, okdeskHtml } from './markup.js';
import { moment, t } from './words.js';

const view = { state: null, issue: null, scope: 'open', seen: null, drafts: new Map() };
let parts = null;

const issueNow = () => view.state?.issues.find(({ id }) => id === view.issue);

const post = (what, body) => ask('POST', `api/desk/issues/${view.issue}/${what}`, body);

/** Statuses in which the work is done; Okdesk itself calls only the last of them final. */
const done = new Set(['completed', 'closed']);

/** Okdesk wants to know until when an issue is put off, and why: here until tomorrow morning. */
function putOff() {
  const until = new Date();
  until.setDate(until.getDate() + 1);
  until.setHours(10, 0, 0, 0);
  return { until: until.toISOString(), comment: t('putOff') };
}

/** A moment as a field for it wants it, by the clock of this machine. */
function fieldValue(text) {
  const date = new Date(text ?? '');
  if (Number.isNaN(date.getTime())) return '';
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

const tone = ({ code }) => (done.has(code) ? 'done' : { opened: 'new' }[code] ?? 'work');

const isOpen = (issue) => !done.has(issue.status.code);

const fileOf = (file) => ({ id: file.id, name: file.attachment_file_name, size: file.attachment_file_size, public: file.is_public });

/** The account, as Okdesk's API tells it, in the words of this page. */
function understand({ account, seeded, outage }) {
  const find = (list, id) => account[list].find((one) => one.id === id);
  const issues = account.issues.map((issue) => {
    const contact = find('contacts', issue.contact?.id);
    return {
      id: issue.id,
      title: issue.title,
      description: issue.description,
      status: issue.status,
      assignee: issue.assignee,
      contact: contact && { name: contact.name, phone: contact.phone ?? contact.mobile_phone },
      company: find('companies', issue.company_id)?.name,
      place: find('maintenance_entities', issue.service_object_id)?.name,
      created_at: issue.created_at,
      updated_at: issue.updated_at,
      deadline_at: issue.deadline_at,
      delayed_to: issue.delayed_to,
      rate: issue.rate?.value,
      seeded: seeded.includes(issue.id),
      files: issue.attachments.filter((file) => !file.comment_id).map(fileOf),
      comments: issue.comments.map((said) => ({ ...said, files: said.attachments.map(fileOf), attachments: undefined })),
    };
  });
  return {
    issues: issues.sort((a, b) => b.id - a.id),
    employees: account.employees.map(({ id, last_name: last, first_name: first }) => ({ id, name: `${last} ${first}` })),
    statuses: account.statuses,
    outage,
  };
}

// ---- list -----------------------------------------------------------------------------------------------------------

function row({ issue, current, fresh }) {
  return el('li', {}, el('button', { type: 'button', 'aria-current': current ? 'true' : null, onclick: () => choose(issue.id, true) },
    el('span', { class: 'line' }, el('b', {}, `№ ${issue.id}`), fresh ? el('em', {}, t('isNew')) : null,
      el('time', {}, moment(issue.updated_at ?? issue.created_at))),
    el('span', { class: 'title' }, issue.title),
    el('span', { class: 'line' }, el('span', { class: `pill ${tone(issue.status)}` }, issue.status.name),
      el('span', { class: 'client' }, issue.contact?.name ?? issue.company ?? ''))));
}

/** What tells that the client has done something: the ticket itself and his comments. */
const clientActs = (issue) => issue.comments.filter((comment) => comment.author.type === 'contact').length + (issue.rate ? 1 : 0);

function showList() {
  const shown = view.state.issues.filter((issue) => view.scope === 'all' || isOpen(issue) || issue.id === view.issue);
  reconcile($('tickets'), shown.map((issue) => ({
    issue: { ...issue, comments: undefined, description: undefined, files: undefined },
    current: issue.id === view.issue,
    fresh: view.seen.get(issue.id) !== clientActs(issue),
  })), ({ issue }) => issue.id, row);
  for (const button of document.querySelectorAll('[data-scope]')) button.setAttribute('aria-pressed', String(button.dataset.scope === view.scope));
}

// ---- ticket ---------------------------------------------------------------------------------------------------------

function fact(name, ...value) {
  return el('div', {}, el('dt', {}, name), el('dd', {}, ...value));
}

function files(list) {
  if (!list?.length) return null;
  return el('ul', { class: 'files' }, ...list.map((file) => {
    const address = `api/desk/files/${file.id}`;
    const shown = /\.(png|jpe?g|gif|webp)$/i.test(file.name);
    return el('li', { class: file.public ? '' : 'private' },
      shown ? el('a', { href: address, target: '_blank' }, el('img', { src: address, alt: file.name, loading: 'lazy' })) : null,
      fileLink(address, file.name, file.size));
  }));
}

function head(issue) {
  const employees = view.state.employees;
  return el('header', {},
    el('button', { type: 'button', class: 'back', onclick: () => choose(null, true) }, '← ', t('back')),
    el('h3', {}, el('span', {}, `№ ${issue.id}`), ` ${issue.title}`),
    el('div', { class: 'statuses', role: 'group', 'aria-label': t('status') }, ...view.state.statuses.map((status) => el('button', {
      type: 'button', class: `pill ${tone(status)}`, 'data-status': status.code,
      'aria-pressed': String(status.code === issue.status.code),
      onclick: () => status.code !== issue.status.code
        && post('status', { status: status.code, employee: agent(), ...(status.code === 'delayed' ? putOff() : {}) }),
    }, status.name))),
    el('dl', {},
      fact(t('contactRow'), issue.contact ? `${issue.contact.name}${issue.contact.phone ? `, ${issue.contact.phone}` : ''}` : '—'),
      issue.company ? fact(t('company'), issue.company) : null,
      issue.place ? fact(t('place'), issue.place) : null,
      fact(t('assignee'), el('select', {
        'aria-label': t('assignee'),
        onchange: (event) => post('assignee', { employee: agent(), to: Number(event.target.value) || null }),
      }, el('option', { value: '' }, t('nobody')), ...employees.map(({ id, name }) => el('option', { value: id, selected: issue.assignee?.id === id }, name)))),
      fact(t('created'), moment(issue.created_at)),
      issue.delayed_to ? fact(t('delayedTo'), moment(issue.delayed_to)) : null,
      fact(t('deadline'), el('input', {
        type: 'datetime-local', id: 'desk-deadline', 'aria-label': t('deadline'), value: fieldValue(issue.deadline_at),
        onchange: ({ target }) => post('deadline', { employee: agent(), at: target.value ? new Date(target.value).toISOString() : null }),
      })),
      issue.rate ? fact(t('rating'), el('span', { class: `rate ${issue.rate}` }, t(issue.rate))) : null),
    issue.description ? el('section', { 'aria-label': t('description') }, okdeskHtml(issue.description)) : null,
    issue.files.length ? el('section', { 'aria-label': t('files') }, files(issue.files)) : null);
}

function comment(said) {
  const staff = said.author.type === 'employee';
  return el('li', { class: `${said.public ? 'public' : 'internal'} ${staff ? 'staff' : 'from-client'}` },
    el('p', { class: 'author' }, el('b', {}, said.author.name), el('span', {}, t(staff ? 'fromStaff' : 'fromClient')),
      el('span', { class: 'mark' }, said.public ? t('public') : `🔒 ${t('internal')}`),
      el('time', {}, moment(said.published_at))),
    okdeskHtml(said.content),
    files(said.files));
}

const agent = () => Number($('employee').value);

function composer() {
  const text = el('textarea', { rows: 2, id: 'desk-text', 'aria-label': t('comment'), placeholder: t('comment') });
  const list = el('ul', { class: 'staged', 'aria-label': t('staged'), hidden: true });
  const staged = new Staged(list);
  const input = el('input', { type: 'file', multiple: true, hidden: true, id: 'desk-files' });
  const send = el('button', { type: 'submit', class: 'main' });
  const choice = (value, checked) => el('label', { class: value }, el('input', { type: 'radio', name: 'visibility', value, checked }),
    el('span', {}, el('b', {}, t(value)), ' ', el('small', {}, t(value === 'public' ? 'publicNote' : 'internalNote'))));
  const form = el('form', { class: 'say public' },
    el('fieldset', { 'aria-label': t('comment') }, choice('public', true), choice('internal', false)),
    text, list, input,
    el('div', { class: 'row' },
      el('button', { type: 'button', onclick: () => input.click() }, t('addFiles')),
      el('button', { type: 'button', onclick: async () => staged.add([await samplePicture('driver.png', 'Driver', 140)]) }, t('addSample')),
      send));
  const visible = () => form.elements.visibility.value === 'public';
  const label = () => {
    form.className = `say ${visible() ? 'public' : 'internal'}`;
    send.textContent = visible() ? t('say') : t('note');
  };
  label();
  form.addEventListener('change', label);
  input.addEventListener('change', () => {
    staged.add(input.files);
    input.value = '';
  });
  text.addEventListener('input', () => {
    view.drafts.set(view.issue, text.value);
    grow(text);
  });
  text.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const words = text.value.trim();
    const sent = staged.take();
    if (!words && !sent.length) return text.focus();
    const body = new FormData();
    body.append('content', words);
    body.append('public', String(visible()));
    body.append('employee', String(agent()));
    for (const { file } of sent) body.append('file', file, file.name);
    send.disabled = true;
    try {
      await post('comments', body);
      text.value = '';
      view.drafts.delete(view.issue);
      grow(text);
    } catch {
      staged.add(sent.map(({ file }) => file));
    } finally {
      send.disabled = false;
    }
    return text.focus();
  });
  text.value = view.drafts.get(view.issue) ?? '';
  return form;
}

function showTicket() {
  const box = $('ticket');
  const issue = issueNow();
  $('columns').classList.toggle('chosen', Boolean(issue));
  if (!issue) {
    parts = null;
    box.replaceChildren(el('p', { class: 'empty' }, view.state.issues.length ? t('pickTicket') : t('noTickets')));
    return;
  }
  if (parts?.issue !== issue.id || parts.language !== document.documentElement.lang) {
    parts = {
      issue: issue.id, language: document.documentElement.lang,
      head: el('div', {}), list: el('ol', { class: 'comments' }), none: el('p', { class: 'empty small' }, t('noComments')),
      scroll: el('div', { class: 'scroll' }),
    };
    parts.scroll.append(parts.head, el('h4', {}, t('comments')), parts.list, parts.none);
    parts.toEnd = followEnd(parts.scroll, parts.list, false);
    box.replaceChildren(parts.scroll, composer());
  }
  const { comments, ...rest } = issue;
  reconcile(parts.head, [rest], ({ id }) => id, head);
  const added = reconcile(parts.list, comments, ({ id }) => id, comment);
  parts.none.hidden = comments.length > 0;
  if (added && parts.shown) parts.toEnd();
  parts.shown = true;
}

function choose(id, byHand) {
  view.issue = id;
  const issue = issueNow();
  if (issue && byHand) view.seen.set(id, clientActs(issue));
  showDesk();
  if (byHand && id) $('ticket').focus({ preventScroll: true });
}

/** Whether the agent is in the middle of something that a new ticket must not interrupt. */
const busy = () => Boolean($('desk-text')?.value) || ($('desk').contains(document.activeElement) && document.activeElement !== document.body);

/** The open issue with most to see, for the first look. */
const liveliest = (issues) => issues.filter(isOpen).sort((a, b) => b.comments.length - a.comments.length)[0];

/** Shows what the server tells; without it, shows the known anew. */
export function showDesk(answer = null, looking = true) {
  const state = answer ? understand(answer) : view.state;
  if (!state) return;
  const first = view.seen === null;
  const before = new Set(view.state?.issues.map(({ id }) => id));
  view.state = state;
  view.seen ??= new Map(state.issues.map((issue) => [issue.id, clientActs(issue)]));
  const fresh = first ? null : state.issues.find(({ id }) => !before.has(id));
  if (fresh && !busy()) view.issue = fresh.id;
  const wide = $('columns').clientWidth > 640;
  if (first && wide) view.issue = liveliest(state.issues)?.id ?? null;
  const issue = issueNow();
  if (issue && looking) view.seen.set(issue.id, clientActs(issue));
  const select = $('employee');
  const chosen = select.value;
  reconcile(select, state.employees, ({ id }) => id, ({ id, name }) => el('option', { value: id }, name));
  if (chosen) select.value = chosen;
  $('desk-status').textContent = state.outage ? t('outageNow') : t('deskStatus');
  $('desk').classList.toggle('down', Boolean(state.outage));
  showList();
  showTicket();
}

/** Tickets in which the client has done something unseen. */
export function unreadOnDesk() {
  return (view.state?.issues ?? []).filter((issue) => view.seen.get(issue.id) !== clientActs(issue)).length;
}

/** What the agent has done so far, for the hints. Seeded tickets do not count. */
export function agentProgress() {
  const made = view.state?.issues.filter(({ seeded }) => !seeded) ?? [];
  return {
    created: made.length > 0,
    answered: made.some((issue) => issue.comments.some((said) => said.public && said.author.type === 'employee')),
    rated: made.some((issue) => issue.rate),
  };
}

export function startDesk() {
  for (const button of document.querySelectorAll('[data-scope]')) {
    button.addEventListener('click', () => {
      view.scope = button.dataset.scope;
      showList();
    });
  }
}
