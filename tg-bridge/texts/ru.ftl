### Тексты бота по-русски. Разрешены теги Telegram: b, i, u, s, code, pre, a, blockquote, tg-spoiler.

## Начало

consent =
    Здравствуйте! Это бот службы поддержки. Здесь можно создать заявку, следить за ней и переписываться с сотрудниками.

    Для работы нам понадобятся ваши имя и номер телефона. Нужно ваше согласие на обработку этих данных; до него мы ничего о вас не сохраняем.

consent-refused = Хорошо, мы ничего не сохранили. Если передумаете, отправьте /start.

start-first = Чтобы начать, отправьте /start. После короткой регистрации напишите нам ещё раз.

party-ask =
    <b>Кто обращается?</b>
    Выберите, регистрируетесь ли вы как частное лицо или от организации.

inn-ask =
    <b>Введите ИНН организации</b>
    10 цифр, для предпринимателя – 12. Например: <code>7707083893</code>

inn-wrong =
    Это не похоже на ИНН: должно быть 10 или 12 цифр, и контрольные цифры должны сойтись. Проверьте и введите ещё раз.
    Например: <code>7707083893</code>

too-many-tries = Слишком много попыток. Попробуйте, пожалуйста, через час.

company-known =
    Организация с ИНН <code>{ $inn }</code> есть у нас на обслуживании.
    Это ваша организация?

company-unknown =
    Организации с ИНН <code>{ $inn }</code> у нас пока нет. Если номер верный, продолжим без неё, а сотрудники увидят ИНН и разберутся.
    ИНН указан верно?

phone-ask =
    <b>Поделитесь своим номером</b>
    Нажмите кнопку «📱 Поделиться номером» внизу – Telegram отправит вашу карточку. Так мы убедимся, что номер ваш.

phone-not-own =
    Это чужая карточка, а нам нужен именно ваш номер: по нему открывается доступ к заявкам.
    Нажмите кнопку «📱 Поделиться номером» внизу экрана.

phone-wrong =
    Не получилось прочитать номер. Нажмите кнопку «📱 Поделиться номером» внизу экрана.
    Номер выглядит так: <code>+79123456789</code>

phone-unverified =
    Номер <code>{ $phone }</code> введён вручную и не подтверждён, поэтому открыть по нему доступ нельзя.
    Нажмите кнопку «📱 Поделиться номером» внизу экрана – это одно касание.

phone-thanks = Спасибо! Ищу вас в базе…

searching = Ищу, одну минуту…

search-failed = Не получилось проверить данные: служба поддержки сейчас недоступна. Попробуйте, пожалуйста, немного позже.

name-ask =
    <b>Как вас зовут?</b>
    Напишите фамилию, имя и, если есть, отчество. Например: <i>Иванова Мария Петровна</i>

name-wrong =
    Напишите, пожалуйста, фамилию и имя полностью, буквами.
    Например: <i>Иванова Мария Петровна</i>

name-refused = Такое имя сохранить не удалось. Напишите его, пожалуйста, ещё раз.

registering = Спасибо! Регистрирую вас…

still-creating = Регистрация уже отправлена. Напишу, как только она завершится.

registration-delayed = Служба поддержки сейчас не отвечает. Ваши ответы сохранены: завершим регистрацию сами и напишем вам, когда всё будет готово.

registration-failed = Завершить регистрацию не удалось. Попробуйте, пожалуйста, позже: отправьте /start.

registration-cancelled = Регистрация отменена. Чтобы начать заново, отправьте /start.

several-contacts =
    С этим номером у нас записано несколько человек, поэтому связать вас с нужной записью должен сотрудник. Пока доступа к заявкам нет.
    Когда записи приведут в порядок, отправьте /start ещё раз.

welcome = Готово, { $name }! Теперь можно создавать заявки и следить за ними.

welcome-company =
    Готово, { $name }! Ваша организация – <b>{ $company }</b>.
    Теперь можно создавать заявки и следить за ними.

welcome-claimed =
    Готово, { $name }! Теперь можно создавать заявки и следить за ними.
    Принадлежность к организации проверит сотрудник. До этого её данные не показываются.

place-choose =
    <b>Где нужны работы?</b>
    Выберите объект, он будет указан в ваших заявках. Страница { $page } из { $pages }.

place-ask =
    <b>Напишите, где нужны работы</b>
    Например: <i>Казань, ул. Мира, 5, второй этаж</i>

place-saved = Записал: { $place }. Сотрудники увидят это в ваших заявках.

place-chosen = Объект выбран: <b>{ $place }</b>. Он будет указан в ваших заявках.

## Каждый день

