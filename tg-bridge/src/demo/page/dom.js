// The few tools the page is built with. Text enters the document only as text nodes: nothing here parses HTML.

import { lang, t } from './words.js';

export const $ = (id) => document.getElementById(id);

/** An element: attributes by name, handlers as `onclick`, children as nodes or strings. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const focusable = 'button, a[href], summary, textarea, select, input';

function keepFocus(from, to) {
  if (!from.contains(document.activeElement)) return;
  const index = [...from.querySelectorAll(focusable)].indexOf(document.activeElement);
  queueMicrotask(() => (to.querySelectorAll(focusable)[index] ?? to).focus?.());
}

/**
 * Makes the children of `parent` show `items`, touching only what changed: focus, scrolling and players stay alive.
 * Returns how many were added.
 */
export function reconcile(parent, items, keyOf, render) {
  const old = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  let cursor = parent.firstElementChild;
  let added = 0;
  for (const item of items) {
    const key = String(keyOf(item));
    const print = lang() + JSON.stringify(item);
    let node = old.get(key);
    old.delete(key);
    if (node?.print !== print) {
      const fresh = render(item);
      fresh.dataset.key = key;
      fresh.print = print;
      if (node) {
        keepFocus(node, fresh);
        if (cursor === node) cursor = fresh;
        node.replaceWith(fresh);
      } else {
        added += 1;
      }
      node = fresh;
    }
    if (node === cursor) cursor = cursor.nextElementSibling;
    else parent.insertBefore(node, cursor);
  }
  for (const node of old.values()) node.remove();
  return added;
}

/** Says something for some seconds at the edge of the page; one piece of good news at a time. */
export function toast(text, kind = 'info') {
  if (kind === 'info') for (const older of $('toasts').querySelectorAll('.info')) older.remove();
  const node = el('p', { class: kind }, text);
  $('toasts').append(node);
  setTimeout(() => node.remove(), kind === 'info' ? 2500 : 6000);
}

/** Asks the demo's server. A refusal is shown and thrown. */
export async function ask(method, path, body) {
  const form = body instanceof FormData;
  const answer = await fetch(path, {
    method,
    headers: body && !form ? { 'content-type': 'application/json' } : {},
    body: body && !form ? JSON.stringify(body) : body,
  });
  const text = await answer.text();
  if (answer.ok) return text ? JSON.parse(text) : null;
  let reason = text;
  try {
    reason = JSON.parse(text).error ?? text;
  } catch {
    // Not ours; shown as it is.
  }
  toast(`${t('failed')}: ${reason}`, 'error');
  throw new Error(reason);
}

/** Closes every open menu. */
export function closeMenus() {
  for (const menu of document.querySelectorAll('details.menu[open]')) menu.open = false;
}

/** Grows a text field with its text. */
export function grow(field) {
  field.style.height = 'auto';
  field.style.height = `${Math.min(field.scrollHeight + 2, 180)}px`;
}

/**
 * Keeps a scrolled box at its end while its reader is there, also when pictures load or the keyboard opens.
 * Gives a function that goes to the end at once.
 */
export function followEnd(box, content, follow = true) {
  let last = 0;
  const toEnd = () => {
    follow = true;
    box.scrollTop = box.scrollHeight;
  };
  box.addEventListener('scroll', () => {
    // Only a reader goes up; when the content grows, the end moves away by itself.
    follow = box.scrollHeight - box.scrollTop - box.clientHeight < 60 || (follow && box.scrollTop >= last);
    last = box.scrollTop;
  }, { passive: true });
  const observer = new ResizeObserver(() => follow && toEnd());
  observer.observe(box);
  observer.observe(content);
  return toEnd;
}

/** Files waiting to be sent, shown as a list with a button each to drop them. */
export class Staged {
  constructor(list) {
    this.list = list;
    this.files = [];
  }

  add(files, extra = {}) {
    for (const file of files) this.files.push({ file, ...extra });
    this.show();
  }

  take() {
    const files = this.files;
    this.files = [];
    this.show();
    return files;
  }

  show() {
    this.list.hidden = this.files.length === 0;
    this.list.replaceChildren(...this.files.map((staged) => el('li', {},
      staged.asFile && staged.file.type.startsWith('image/') ? `${staged.file.name} (${t('asFile')})` : staged.file.name,
      el('button', {
        type: 'button', 'aria-label': `${t('remove')}: ${staged.file.name}`,
        onclick: () => {
          this.files = this.files.filter((other) => other !== staged);
          this.show();
        },
      }, '×'))));
  }
}

/** An image of a broken screen, drawn here, for those who have no file at hand. */
export async function samplePicture(name, title, hue = 210) {
  const canvas = el('canvas', { width: 960, height: 600 });
  const pen = canvas.getContext('2d');
  pen.fillStyle = `hsl(${hue} 45% 22%)`;
  pen.fillRect(0, 0, 960, 600);
  pen.fillStyle = '#f3f4f6';
  pen.fillRect(170, 150, 620, 300);
  pen.fillStyle = `hsl(${hue} 60% 45%)`;
  pen.fillRect(170, 150, 620, 54);
  pen.fillStyle = '#fff';
  pen.font = '600 26px sans-serif';
  pen.fillText(title, 194, 186);
  pen.fillStyle = '#c0392b';
  pen.beginPath();
  pen.arc(246, 300, 40, 0, 7);
  pen.fill();
  pen.fillStyle = '#fff';
  pen.fillRect(240, 274, 12, 34);
  pen.fillRect(240, 316, 12, 12);
  pen.fillStyle = '#333';
  pen.font = '24px sans-serif';
  pen.fillText(`0x${(0xe0000 + hue * 7).toString(16)}`, 320, 308);
  pen.fillStyle = '#d1d5db';
  pen.fillRect(640, 380, 120, 44);
  pen.fillStyle = '#333';
  pen.fillText('OK', 680, 411);
  const blob = await new Promise((done) => canvas.toBlob(done, 'image/png'));
  return new File([blob], name, { type: 'image/png' });
}

/** A PDF of one page, written by hand. */
export function samplePdf(name, line) {
  const parts = [];
  const at = [];
  let length = 0;
  const put = (text) => {
    parts.push(text);
    length += text.length;
  };
  const object = (body) => {
    at.push(length);
    put(`${at.length} 0 obj\n${body}\nendobj\n`);
  };
  const page = `BT /F 24 Tf 60 760 Td (${line.replace(/[()\\]/g, '')}) Tj ET`;
  put('%PDF-1.4\n');
  object('<</Type/Catalog/Pages 2 0 R>>');
  object('<</Type/Pages/Kids[3 0 R]/Count 1>>');
  object('<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>');
  object(`<</Length ${page.length}>>\nstream\n${page}\nendstream`);
  const table = length;
  put(`xref\n0 5\n0000000000 65535 f \n${at.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')}`);
  put(`trailer<</Size 5/Root 1 0 R>>\nstartxref\n${table}\n%%EOF\n`);
  return new File([parts.join('')], name, { type: 'application/pdf' });
}
