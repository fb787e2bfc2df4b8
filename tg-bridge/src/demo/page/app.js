// The page: brings server state to the two panes whenever something changed, and keeps the things around them.

import { $, ask, closeMenus, el, reconcile, samplePicture, toast } from './dom.js';
import { block, clientProgress, say, sendFiles, showChat, startChat, unreadInChat } from './chat.js';
import { agentProgress, showDesk, startDesk, unreadOnDesk } from './desk.js';
import { switchLanguage, t, translate } from './words.js';

const narrow = matchMedia('(max-width: 860px)');
const looksAt = (pane) => !narrow.matches || document.body.dataset.pane === pane;

// ---- hints and badges -----------------------------------------------------------------------------------------------

function showSteps() {
  const { shared } = clientProgress();
  const { created, answered, rated } = agentProgress();
  const done = [shared, created, answered, rated];
  const current = done.indexOf(false);
  const steps = done.map((ready, index) => ({ index, ready, current: index === current, text: t(`step${index + 1}`) }));
  if (current === -1) steps.splice(0, 4, { index: 4, ready: true, current: true, text: t('stepsDone') });
  reconcile($('steps'), steps, ({ index }) => index, ({ index, ready, current: now, text }) => el('li', {
    class: ready ? 'ready' : '', 'aria-current': now ? 'step' : null, title: text,
  }, el('b', { 'aria-hidden': 'true' }, ready ? '✓' : String(index + 1)), el('span', {}, text)));
}

function showBadges() {
  for (const [pane, count] of [['chat', unreadInChat(looksAt('chat'))], ['desk', unreadOnDesk()]]) {
    const badge = document.querySelector(`[data-go="${pane}"] b`);
    badge.hidden = count === 0;
    badge.textContent = String(count);
  }
}

function around() {
  showSteps();
  showBadges();
}

// ---- state ----------------------------------------------------------------------------------------------------------

/** One question at a time for each half; a change that comes meanwhile asks once more. */
function refresher(path, show) {
  let running = false;
  let again = false;
  return async () => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      do {
        again = false;
        show(await (await fetch(path)).json());
        around();
      } while (again);
    } catch {
      // The event stream tells of a lost server, and asks again when it is back.
    } finally {
      running = false;
    }
  };
}

const refreshChat = refresher('api/chat', (state) => showChat(state));
const refreshDesk = refresher('api/desk', (state) => showDesk(state, looksAt('desk')));

function listen() {
  let lost = null;
  const events = new EventSource('api/events');
  events.addEventListener('open', () => {
    lost?.remove();
    lost = null;
    refreshChat();
    refreshDesk();
  });
  events.addEventListener('chat', refreshChat);
  events.addEventListener('desk', refreshDesk);
  events.addEventListener('error', () => {
    if (lost) return;
    lost = el('p', { class: 'lost', role: 'alert' }, t('lost'));
    document.body.prepend(lost);
  });
}

// ---- scenarios ------------------------------------------------------------------------------------------------------

const scenarios = {
  album: async () => sendFiles(await Promise.all([0, 60, 120, 210, 300].map(async (hue, index) => (
    { file: await samplePicture(`page-${index + 1}.png`, `Printer ${index + 1}`, hue) })))),
  huge: () => say(Array.from({ length: 28 }, (_, index) => `${index + 1}. ${t('scenarioText')}`).join('\n')),
  outage: () => ask('POST', 'api/desk/outage'),
  recover: () => ask('POST', 'api/desk/recover'),
  block: () => block(true),
  unblock: () => block(false),
  repeat: () => ask('POST', 'api/desk/repeat'),
};

function showScenarios() {
  $('scenario-list').replaceChildren(...Object.entries(scenarios).map(([name, run]) => el('button', {
    type: 'button', 'data-scenario': name,
    onclick: async () => {
      closeMenus();
      await run();
      toast(`${t(`scenario_${name}`)}: ${t('scenarioDone')}`);
    },
  }, t(`scenario_${name}`))));
}

// ---- the frame ------------------------------------------------------------------------------------------------------

function words() {
  translate();
  $('language').textContent = t('language') === 'Switch to English' ? 'EN' : 'RU';
  showScenarios();
  showChat();
  showDesk();
  around();
}

function theme(next) {
  if (next) localStorage.setItem('theme', next);
  const chosen = localStorage.getItem('theme') ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
  document.documentElement.dataset.theme = chosen;
  $('theme').textContent = chosen === 'dark' ? '☀' : '☾';
  return chosen;
}

function startFrame() {
  theme();
  $('theme').addEventListener('click', () => theme(theme() === 'dark' ? 'light' : 'dark'));
  $('language').addEventListener('click', () => {
    switchLanguage();
    words();
  });
  for (const tab of document.querySelectorAll('[data-go]')) {
    tab.addEventListener('click', () => {
      document.body.dataset.pane = tab.dataset.go;
      for (const other of document.querySelectorAll('[data-go]')) other.setAttribute('aria-pressed', String(other === tab));
      showChat();
      showDesk();
      around();
    });
  }
  document.addEventListener('click', (event) => {
    for (const menu of document.querySelectorAll('details.menu[open]')) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    const menu = document.querySelector('details.menu[open]');
    closeMenus();
    menu?.querySelector('summary').focus();
  });
  $('viewer').addEventListener('click', (event) => event.target === $('viewer') && $('viewer').close());
}

startFrame();
startChat();
startDesk();
words();
listen();