menu =
    { $name }, чем помочь?
    Можно просто написать сообщение – я предложу, что с ним сделать.

help =
    <b>Что я умею</b>
    • создать заявку из текста, фото, документов, голосовых и видео – /new
    • показать ваши заявки – /issues
    • передать комментарий: ответьте на любое сообщение о заявке
    • сообщить о новом статусе и ответах сотрудников

    /menu – меню, /cancel – прервать текущее действие, /language – сменить язык, /settings – уведомления
    /my_data – что бот хранит о вас, /delete_me – удалить ваши данные

command-unknown = Такой команды нет. Список команд – /help

nothing-to-cancel = Отменять нечего. Меню – /menu

cancelled = Отменено. Чем ещё помочь?

language-ask = Выберите язык · Choose a language

group-only-private = Напишите мне, пожалуйста, в личные сообщения: здесь я заявки не принимаю.

missed = { $count ->
        [one] Пока бот был недоступен, появились новости по { $count } заявке:
       *[other] Пока бот был недоступен, появились новости по { $count } заявкам:
    }

settings =
    <b>Настройки уведомлений</b>
    О новых статусах и ответах сотрудников бот сообщает всегда, остальное – как выберете.

my-data = Вот всё, что бот хранит о вас:

delete-ask =
    <b>Удалить ваши данные?</b>
    Бот забудет ваши имя, телефон, согласие и черновики и перестанет присылать уведомления. Заявки, переписка и ваша карточка останутся в службе поддержки – об их удалении попросите сотрудников.

deleted = Ваши данные удалены. В службе поддержки остались заявки, переписка и карточка контакта. Чтобы вернуться, отправьте /start.

too-fast = Слишком много сообщений за минуту. Остальные не приняты – подождите немного и пришлите их ещё раз.

## Новая заявка

issue-ask =
    <b>Опишите, что случилось</b>
    Можно прислать несколько сообщений: текст, фото, файлы, голосовые. Когда всё будет готово, я спрошу, отправлять ли.

draft-ready =
    <b>Записано</b> ({ $files }):
    <blockquote>{ $text }</blockquote>
    Отправить заявку? Можно ещё что-нибудь добавить.

draft-discarded = Написанное удалено, ничего не отправлено.

loose =
    <blockquote>{ $text }</blockquote>
    ({ $files })
    Что с этим сделать?

issue-too-old =
    Заявка № { $number } завершена давно, и комментарий в ней могут не заметить.
    Создать новую заявку со ссылкой на неё? Ваш текст сохранён.

issue-written =
    <b>Ваша заявка</b> ({ $files }):
    <blockquote>{ $text }</blockquote>

issue-created =
    ✅ <b>Заявка № { $number } создана</b>
    { $title }
    { $time }

    Ответьте на это сообщение, чтобы добавить комментарий.

issue-delayed =
    Служба поддержки сейчас не отвечает. Заявка «{ $title }» принята и будет передана, как только связь появится. Повторно отправлять не нужно.

issue-failed = Создать заявку «{ $title }» не удалось.

kind-unsupported = Такое сообщение передать в заявку нельзя. Пришлите, пожалуйста, текст, фото, видео, голосовое или файл.

file-too-large = Файл «{ $name }» больше { $limit } МБ, такие файлы Telegram ботам не отдаёт, поэтому он не передан. Загрузите его на портале или пришлите частями.

files-lost =
    ⚠️ Не все файлы попали в заявку № { $number }:{ $files }

lost-too-large = { $name } – слишком большой

lost-gone = { $name } – Telegram его больше не хранит, пришлите ещё раз

lost-refused = { $name } – служба поддержки его не приняла

## Списки и карточки

list-open = <b>Открытые заявки</b>

list-closed = <b>Завершённые заявки</b>

list-line =
    <b>№ { $number }</b> { $title }
    <i>{ $status }</i>

list-empty = Здесь пока ничего нет.

card-head =
    <b>Заявка № { $number }</b>
    { $title }

    Статус: <b>{ $status }</b>

card-kind = Тип: { $name }

card-assignee = Ответственный: { $name }

card-company = Организация: { $name }

card-created = Создана: { $time }

card-deadline = Срок: { $time }

card-completed = Завершена: { $time }

card-age = <i>Данные на { $time }</i>

issue-unknown-message = Такой заявки нет.

desk-silent = Служба поддержки сейчас не отвечает. Пробую ещё, ответ придёт сюда.

desk-failed = Не получилось получить данные. Попробуйте, пожалуйста, позже.

close-ask = Закрыть заявку № { $number }?

portal-link = Вход на портал. Ссылка личная, действует один раз и недолго – не пересылайте её.

