// The client's chat: Telegram as the bot's clients see it.

import { $, Staged, ask, closeMenus, el, followEnd, grow, reconcile, samplePdf, samplePicture } from './dom.js';
import { fileLink, safeUrl, telegramText } from './markup.js';
import { clock, t } from './words.js';

const fileUrl = (id) => `api/chat/file/${encodeURIComponent(id)}`;

/** What is on the screen: the server's state, whose eyes we use, and what is being written. */
const view = { state: null, client: null, about: null, told: new Map(), seen: new Map() };
let staged;
let toEnd;

export const clientId = () => view.client;

const chat = () => view.state?.chats[view.client];

const post = (what, body) => ask('POST', `api/chat/${view.client}/${what}`, body);

// ---- messages -------------------------------------------------------------------------------------------------------

/** Messages of one album become one bubble. */
function grouped(messages) {
  const groups = [];
  for (const message of messages) {
    const last = groups.at(-1);
    if (message.album && last?.album === message.album) last.messages.push(message);
    else groups.push({ album: message.album, messages: [message], answered: messages.find(({ id }) => id === message.reply_to) });
  }
  return groups;
}

function openViewer(address, name) {
  const viewer = $('viewer');
  const image = viewer.querySelector('img');
  image.src = address;
  image.alt = name;
  viewer.showModal();
}

function media(file, caption) {
  const address = fileUrl(file.file_id);
  const name = file.name ?? caption ?? t('image');
  switch (file.kind) {
    case 'photo':
    case 'sticker':
      return el('button', { type: 'button', class: 'picture', 'aria-label': name, onclick: () => openViewer(address, name) },
        el('img', { src: address, width: file.width, height: file.height, alt: name, loading: 'lazy' }));
    case 'video':
    case 'animation':
    case 'video_note':
      return el('video', { src: address, controls: true, preload: 'metadata' });
    case 'voice':
    case 'audio':
      return el('audio', { src: address, controls: true, preload: 'metadata' });
    default:
      return fileLink(address, file.name, file.size);
  }
}

function contactCard({ first_name: first, last_name: last, phone_number: phone }) {
  return el('p', { class: 'card' }, el('b', {}, [first, last].filter(Boolean).join(' ')), el('span', {}, `+${phone.replace(/^\+/, '')}`));
}

function inlineKeyboard(message) {
  if (!message.buttons.length) return null;
  return el('div', { class: 'inline' }, ...message.buttons.map((row) => el('div', {}, ...row.map((button) => {
    if (button.url) return el('a', { href: safeUrl(button.url), target: '_blank', rel: 'noopener noreferrer' }, button.text, ' ↗');
    return el('button', {
      type: 'button', 'data-callback': button.callback_data,
      onclick: (event) => {
        const pressed = event.currentTarget;
        pressed.setAttribute('aria-busy', 'true');
        post('press', { message: message.id, data: button.callback_data })
          .catch(() => {})
          .finally(() => setTimeout(() => pressed.removeAttribute('aria-busy'), 400));
      },
    }, button.text);
  }))));
}

const summaryOf = (message) => message.text || message.files[0]?.name || t('file');

/** A small button at a message: the next text answers it, or takes its place. */
function tool(what, sign, message) {
  return el('button', {
    type: 'button', class: 'tool', 'aria-label': `${t(what)}: ${summaryOf(message).slice(0, 60)}`, title: t(what),
    onclick: () => {
      writeAbout({ what, message });
      if (what === 'edit') $('chat-text').value = message.text;
      $('chat-text').focus();
    },
  }, sign);
}

