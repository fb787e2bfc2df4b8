// Foreign text made visible: Telegram's text with entities, and Okdesk's HTML. Both become nodes one by one; nothing
// foreign is ever parsed into this document.

import { el } from './dom.js';
import { size, t } from './words.js';

const plain = {
  bold: 'b', italic: 'i', underline: 'u', strikethrough: 's', code: 'code', pre: 'pre',
  blockquote: 'blockquote', expandable_blockquote: 'blockquote',
};

/** The address if it is one a link may have, else nothing. */
export const safeUrl = (address) => (/^(https?|tg):\/\//i.test(address) ? address : null);

const link = (address, children) => {
  const href = safeUrl(address);
  return href ? el('a', { href, target: '_blank', rel: 'noopener noreferrer' }, ...children) : el('span', {}, ...children);
};

function wrap(entity, text, children) {
  if (plain[entity.type]) return el(plain[entity.type], {}, ...children);
  if (entity.type === 'text_link') return link(entity.url ?? '', children);
  if (entity.type === 'url') return link(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`, children);
  if (entity.type === 'spoiler') {
    const node = el('span', { class: 'spoiler', role: 'button', tabindex: 0 }, ...children);
    const open = () => node.classList.add('open');
    node.addEventListener('click', open);
    node.addEventListener('keydown', (event) => event.key === 'Enter' && open());
    return node;
  }
  return el('span', { class: 'entity' }, ...children);
}

/** Text with Telegram's entities, whose offsets count UTF-16 units as this language does. */
export function telegramText(text, entities = []) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const build = (start, end) => {
    const nodes = [];
    let at = start;
    while (sorted.length && sorted[0].offset < end) {
      const entity = sorted.shift();
      const from = Math.max(entity.offset, at);
      const to = Math.min(entity.offset + entity.length, end);
      if (to <= from) continue;
      if (from > at) nodes.push(text.slice(at, from));
      nodes.push(wrap(entity, text.slice(from, to), build(from, to)));
      at = to;
    }
    if (at < end) nodes.push(text.slice(at, end));
    return nodes;
  };
  return build(0, text.length);
}

const kept = new Set(['P', 'BR', 'B', 'STRONG', 'I', 'EM', 'U', 'S', 'UL', 'OL', 'LI', 'BLOCKQUOTE', 'PRE', 'CODE',
  'H1', 'H2', 'H3', 'H4', 'TABLE', 'TBODY', 'THEAD', 'TR', 'TD', 'TH', 'HR', 'DIV']);
const dropped = new Set(['SCRIPT', 'STYLE', 'TEMPLATE', 'IFRAME', 'OBJECT', 'HEAD', 'TITLE', 'NOSCRIPT']);

function copy(source, depth) {
  const nodes = [];
  for (const child of source.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) {
      nodes.push(child.data);
    } else if (child.nodeType === Node.ELEMENT_NODE && !dropped.has(child.tagName) && depth < 40) {
      const children = copy(child, depth + 1);
      if (child.tagName === 'A') nodes.push(link(child.getAttribute('href') ?? '', children));
      else if (child.tagName === 'IMG') nodes.push(`[${child.getAttribute('alt') || t('image')}]`);
      else if (kept.has(child.tagName)) nodes.push(el(child.tagName.toLowerCase(), {}, ...children));
      else nodes.push(...children);
    }
  }
  return nodes;
}

/** Okdesk's HTML: read in a document that runs and loads nothing, then copied tag by tag without attributes. */
export function okdeskHtml(html) {
  const foreign = new DOMParser().parseFromString(html ?? '', 'text/html');
  return el('div', { class: 'html' }, ...copy(foreign.body, 0));
}

/** A file to download, by name and size. */
export function fileLink(address, name, bytes) {
  const kind = (name ?? '').split('.').at(-1).slice(0, 4);
  return el('a', { class: 'file', href: address, download: name, target: '_blank' },
    el('span', { class: 'kind', 'aria-hidden': 'true' }, kind),
    el('span', {}, el('b', {}, name ?? 'file'), el('small', {}, size(bytes))));
}
