// Every word of the page in its two languages. Dates and sizes follow the same switch.

const words = {
  ru: {
    steps: 'Что попробовать',
    step1: 'Вы – клиент: нажмите «Старт» и поделитесь номером',
    step2: 'Опишите неполадку и приложите снимок: появится заявка',
    step3: 'Теперь вы – сотрудник: ответьте клиенту в Okdesk',
    step4: 'Переведите заявку в «Решена»: клиент поставит оценку',
    stepsDone: 'Весь путь пройден. Попробуйте другого клиента или сценарии.',
    language: 'Switch to English', theme: 'Светлая или тёмная тема',
    scenarios: 'Сценарии',
    client: 'Вы – клиент', known: 'номер есть в Okdesk', unknown: 'номера нет в Okdesk', english: 'говорит по-английски', chief: 'отвечает за поддержку',
    chatStatus: 'бот', typing: 'печатает…', chatLog: 'Переписка с ботом',
    chatEmpty: 'Здесь переписка клиента с ботом, как в Telegram. Нажмите «Старт».',
    start: 'Старт', attach: 'Прикрепить', photo: 'Фото или видео', file: 'Файл',
    sample: 'Пример: снимок и PDF', contact: 'Мой контакт', message: 'Сообщение', send: 'Отправить',
    staged: 'Файлы к отправке', remove: 'Убрать', replyKeys: 'Кнопки бота', asFile: 'без сжатия',
    reply: 'Ответить', edit: 'Изменить', edited: 'изменено',
    blocked: 'Клиент заблокировал бота', unblock: 'Разблокировать',
    desk: 'Okdesk', deskStatus: 'рабочее место сотрудника', employee: 'Вы – сотрудник',
    tickets: 'Заявки', filter: 'Какие заявки показать', scopeOpen: 'Открытые', scopeAll: 'Все',
    noTickets: 'Заявок нет', pickTicket: 'Выберите заявку', back: 'К заявкам', isNew: 'новое',
    status: 'Статус', assignee: 'Ответственный', nobody: 'не назначен', contactRow: 'Клиент', company: 'Компания',
    place: 'Объект', created: 'Создана', deadline: 'Срок', delayedTo: 'Отложена до', putOff: 'Вернёмся к этому завтра утром.', rating: 'Оценка', files: 'Файлы заявки', description: 'Описание',
    good: 'хорошо', normal: 'нормально', bad: 'плохо',
    comments: 'Комментарии', noComments: 'Комментариев пока нет',
    public: 'Публичный', internal: 'Внутренний', internalNote: 'клиент не увидит', publicNote: 'придёт клиенту в Telegram',
    comment: 'Комментарий', addFiles: 'Файлы', addSample: 'Пример файла', say: 'Отправить клиенту', note: 'Записать для своих',
    fromClient: 'клиент', fromStaff: 'сотрудник',
    panes: 'Части страницы', tabChat: 'Клиент', tabDesk: 'Сотрудник', viewer: 'Просмотр', close: 'Закрыть',
    lost: 'Нет связи с демонстрацией. Она остановлена?', failed: 'Не получилось', image: 'изображение',
    bytes: 'Б', kb: 'КБ', mb: 'МБ',
    scenario_album: 'Альбом из пяти снимков', scenario_huge: 'Письмо на три экрана',
    scenario_outage: 'Отключить Okdesk', scenario_recover: 'Включить Okdesk',
    scenario_block: 'Клиент блокирует бота', scenario_unblock: 'Клиент возвращается',
    scenario_repeat: 'Повторить последние события', scenarioDone: 'Готово',
    scenarioText: 'Каждое утро, когда в офис приходят первые сотрудники, принтер на втором этаже просыпается, печатает половину страницы и останавливается. ',
    outageNow: 'Okdesk не отвечает',
  },
  en: {
    steps: 'What to try',
    step1: 'You are the client: press Start and share your number',
    step2: 'Describe a problem and attach a screenshot: a ticket appears',
    step3: 'Now you are the agent: answer the client in Okdesk',
    step4: 'Move the ticket to “Решена” (resolved): the client will rate it',
    stepsDone: 'The whole path is done. Try another client or the scenarios.',
    language: 'Переключить на русский', theme: 'Light or dark theme',
    scenarios: 'Scenarios',
    client: 'You, the client', known: 'number known to Okdesk', unknown: 'number unknown to Okdesk', english: 'speaks English', chief: 'in charge of support',
    chatStatus: 'bot', typing: 'typing…', chatLog: 'Chat with the bot',
    chatEmpty: 'This is the client’s chat with the bot, as in Telegram. Press Start.',
    start: 'Start', attach: 'Attach', photo: 'Photo or video', file: 'File',
    sample: 'Sample: screenshot and PDF', contact: 'My contact card', message: 'Message', send: 'Send',
    staged: 'Files to send', remove: 'Remove', replyKeys: 'Buttons of the bot', asFile: 'uncompressed',
    reply: 'Reply', edit: 'Edit', edited: 'edited',
    blocked: 'The client has blocked the bot', unblock: 'Unblock',
    desk: 'Okdesk', deskStatus: 'an agent’s desk', employee: 'You, the agent',
    tickets: 'Tickets', filter: 'Which tickets to show', scopeOpen: 'Open', scopeAll: 'All',
    noTickets: 'No tickets', pickTicket: 'Choose a ticket', back: 'All tickets', isNew: 'new',
    status: 'Status', assignee: 'Assignee', nobody: 'nobody', contactRow: 'Client', company: 'Company',
    place: 'Maintenance entity', created: 'Created', deadline: 'Deadline', delayedTo: 'Put off until', putOff: 'We will come back to this tomorrow morning.', rating: 'Rating', files: 'Files of the ticket', description: 'Description',
    good: 'good', normal: 'normal', bad: 'bad',
    comments: 'Comments', noComments: 'No comments yet',
    public: 'Public', internal: 'Internal', internalNote: 'the client will not see it', publicNote: 'goes to the client in Telegram',
    comment: 'Comment', addFiles: 'Files', addSample: 'Sample file', say: 'Send to the client', note: 'Note for colleagues',
    fromClient: 'client', fromStaff: 'agent',
    panes: 'Parts of the page', tabChat: 'Client', tabDesk: 'Agent', viewer: 'Viewer', close: 'Close',
    lost: 'The demo does not answer. Was it stopped?', failed: 'That did not work', image: 'image',
    bytes: 'B', kb: 'KB', mb: 'MB',
    scenario_album: 'An album of five pictures', scenario_huge: 'A letter of three screens',
    scenario_outage: 'Take Okdesk down', scenario_recover: 'Bring Okdesk back',
    scenario_block: 'The client blocks the bot', scenario_unblock: 'The client comes back',
    scenario_repeat: 'Repeat the latest events', scenarioDone: 'Done',
    scenarioText: 'Every morning, when the first people come to the office, the printer on the second floor wakes up, prints half a page and stops. ',
    outageNow: 'Okdesk does not answer',
  },
};

