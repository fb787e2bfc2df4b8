# Reports: text, table, picture.

stats-usage =
    How to ask: /stats [period] [company: …] [employee: …] [hours: …]
    Period: today, yesterday, week, last week, month, last month, year, all, 2026-11 or 2026-11-01..2026-11-15
    Example: /stats week company: Daisy hours: mon-fri 9-18
stats-days = { $from } – { $to }
stats-since = since { $from }
stats-until = until { $to }
stats-always = all the time
stats-company = company: { $name }
stats-assignee = employee: { $name }
stats-hours = hours: { $hours }
stats-nothing = Nothing happened.
stats-created = Created: { $count }
stats-completed = Completed: { $count }
stats-reopened = Reopened: { $count }
stats-first-answer = First answer: half within { $median }, 9 of 10 within { $most }
stats-completion = Completion: half within { $median }, 9 of 10 within { $most }
stats-ratings = Ratings: { $count }, average { $average }
stats-no-ratings = No ratings
stats-share = Rated of the completed: { $percent }%
stats-portal = Ratings in the portal: { $list }
stats-portal-rate =
    { $rate ->
        [good] good
        [normal] normal
        [bad] bad
       *[other] { $rate }
    }
stats-words = Most frequent: { $list }
stats-kinds = Types: { $list }
stats-companies = By company
stats-assignees = By employee
stats-group = { $name }: { $created } created, { $completed } completed
stats-group-rated = { $name }: { $created } created, { $completed } completed, rated { $average }
stats-more = and { $count } more
stats-without = not set

duration-none = under a minute
duration-minutes = { $small } min
duration-hours =
    { $small ->
        [0] { $great } h
       *[other] { $great } h { $small } min
    }
duration-days =
    { $small ->
        [0] { $great } d
       *[other] { $great } d { $small } h
    }

chart-title = Issues { $days }
chart-created = created
chart-completed = completed
chart-average = average rating
chart-first-answer = first answer
chart-completion = to completion
chart-ratings = Ratings
chart-by-day = By day
chart-by-week = By week
chart-by-month = By month
chart-by-year = By year

column-number = Number
column-link = Link
column-title = Title
column-type = Type
column-company = Company
column-assignee = Assignee
column-status = Status
column-created = Created
column-first-answer = First answer
column-completed = Completed
column-reopened = Reopened
column-rating = Rating
column-rated = Rated
column-reason = Reason
column-portal-rating = Portal rating
