// The client's chat: Telegram as the bot's clients see it.

import { $, Staged, ask, closeMenus, el, grow, reconcile, samplePdf, samplePicture } from './dom.js';
import { fileLink, telegramText } from './markup.js';
import { clock, t } from './words.js';

const fileUrl = (id) => `api/chat/file/${encodeURIComponent(id)}`;

/** What is on the screen: the server's state, whose eyes we use, and what is being written. */
const view = { state: null, client: null, replyTo: null, seenAnswers: new Set(), seen: new Map() };
let staged;

export const clientId = () => view.client;

const chat = () => view.state?.chats[view.client];

const post = (what, body) => ask('POST', `api/chat/${view.client}/${what}`, body);

// ---- messages -------------------------------------------------------------------------------------------------------

/** Messages of one album become one bubble. */
function grouped(messages) {
  const groups = [];
  for (const message of messages) {
    const last = groups.at(-1);
    if (message.media_group_id && last?.album === message.media_group_id) last.messages.push(message);
    else groups.push({ album: message.media_group_id, messages: [message] });
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

function picture(photo, name) {
  const best = photo.at(-1);
  return el('button', { type: 'button', class: 'picture', 'aria-label': name, onclick: () => openViewer(fileUrl(best.file_id), name) },
    el('img', { src: fileUrl(best.file_id), width: best.width, height: best.height, alt: name, loading: 'lazy' }));
}

function media(message) {
  if (message.photo) return picture(message.photo, message.caption || t('image'));
  if (message.video || message.animation) {
    return el('video', { src: fileUrl((message.video ?? message.animation).file_id), controls: true, preload: 'metadata' });
  }
  if (message.voice || message.audio) {
    return el('audio', { src: fileUrl((message.voice ?? message.audio).file_id), controls: true, preload: 'metadata' });
  }
  if (message.document) return fileLink(fileUrl(message.document.file_id), message.document.file_name, message.document.file_size);
  if (message.contact) {
    const { first_name: first, last_name: last, phone_number: phone } = message.contact;
    return el('p', { class: 'card' }, el('b', {}, [first, last].filter(Boolean).join(' ')), el('span', {}, `+${phone.replace(/^\+/, '')}`));
  }
  return null;
}

function inlineKeyboard(message) {
  const rows = message.reply_markup?.inline_keyboard ?? [];
  if (!rows.length) return null;
  return el('div', { class: 'inline' }, ...rows.map((row) => el('div', {}, ...row.map((button) => {
    if (button.url) return el('a', { href: button.url, target: '_blank', rel: 'noopener noreferrer' }, button.text, ' ↗');
    return el('button', {
      type: 'button',
      onclick: (event) => {
        const pressed = event.currentTarget;
        pressed.setAttribute('aria-busy', 'true');
        post('press', { message_id: message.message_id, data: button.callback_data })
          .catch(() => {})
          .finally(() => setTimeout(() => pressed.removeAttribute('aria-busy'), 400));
      },
    }, button.text);
  }))));
}

const summaryOf = (message) => message.text ?? message.caption ?? message.document?.file_name ?? t('file');

function bubble({ messages }) {
  const [first] = messages;
  const own = !first.from?.is_bot;
  const captioned = messages.find((message) => message.caption);
  const words = first.text ?? captioned?.caption;
  const pictures = messages.filter((message) => message.photo);
  const rest = messages.filter((message) => !message.photo);
  const quoted = first.reply_to_message;
  return el('div', { class: own ? 'message own' : 'message', tabindex: -1 },
    el('div', { class: pictures.length ? 'bubble with-picture' : 'bubble' },
      quoted ? el('blockquote', { class: 'quoted' }, summaryOf(quoted)) : null,
      pictures.length > 1 ? el('div', { class: `album n${Math.min(pictures.length, 4)}` }, ...pictures.map(media)) : pictures.map(media),
      rest.map(media),
      words ? el('p', { class: 'words' }, ...telegramText(words, first.text ? first.entities : captioned.caption_entities)) : null,
      el('span', { class: 'meta' },
        el('button', {
          type: 'button', class: 'reply', 'aria-label': `${t('reply')}: ${summaryOf(first).slice(0, 60)}`,
          onclick: () => {
            view.replyTo = first;
            showReply();
            $('chat-text').focus();
          },
        }, '↩'),
        first.edit_date ? `${t('edited')} ` : '',
        el('time', {}, clock(new Date(first.date * 1000))))),
    inlineKeyboard(messages.at(-1)));
}

// ---- what stands around the messages --------------------------------------------------------------------------------

function showReply() {
  const line = $('chat-reply');
  line.hidden = !view.replyTo;
  if (!view.replyTo) return;
  line.replaceChildren(el('span', {}, `↩ ${summaryOf(view.replyTo)}`),
    el('button', { type: 'button', 'aria-label': t('noReply'), onclick: dropReply }, '×'));
}

function dropReply() {
  view.replyTo = null;
  showReply();
}

function showKeys() {
  const keyboard = chat()?.keyboard;
  const keys = $('keys');
  keys.hidden = !keyboard;
  const rows = keyboard?.keyboard ?? [];
  reconcile(keys, rows.map((row, index) => ({ index, row })), ({ index }) => index, ({ row }) => el('div', {}, ...row.map((key) => {
    const { text, request_contact: wantsContact } = typeof key === 'string' ? { text: key } : key;
    return el('button', { type: 'button', onclick: () => (wantsContact ? shareContact() : post('text', { text })) }, text);
  })));
}

function showAnswers() {
  for (const answer of chat()?.answers ?? []) {
    if (view.seenAnswers.has(answer.id)) continue;
    view.seenAnswers.add(answer.id);
    if (!answer.text) continue;
    const node = el('p', {}, answer.text);
    $('notes').append(node);
    setTimeout(() => node.remove(), 4000);
  }
}

function showCommands() {
  reconcile($('commands'), view.state?.commands ?? [], ({ command }) => command, ({ command, description }) => el('button', {
    type: 'button', onclick: () => post('text', { text: `/${command}` }),
  }, el('code', {}, `/${command}`), ` ${description}`));
}

function showClients() {
  const select = $('client');
  reconcile(select, view.state.clients, ({ id }) => id, (client) => el('option', { value: client.id },
    `${client.first_name} ${client.last_name ?? ''} · ${t(client.note)}`));
  select.value = view.client;
}

function nearBottom(box) {
  return box.scrollHeight - box.scrollTop - box.clientHeight < 160;
}

export function showChat(state = view.state) {
  if (!state) return;
  view.state = state;
  if (!state.chats[view.client]) {
    const stored = localStorage.getItem('client');
    view.client = state.chats[stored] ? stored : String(state.clients[0].id);
  }
  const { messages, typing, blocked } = chat();
  showClients();
  $('chat-title').textContent = state.bot.name;
  $('chat-status').textContent = typing ? t('typing') : t('chatStatus');
  $('chat-empty').hidden = messages.length > 0;
  const box = $('chat-scroll');
  const follow = nearBottom(box);
  reconcile($('log'), grouped(messages), ({ messages: [first] }) => `${view.client}/${first.message_id}`, bubble);
  if (follow) box.scrollTop = box.scrollHeight;
  $('start').hidden = messages.length > 0 && !blocked;
  $('start').textContent = blocked ? t('unblock') : t('start');
  $('chat-form').hidden = messages.length === 0 || blocked;
  showKeys();
  if (follow) box.scrollTop = box.scrollHeight;
  showCommands();
  showAnswers();
}

/** Messages of the bot that nobody has looked at, over all clients. */
export function unreadInChat(looking) {
  let unread = 0;
  for (const [id, { messages }] of Object.entries(view.state?.chats ?? {})) {
    const fromBot = messages.filter((message) => message.from?.is_bot).length;
    if (!view.seen.has(id) || (looking && id === view.client)) view.seen.set(id, fromBot);
    if (id === view.client) unread += Math.max(0, fromBot - view.seen.get(id));
  }
  return unread;
}

/** What the client has done so far, for the hints. */
export function clientProgress() {
  return { shared: Object.values(view.state?.chats ?? {}).some(({ messages }) => messages.some((message) => message.contact)) };
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
  const replyTo = view.replyTo?.message_id ?? null;
  const files = staged.take();
  if (!text && !files.length) return;
  field.value = '';
  grow(field);
  dropReply();
  try {
    if (files.length) await sendFiles(files, text, replyTo);
    else await post('text', { text, reply_to: replyTo });
  } catch {
    field.value = text;
    staged.add(files.map(({ file }) => file));
  }
  $('chat-scroll').scrollTop = $('chat-scroll').scrollHeight;
}

export const say = (text) => post('text', { text });

export const block = (blocked) => post('block', { blocked });

export function startChat() {
  staged = new Staged($('chat-staged'));
  const field = $('chat-text');
  $('chat-form').addEventListener('submit', submit);
  field.addEventListener('input', () => grow(field));
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) submit(event);
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
    if (chat().blocked) await block(false);
    else await say('/start');
    setTimeout(() => field.focus(), 300);
  });
  $('client').addEventListener('change', (event) => {
    view.client = event.target.value;
    localStorage.setItem('client', view.client);
    dropReply();
    $('log').replaceChildren();
    showChat();
    $('chat-scroll').scrollTop = $('chat-scroll').scrollHeight;
  });
}