let language = localStorage.getItem('language') ?? (navigator.language?.startsWith('en') ? 'en' : 'ru');

export const lang = () => language;

export const t = (key) => words[language][key] ?? key;

export function switchLanguage() {
  language = language === 'ru' ? 'en' : 'ru';
  localStorage.setItem('language', language);
}

/** Puts the words into the elements of the page that name them by key. */
export function translate() {
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll('[data-text]')) node.textContent = t(node.dataset.text);
  for (const node of document.querySelectorAll('[data-hint]')) node.placeholder = t(node.dataset.hint);
  for (const node of document.querySelectorAll('[data-label]')) {
    node.setAttribute('aria-label', t(node.dataset.label));
    if (node.matches('button, summary')) node.title = t(node.dataset.label);
  }
}

export const clock = (date) => new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(date);

export function moment(text) {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return text ?? '';
  const today = date.toDateString() === new Date().toDateString();
  if (today) return clock(date);
  return new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(date);
}

export function size(bytes) {
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  if (!(bytes >= 1024)) return `${number.format(bytes ?? 0)} ${t('bytes')}`;
  if (bytes < 1024 * 1024) return `${number.format(bytes / 1024)} ${t('kb')}`;
  return `${number.format(bytes / 1024 / 1024)} ${t('mb')}`;
}