portal-plain = Ссылку для входа без пароля сделать не удалось. Вот обычный адрес портала, там понадобятся ваши логин и пароль.

## Комментарии

comment-ask = Напишите комментарий к заявке № { $number }. Можно с фото и файлами.

comment-written =
    <b>Ваш комментарий к заявке № { $number }</b> ({ $files }):
    <blockquote>{ $text }</blockquote>

comment-added = ✓ Передано в заявку № { $number }

comment-delayed = Служба поддержки сейчас не отвечает. Комментарий к заявке № { $number } принят и будет передан. Повторно отправлять не нужно.

comment-failed =
    ⚠️ Комментарий к заявке № { $number } передать не удалось. Вот ваш текст:

    { $text }

comment-issue-gone = ⚠️ Комментарий не передан: заявки № { $number } больше нет.

## Уведомления

comment-head = 💬 <b>{ $author }</b>

comment-came = 💬 <b>{ $author }</b>, заявка № { $number } «{ $title }»

files-came = 📎 <b>{ $author }</b>: файлы к заявке № { $number } «{ $title }»

files-caption = 📎 № { $number }, { $author }

status-changed =
    🔔 Заявка № { $number } «{ $title }»
    Статус: <b>{ $status }</b>

created-for-you =
    🆕 Для вас зарегистрирована заявка № { $number } «{ $title }»
    Статус: <b>{ $status }</b>

assignee-changed =
    👤 Заявка № { $number } «{ $title }»
    Ответственный: <b>{ $name }</b>

deadline-changed =
    📅 Заявка № { $number } «{ $title }»
    Новый срок: <b>{ $time }</b>

## Оценки

rate-ask = <b>Оцените, пожалуйста, нашу работу:</b>

rating-thanks = Спасибо за оценку! Если понадобится ещё что-нибудь, создайте новую заявку.

reason-ask = Спасибо. Что нам стоит исправить? Напишите пару слов или нажмите «Пропустить».

## Для ответственных

admin-several-contacts = Номер <code>{ $phone }</code> записан у нескольких контактов: { $contacts }. Человек ждёт привязки.

admin-failure =
    ⚠️ Okdesk отказал: <b>{ $call }</b>
    Поле: { $field }
    { $detail }

admin-low-score = ⚠️ Низкая оценка заявки № { $number } «{ $title }»: <b>{ $score }</b>

admin-low-reason = Причина низкой оценки заявки № { $number }: { $reason }

## Надписи

moment-format = %d.%m.%Y %H:%M

files-count = { $count ->
        [one] { $count } файл
        [few] { $count } файла
       *[many] { $count } файлов
    }

image = изображение

staff-member = Сотрудник поддержки

cancel = Отмена

skip = Пропустить

agree = Согласен

refuse = Не согласен

policy = 📄 Политика обработки данных

party-person = Частное лицо

party-company = Организация

inn-other = Исправить ИНН

confirm-yes = Да, верно

phone-share = 📱 Поделиться номером

page-back = ← Назад

page-on = Дальше →

place-other = Нет в списке

menu-new = ➕ Новая заявка

menu-open = 📂 Открытые

menu-closed = 🗄 Завершённые

menu-portal = 🔑 Войти на портал

menu-language = 🌐 Язык

menu-settings = ⚙️ Настройки

setting-created = { $state } Заявки, созданные для меня

setting-assignee = { $state } Смена ответственного

setting-deadline = { $state } Перенос срока

setting-night = { $state } Без звука с 22 до 8

delete-yes = Да, удалить

delete-no = Нет, оставить

menu-back = ☰ Меню

language-set = Теперь говорю по-русски

send = ✅ Отправить

discard = ✖️ Не отправлять

make-issue = ➕ Создать заявку

add-to = 💬 Добавить к № { $number }

sending = Отправляю…

already-sent = Это уже отправлено или отменено

button-unknown = Эта кнопка больше не работает

button-expired = Эта кнопка больше не действует

issue-number = Заявка № { $number }

issue-label = № { $number } · { $title }

issue-unknown = Такой заявки нет

title-of-file = Файл: { $name }

title-unknown = Обращение из Telegram

reply = 💬 Ответить

open = 📄 Открыть

open-in-portal = 🔗 На портале

open-portal = 🔗 Открыть портал

comment = 💬 Комментарий

refresh = 🔄 Обновить

mute = 🔕 Без звука

unmute = 🔔 Со звуком

muted = Уведомления по заявке будут приходить без звука

unmuted = Уведомления по заявке снова со звуком

close = ✔️ Закрыть заявку

close-yes = Да, вопрос решён

close-no = Нет

to-list = ← К списку

card-unchanged = Изменений нет

