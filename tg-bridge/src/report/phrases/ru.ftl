# Отчёты: текст, таблица, картинка.

stats-usage =
    Как спросить: /stats [период] [компания: …] [сотрудник: …] [часы: …]
    Период: сегодня, вчера, неделя, прошлая неделя, месяц, прошлый месяц, год, всё, 2026-11 или 01.11.2026 – 15.11.2026
    Пример: /stats неделя компания: Ромашка часы: пн-пт 9-18
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