function bubble({ messages, answered }) {
  const [first] = messages;
  const said = messages.find((message) => message.text);
  const files = messages.flatMap((message) => message.files);
  const pictures = files.filter(({ kind }) => kind === 'photo');
  const rest = files.filter(({ kind }) => kind !== 'photo');
  const contact = first.content?.contact;
  return el('div', { class: first.from_bot ? 'message' : 'message own', tabindex: -1 },
    el('div', { class: pictures.length ? 'bubble with-picture' : 'bubble' },
      answered ? el('blockquote', { class: 'quoted' }, first.quote ?? summaryOf(answered)) : null,
      pictures.length > 1
        ? el('div', { class: `album n${Math.min(pictures.length, 4)}` }, ...pictures.map((file) => media(file, said?.text)))
        : pictures.map((file) => media(file, said?.text)),
      rest.map((file) => media(file)),
      contact ? contactCard(contact) : null,
      said ? el('p', { class: 'words' }, ...telegramText(said.text, said.entities)) : null,
      el('span', { class: 'meta' },
        !first.from_bot && first.kind === 'text' ? tool('edit', '✎', first) : null,
        tool('reply', '↩', first),
        first.edited ? `${t('edited')} ` : '',
        el('time', {}, clock(new Date(first.date * 1000))))),
    inlineKeyboard(messages.at(-1)));
}

// ---- what stands around the messages --------------------------------------------------------------------------------

/** Shows what the text being written is about: a message it answers or changes, or nothing. */
function writeAbout(about) {
  view.about = about;
  const line = $('chat-about');
  line.hidden = !about;
  if (!about) return;
  line.replaceChildren(el('span', {}, `${t(about.what)}: ${summaryOf(about.message)}`),
    el('button', { type: 'button', 'aria-label': t('close'), onclick: () => writeAbout(null) }, '×'));
}

function showKeys() {
  const rows = chat().keyboard;
  $('keys').hidden = rows.length === 0;
  reconcile($('keys'), rows.map((row, index) => ({ index, row })), ({ index }) => index, ({ row }) => el('div', {}, ...row.map((key) => el('button', {
    type: 'button', onclick: () => (key.request_contact ? shareContact() : say(key.text)).catch(() => {}),
  }, key.text))));
}

/** The short answers to pressed buttons, shown over the chat for some seconds each. */
function showToasts() {
  const toasts = chat().toasts;
  const told = view.told.get(view.client) ?? toasts.length;
  view.told.set(view.client, toasts.length);
  for (const text of toasts.slice(told).filter(Boolean)) {
    const node = el('p', {}, text);
    $('notes').append(node);
    setTimeout(() => node.remove(), 4000);
  }
}

function showCommands() {
  reconcile($('commands'), chat().commands ?? [], ({ command }) => command, ({ command, description }) => el('button', {
    type: 'button', onclick: () => post('text', { text: `/${command}` }),
  }, el('code', {}, `/${command}`), ` ${description}`));
}

function showClients() {
  const select = $('client');
  reconcile(select, view.state.clients, ({ id }) => id, (client) => el('option', { value: client.id },
    `${client.first_name} ${client.last_name ?? ''} · ${t(client.note)}`));
  select.value = view.client;
}

export function showChat(state = view.state) {
  if (!state) return;
  view.state = state;
  if (!state.chats[view.client]) {
    const stored = localStorage.getItem('client');
    view.client = state.chats[stored] ? stored : String(state.clients[0].id);
  }
  const { messages, action, bot_inside: inside } = chat();
  const blocked = !inside;
  showClients();
  $('chat-title').textContent = state.bot.name;
  $('chat-status').textContent = action ? t('typing') : t('chatStatus');
  $('chat-empty').hidden = messages.length > 0;
  reconcile($('log'), grouped(messages), ({ messages: [first] }) => `${view.client}/${first.id}`, bubble);
  $('start').hidden = messages.length > 0 && !blocked;
  $('start').textContent = blocked ? t('unblock') : t('start');
  $('chat-form').hidden = messages.length === 0 || blocked;
  showKeys();
  showCommands();
  showToasts();
}