desk-silent-note = Служба поддержки сейчас не отвечает, попробуйте позже

score-5 = 5 – отлично

score-4 = 4 – хорошо

score-3 = 3 – нормально

score-2 = 2 – плохо

score-1 = 1 – ужасно

rating-result = Ваша оценка: { $score } (изменить)

rating-same = Эта оценка уже записана

rating-closed = Оценить уже нельзя

rating-thanks-note = Спасибо!

note-claims-company = При регистрации в Telegram указан ИНН { $inn } (организация «{ $company }»). Принадлежность не подтверждена: проверьте и привяжите контакт.

note-unknown-company = При регистрации в Telegram указан ИНН { $inn }. Такой организации в Okdesk не нашлось.

note-place = Место работ со слов клиента: { $place }

note-follows = Продолжение заявки № { $number }

note-corrected = Исправлено: { $text }

note-files-lost = Клиент приложил файлы, которые не удалось передать: { $files }

note-closed-by-client = Клиент закрыл заявку: вопрос решён.

note-please-close = Прошу закрыть заявку: вопрос решён.

note-unreachable = Клиент недоступен в Telegram: бот заблокирован. Уведомления по этой заявке не доходят.

note-rating = Оценка клиента: { $score }

note-rating-reason =
    Оценка клиента: { $score }
    Причина: { $reason }

note-rating-changed = Клиент изменил оценку: было { $before }, стало { $score }

## Меню команд

command-new = Создать заявку

command-issues = Мои заявки

command-settings = Какие уведомления присылать

command-language = Язык · Language

command-my-data = Что бот хранит обо мне

command-delete-me = Удалить мои данные

command-help = Что умеет бот

command-stats = Показатели за период

command-export = Таблица заявок за период

## Отчёты: текст, картинка, таблица

stats-usage =
    Как спросить: /stats [период] [компания: …] [сотрудник: …] [часы: …]
    Период: сегодня, вчера, неделя, прошлая неделя, месяц, прошлый месяц, год, всё, 2026-11 или 01.11.2026 – 15.11.2026
    Пример: /stats неделя компания: Ромашка часы: пн-пт 9-18

export-caption = { $count ->
        [one] { $days }: { $count } заявка
        [few] { $days }: { $count } заявки
       *[many] { $days }: { $count } заявок
    }

export-too-large = Таблица вышла слишком большой для Telegram (строк: { $count }). Выберите период короче.

stats-days = { $from } – { $to }

stats-since = с { $from }

stats-until = по { $to }

stats-always = за всё время

stats-company = компания: { $name }

stats-assignee = сотрудник: { $name }

stats-hours = часы: { $hours }

stats-nothing = Ничего не происходило.

stats-created = Создано: { $count }

stats-completed = Завершено: { $count }

stats-reopened = Открыто повторно: { $count }

stats-first-answer = Первый ответ: половина за { $median }, 9 из 10 за { $most }

stats-completion = Завершение: половина за { $median }, 9 из 10 за { $most }

stats-ratings = Оценок: { $count }, средняя { $average }

stats-no-ratings = Оценок не было

stats-share = Оценено завершённых: { $percent } %

stats-portal = Оценки в портале: { $list }

stats-portal-rate =
    { $rate ->
        [good] хорошо
        [normal] нормально
        [bad] плохо
       *[other] { $rate }
    }

stats-words = Чаще всего: { $list }

stats-kinds = Типы: { $list }

stats-companies = По компаниям

stats-assignees = По сотрудникам

stats-group = { $name }: создано { $created }, завершено { $completed }

stats-group-rated = { $name }: создано { $created }, завершено { $completed }, оценка { $average }

stats-more = и ещё { $count }

stats-without = не указано

duration-none = меньше минуты

duration-minutes = { $small } мин

duration-hours =
    { $small ->
        [0] { $great } ч
       *[other] { $great } ч { $small } мин
    }

duration-days =
    { $small ->
        [0] { $great } д
       *[other] { $great } д { $small } ч
    }

chart-title = Заявки { $days }

chart-created = создано

chart-completed = завершено

chart-average = средняя оценка

chart-first-answer = первый ответ

chart-completion = до завершения

chart-ratings = Оценки

chart-by-day = По дням

chart-by-week = По неделям

chart-by-month = По месяцам

chart-by-year = По годам

column-number = Номер

column-link = Ссылка

column-title = Тема

column-type = Тип

column-company = Компания

column-assignee = Ответственный

column-status = Статус

column-created = Создана

column-first-answer = Первый ответ

column-completed = Завершена

column-reopened = Открыта повторно

column-rating = Оценка

column-rated = Оценена

column-reason = Причина оценки

column-portal-rating = Оценка в портале