/** Messages of the bot that nobody has looked at, over all clients. */
export function unreadInChat(looking) {
  let unread = 0;
  for (const [id, { messages }] of Object.entries(view.state?.chats ?? {})) {
    const fromBot = messages.filter((message) => message.from_bot).length;
    if (!view.seen.has(id) || (looking && id === view.client)) view.seen.set(id, fromBot);
    if (id === view.client) unread += Math.max(0, fromBot - view.seen.get(id));
  }
  return unread;
}

/** What the client has done so far, for the hints. */
export function clientProgress() {
  return { shared: Object.values(view.state?.chats ?? {}).some(({ messages }) => messages.some((message) => message.kind === 'contact')) };
}

// ---- doing ----------------------------------------------------------------------------------------------------------

const shareContact = () => post('contact', {});

/** Sends files as Telegram's programs do: pictures and films together as an album, documents as another. */
export async function sendFiles(list, caption = '', replyTo = null) {
  const inAlbum = ({ file, asFile }) => !asFile && /^(image\/(png|jpeg|webp)|video\/)/.test(file.type);
  const albums = [list.filter(inAlbum), list.filter((item) => !inAlbum(item))].filter((items) => items.length);
  for (const [index, items] of albums.entries()) {
    const form = new FormData();
    form.append('as', inAlbum(items[0]) ? 'media' : 'document');
    if (index === 0 && caption) form.append('caption', caption);
    if (index === 0 && replyTo) form.append('reply_to', replyTo);
    for (const { file } of items) form.append('file', file, file.name);
    await post('files', form);
  }
}

async function submit(event) {
  event?.preventDefault();
  const field = $('chat-text');
  const text = field.value.trim();
  const about = view.about;
  const replyTo = about?.what === 'reply' ? about.message.id : null;
  const files = staged.take();
  if (!text && !files.length) return;
  field.value = '';
  grow(field);
  writeAbout(null);
  try {
    if (about?.what === 'edit') await post('edit', { message: about.message.id, text });
    else if (files.length) await sendFiles(files, text, replyTo);
    else await post('text', { text, reply_to: replyTo });
  } catch {
    field.value = text;
    staged.add(files.map(({ file }) => file));
  }
  toEnd();
}

export const say = (text) => post('text', { text });

export const block = (blocked) => post('block', { blocked });

export function startChat() {
  staged = new Staged($('chat-staged'));
  toEnd = followEnd($('chat-scroll'), $('log'));
  const field = $('chat-text');
  $('chat-form').addEventListener('submit', submit);
  field.addEventListener('input', () => grow(field));
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) submit(event);
    if (event.key === 'Escape') writeAbout(null);
  });
  field.addEventListener('paste', (event) => {
    if (event.clipboardData.files.length) {
      event.preventDefault();
      staged.add(event.clipboardData.files);
    }
  });
  const pane = $('chat');
  pane.addEventListener('dragover', (event) => event.preventDefault());
  pane.addEventListener('drop', (event) => {
    event.preventDefault();
    if (!$('chat-form').hidden) staged.add(event.dataTransfer.files);
  });
  for (const [button, input, asFile] of [['pick-photo', 'photo-input', false], ['pick-file', 'file-input', true]]) {
    $(button).addEventListener('click', () => $(input).click());
    $(input).addEventListener('change', () => {
      staged.add($(input).files, { asFile });
      $(input).value = '';
      field.focus();
    });
  }
  $('pick-sample').addEventListener('click', async () => {
    staged.add([await samplePicture('printer.png', 'Printer'), samplePdf('invoice.pdf', 'Invoice 17')]);
    field.focus();
  });
  $('send-contact').addEventListener('click', () => shareContact().catch(() => {}));
  $('attach').addEventListener('click', (event) => event.target.closest('.sheet button') && closeMenus());
  $('start').addEventListener('click', async () => {
    if (!chat().bot_inside) await block(false);
    else await say('/start');
    setTimeout(() => field.focus(), 300);
  });
  $('client').addEventListener('change', (event) => {
    view.client = event.target.value;
    localStorage.setItem('client', view.client);
    writeAbout(null);
    $('log').replaceChildren();
    showChat();
    toEnd();
  });
}
