### The bot's texts in English. Telegram's tags may be used: b, i, u, s, code, pre, a, blockquote, tg-spoiler.

## Beginning

consent =
    Hello! This is the support bot. Here you can create an issue, follow it and talk with our staff.

    This takes your name and phone number, and your consent to our processing them. Until you give it, the bot keeps only the number of this chat and the language, and deletes the messages themselves within an hour.

consent-refused = All right. We have no data of yours, and the messages you sent will be deleted within an hour. If you change your mind, begin again.

start-first = To begin, send /start. After a short registration please write to us again.

party-ask =
    <b>Who is asking?</b>
    Do you write as a private person or for an organisation?

inn-ask =
    <b>Enter the organisation's INN</b>
    10 digits, for an entrepreneur 12. For example: <code>7707083893</code>

inn-wrong =
    This does not look like an INN: it has 10 or 12 digits, and its control digits have to match. Please check it and enter it again.
    For example: <code>7707083893</code>

too-many-tries = Too many attempts. Please try again in an hour.

company-known =
    We look after the organisation with the INN <code>{ $inn }</code>.
    Is this your organisation?

company-unknown =
    We do not know an organisation with the INN <code>{ $inn }</code> yet. If the number is right, we go on without it, and our staff will see the INN and look into it.
    Is the INN right?

phone-ask =
    <b>Share your phone number</b>
    Press the button “📱 Share my number” below and Telegram sends your card. This is how we know that the number is yours.

phone-not-own =
    This is somebody else's card, and we need your own number: it opens access to your issues.
    Press the button “📱 Share my number” at the bottom of the screen.

phone-wrong =
    This number could not be read. Press the button “📱 Share my number” at the bottom of the screen.
    A number looks like this: <code>+79123456789</code>

phone-unverified =
    The number <code>{ $phone }</code> was typed and is not verified, so it cannot open access.
    Press the button “📱 Share my number” at the bottom of the screen: it is a single touch.

staff-will-ask = All right, our staff will check the number.

number-passed-on = Thank you! Passing it on to our staff…

number-waits =
    Noted: our staff will check your number, and I will write to you at once. Until then there is no access to issues.
    It is quicker to begin again and share your own card: /start

number-rejected =
    Our staff could not confirm your number, so access stays closed.
    Begin again and share your own card, or ask our staff for an invitation.

claim-waits =
    Our staff are still checking your number. I will write as soon as they have decided.
    There is no need to wait: you can begin again and share your own card.

code-wrong =
    This invitation is not valid: it is mistyped, already used, or too old.
    Please ask our staff for a new one.

phone-thanks = Thank you! Looking you up…

searching = Searching, one moment…

search-failed = The data could not be checked: the help desk is not available now. Please try again a little later.

name-ask =
    <b>What is your name?</b>
    Write your surname, first name and, if you have one, patronymic. For example: <i>Ivanova Maria Petrovna</i>

name-wrong =
    Please write your surname and first name in full, in letters.
    For example: <i>Ivanova Maria Petrovna</i>

name-refused = This name could not be saved. Please write it again.

registering = Thank you! Registering you…

still-creating = Your registration is on its way. I will write as soon as it is complete.

registration-delayed = The help desk does not answer now. Your answers are kept: we will complete the registration ourselves and write to you when it is done.

registration-failed = The registration could not be completed. Please try again later: send /start.

registration-cancelled = Registration cancelled. If you change your mind, begin again.

phone-not-wanted = All right, there is no need to share your number.

several-contacts =
    Several people are recorded with this number, so our staff have to link you to the right record. Until then there is no access to issues.
    Once the records are in order, send /start again.

several-contacts-wait =
    Several people are recorded with this number. Our staff will choose the right record, and I will write at once. Until then there is no access to issues.

company-joined = Our staff have confirmed your organisation: <b>{ $company }</b>. New issues will be in its name.

company-rejected = Our staff did not confirm that you belong to this organisation. You can still create issues in your own name.

welcome = Done, { $name }! Now you can create issues and follow them.

welcome-company =
    Done, { $name }! Your organisation is <b>{ $company }</b>.
    Now you can create issues and follow them.

welcome-claimed =
    Done, { $name }! Now you can create issues and follow them.
    Our staff will check that you belong to the organisation. Until then its data are not shown.

place-choose =
    <b>Where is the work?</b>
    Choose the object, it will be named in your issues.{ $pages ->
        [1] {""}
       *[other] {" "}Page { $page } of { $pages }.
    }

place-ask =
    <b>Write where the work is</b>
    For example: <i>Kazan, 5 Mira street, second floor</i>

place-saved = Noted: { $place }. Our staff will see it in your issues.

place-chosen = Object chosen: <b>{ $place }</b>. It will be named in your issues.

## Everyday

menu =
    { $name }, how can I help?
    You may simply write a message, and I will ask what to do with it.

help =
    <b>What I can do</b>
    • create an issue from text, photos, documents, voice messages and videos – /new
    • show your issues – /issues
    • pass on a comment: reply to any message about an issue
    • tell you about new statuses and answers of our staff

    /menu – the menu, /cancel – stop what is going on, /language – change the language, /settings – notices
    /my_data – what the bot keeps about you, /delete_me – delete your data

help-staff =
    <b>For those in charge</b>
    /claims – who waits for a decision, /invite – invite a client, /user – find a person
    /stats – figures, /export – a table of the issues
    In a group: /link – link it to an issue or an organisation, /unlink – undo that

command-unknown = There is no such command. For a list see /help

nothing-to-cancel = There is nothing to cancel. The menu is /menu

cancelled = Cancelled. How else can I help?

language-ask = Выберите язык · Choose a language

group-only-private = Please write to me in a private chat: I take no issues here.

group-help = Here I tell about issues. To pass on a comment, reply to a message about that issue; I read nothing else.

group-unbound =
    Hello! This chat is linked neither to an issue nor to an organisation yet.
    Somebody in charge can link it by /link, otherwise I will leave in { $minutes } minutes.

group-who-are-you = I do not know in whose name to pass this on, so nothing was added to the issue. Please write to me in private: /start

group-link-usage =
    What shall this chat be linked to? Give the number of an issue or the INN of an organisation:
    <code>/link 123</code> or <code>/link 7707083893</code>
    After the INN you may give the number of a contact of the organisation: what members say whom the bot does not know goes in that name. For example: <code>/link 7707083893 45</code>

group-link-unknown = There is no such issue or organisation in Okdesk, the chat is linked to nothing.

group-contact-unknown = This organisation has no such active contact, the chat is linked to nothing.

group-bound-issue =
    ✅ The chat is linked to issue { $number } “{ $title }”.
    News about it will come here. To pass on a comment, reply to any such message.

group-bound-company =
    ✅ The chat is linked to <b>{ $company }</b>.
    News about its issues will come here. To pass on a comment, reply to a message about that issue.

group-not-bound = This chat is linked to nothing.

group-unlinked = The chat is no longer linked to anything, no news will come here.

you-are-unlinked =
    Our staff have cut this chat off from your contact: there is no access to issues any more, and no notices will come.
    If that is a mistake, begin again or ask our staff for an invitation.

you-are-blocked = Access to this bot is closed: messages from here are not accepted. Please turn to our support in another way.

missed = { $count ->
        [one] While I could not write to you, there was news on { $count } issue:
       *[other] While I could not write to you, there was news on { $count } issues:
    }

settings =
    <b>Notices</b>
    New statuses of your issues and answers of our staff always come, the rest is up to you.

my-data = This is everything the bot keeps about you:

delete-ask =
    <b>Delete your data?</b>
    The bot will forget your name, number, consent and drafts and send no more notices. Issues, conversations and your contact stay with the help desk: ask our staff to delete them.

deleted = Your data have been deleted. Issues, conversations and your contact remain with the help desk. To come back, send /start.

too-fast = Too many messages in a minute. The rest was not accepted: please wait a little and send it again.

## New issues

issue-ask =
    <b>Describe what happened</b>
    You may send several messages: text, photos, files, voice. When you are done, I will ask whether to send it.

draft-ready =
    <b>Noted:</b>
    <blockquote>{ $text }</blockquote>
    Send the issue? You may still add to it.

draft-discarded = What you wrote was deleted, nothing was sent.

loose =
    <blockquote>{ $text }</blockquote>
    What shall be done with this?

issue-too-old =
    Issue { $number } was completed long ago, a comment in it might be overlooked.
    Create a new issue that refers to it? Your text is kept.

issue-written =
    <b>Your issue</b>:
    <blockquote>{ $text }</blockquote>

issue-created =
    ✅ <b>Issue { $number } created</b>
    { $title }
    { $time }

    Reply to this message to add a comment.

issue-delayed =
    The help desk does not answer now. The issue “{ $title }” is accepted and will be passed on as soon as there is a connection. No need to send it again.

issue-failed = The issue “{ $title }” could not be created.

kind-unsupported = A message of this kind cannot be passed on. Please send text, a photo, a video, a voice message or a file.

file-too-large = The file “{ $name }” is larger than { $limit } MB; Telegram does not give such files to bots, so it was not passed on. Please upload it in the portal or send it in parts.

files-lost =
    ⚠️ Not all files arrived in issue { $number }:{ $files }

lost-too-large = { $name } – too large

lost-gone = { $name } – Telegram no longer has it, please send it again

lost-refused = { $name } – the help desk did not accept it

## A help desk that only tells

one-way-start =
    Hello! I tell you what happens to your issues.
    To begin, open the invitation link that the support team gives you.

one-way-welcome = Done! I will tell you about the issues of { $address }.

one-way-help =
    <b>What I can do</b>
    • tell you when an issue is taken into work, passed to another group or done
    • pass your rating to those who are in charge of support

    Please send new issues and questions to the support team as before: they do not get there from here.

    /language – language, /settings – notices
    /my_data – what the bot keeps about you, /delete_me – delete your data

one-way-refused = A message does not reach the support team from here: I only tell you about issues. Please write the way you did before.

one-way-invite-usage = Whom to invite? Write the address for mail under which ZENLIX knows the person: <code>/invite anna@example.com</code>

## Lists and cards

list-open = <b>Open issues</b>

list-closed = <b>Completed issues</b>

list-company-open = <b>Open issues of the organisation</b>

list-company-closed = <b>Completed issues of the organisation</b>

list-line =
    <b>{ $number }</b> { $title }
    <i>{ $status }</i>

list-empty = Nothing here yet.

card-head =
    <b>Issue { $number }</b>
    { $title }

    Status: <b>{ $status }</b>

card-kind = Type: { $name }

card-assignee = Responsible: { $name }

card-company = Organisation: { $name }

card-created = Created: { $time }

card-deadline = Deadline: { $time }

card-completed = Completed: { $time }

card-age = <i>As of { $time }</i>

issue-unknown-message = There is no such issue.

desk-silent = The help desk does not answer now. Trying again, the answer will come here.

desk-failed = The data could not be fetched. Please try again later.

close-ask = Close issue { $number }?

portal-link = Your way into the portal. The link is personal: it works once, within the next 10 minutes. Do not pass it on.

portal-plain = A link without a password could not be made. This is the plain address of the portal, it will ask for your login and password.

## Comments

comment-ask = Write your comment on issue { $number }. Photos and files are welcome.

comment-written =
    <b>Your comment on issue { $number }</b>:
    <blockquote>{ $text }</blockquote>

comment-added = ✓ Passed on to issue { $number }

comment-delayed = The help desk does not answer now. Your comment on issue { $number } is accepted and will be passed on. No need to send it again.

comment-failed =
    ⚠️ Your comment on issue { $number } could not be passed on. These were your words:

    { $text }

comment-issue-gone = ⚠️ The comment was not passed on: issue { $number } is no longer there.

## Notices

comment-head = 💬 <b>{ $author }</b>

comment-came = 💬 <b>{ $author }</b>, issue { $number } “{ $title }”

files-came = 📎 <b>{ $author }</b>: files for issue { $number } “{ $title }”

files-caption = 📎 { $number }, { $author }

away = 🌙 Nobody is at work now. Our staff will be back on { $time }.

status-changed =
    🔔 Issue { $number } “{ $title }”
    Status: <b>{ $status }</b>

created-for-you =
    🆕 Issue { $number } “{ $title }” has been registered for you
    Status: <b>{ $status }</b>

created-for-group =
    🆕 Issue { $number } “{ $title }” has been registered
    Status: <b>{ $status }</b>

assignee-changed =
    👤 Issue { $number } “{ $title }”
    Responsible: <b>{ $name }</b>

deadline-changed =
    📅 Issue { $number } “{ $title }”
    New deadline: <b>{ $time }</b>

## Ratings

rate-ask = <b>Please rate our work:</b>

rating-thanks = Thank you for rating! If you need anything else, create a new issue.

reason-ask = Thank you. What should we do better? Write a few words or press “Skip”.

## For the people in charge

admin-several-contacts = The number <code>{ $phone }</code> belongs to several contacts: { $contacts }. A person is waiting to be linked.

claim-contact =
    👤 <b>Who is this?</b>
    The number <code>{ $phone }</code> is verified, but several contacts have it. Choose the one to link this person to:

claim-number =
    👤 <b>{ $name }</b> gives the number <code>{ $phone }</code>. It was typed and is not verified: make sure that it is this person's, by a call for instance. Contacts with this number:

claim-company =
    🏢 <b>{ $name }</b>, contact no. { $contact }, number <code>{ $phone }</code>, says to work for <b>{ $company }</b> (INN { $inn }). Confirm?

claim-candidate = • no. { $contact } { $name }, { $company }

claim-nobody = there are none. If you confirm, a new contact will be created.

claim-confirmed = ✅ Confirmed by { $name }, { $time }

claim-rejected = ❌ Rejected by { $name }, { $time }

claims-none = Nobody is waiting for a decision.

invite-usage =
    Who shall be invited? Give the contact's number in Okdesk, or the phone number:
    <code>/invite 123</code> or <code>/invite +79123456789</code>

invite-nobody = There is no active contact with this number in Okdesk.

invite-several = Several contacts have this phone number. Repeat the command with the contact's number:

invitation =
    ✉️ Invitation for the contact <b>{ $name }</b>. It is good for { $hours } h and once, pass it on to this person only:
    { $link }

    Or the code to be sent to the bot:
    <code>{ $code }</code>

invitation-code =
    ✉️ Invitation for the contact <b>{ $name }</b>. It is good for { $hours } h and once. This person sends the code to the bot:
    <code>{ $code }</code>

admin-failure =
    ⚠️ Okdesk refused: <b>{ $call }</b>
    Field: { $field }
    { $detail }

admin-silent = ⚠️ Okdesk does not answer. Whatever has to go there waits and goes by itself once there is a connection.

admin-unsent =
    ⚠️ Telegram did not take a message, repeating it is of no use:
    { $detail }
    The list of what was given up: <code>tg-bridge outbox list</code>

admin-unhandled =
    ⚠️ An event could not be handled, the others go on.
    The list of what was given up: <code>tg-bridge outbox list</code>

admin-again = Again in the last 10 minutes: { $count }

user-usage =
    Who shall be found? Give the number of the Telegram account, the number of the contact, or the phone number:
    <code>/user 123</code> or <code>/user +79123456789</code>
    To tie an account to another contact: <code>/relink account contact</code>, such as <code>/relink 501234567 123</code>

user-none = The bot does not know such a person.

user-head = 👤 Account <code>{ $id }</code>

user-phone = Phone: <code>{ $phone }</code>

user-unlinked = Not linked to a contact.

user-agreed = Consent to the processing of data: { $time }

user-unreachable = Messages do not arrive: the bot is blocked or the account deleted.

user-blocked = 🚫 Kept away.

user-must-agree = This person has not agreed to the processing of data and cannot be linked. Send an invitation: /invite

admin-low-score = ⚠️ Low score for issue { $number } “{ $title }”: <b>{ $score }</b>

admin-low-reason = Reason for the low score of issue { $number }: { $reason }

## Labels

moment-format = %d %b %Y, %H:%M

files-count = 📎 { $count ->
        [one] { $count } file
       *[other] { $count } files
    }

comment-said-by =
    { $name }:
    { $text }

comment-of-files = Attached: { $files }

image = image

staff-member = Support

cancel = Cancel

skip = Skip

agree = I agree

refuse = I do not agree

policy = 📄 How data are processed

begin = Begin

ask-staff = Let your support check it

claim-pick = no. { $contact } { $name }

user-unlink = ✂️ Unlink

user-block = 🚫 Keep away

user-unblock = Let in again

user-in-charge = This is one of those in charge: settings decide on their role

claim-yes = ✅ Confirm

claim-no = ❌ Reject

claim-new = ✅ Create the contact

claim-gone = This request is no longer valid

claim-done = Already decided: { $name }

party-person = Private person

party-company = Organisation

inn-other = Correct the INN

confirm-yes = Yes, that is right

phone-share = 📱 Share my number

page-back = ← Back

page-on = More →

place-other = Not in the list

menu-new = ➕ New issue

menu-open = 📂 Open

menu-closed = 🗄 Completed

menu-company = 🏢 Issues of the organisation

menu-own = 👤 My issues

menu-portal = 🔑 Log in to the portal

menu-language = 🌐 Language

menu-settings = ⚙️ Settings

setting-created = { $state } Issues registered for me

setting-assignee = { $state } Another responsible person

setting-deadline = { $state } Another deadline

setting-night = { $state } Silent from 22 to 8

setting-followed = { $state } Issues I watch

delete-yes = Yes, delete

delete-no = No, keep

menu-back = ☰ Menu

language-set = I speak English now

send = ✅ Send

discard = ✖️ Do not send

make-issue = ➕ Create an issue

add-to = 💬 Add to { $number }

sending = Sending…

already-sent = This was already sent or cancelled

button-unknown = This button does not work any more

button-expired = This button is no longer valid

issue-number = Issue { $number }

issue-label = { $number } · { $title }

issue-unknown = There is no such issue

title-of-file = File: { $name }

title-unknown = Request from Telegram

reply = 💬 Reply

open = 📄 Open

open-in-portal = 🔗 In the portal

open-portal = 🔗 Open the portal

comment = 💬 Comment

refresh = 🔄 Refresh

mute = 🔕 Mute

unmute = 🔔 Unmute

muted = Notices about this issue will come without a sound

unmuted = Notices about this issue come with a sound again

close = ✔️ Close the issue

close-yes = Yes, it is solved

close-no = No

closing-already = You have asked for this issue to be closed already

to-list = ← To the list

card-unchanged = Nothing has changed

desk-silent-note = The help desk does not answer now, please try later

score-5 = 5 – excellent

score-4 = 4 – good

score-3 = 3 – fair

score-2 = 2 – poor

score-1 = 1 – awful

rating-result = Your rating: { $score } (change)

rating-same = This rating is recorded already

rating-closed = It can no longer be rated

rating-thanks-note = Thank you!

note-claims-company = When registering in Telegram the client named the INN { $inn } (organisation “{ $company }”). Registration does not prove it: please check the membership.

note-unknown-company = The person gave the INN { $inn } when registering in Telegram. Okdesk knows no such organisation.

note-place = Place of work in the client's words: { $place }

note-follows = Continues issue { $number }

note-corrected = Corrected: { $text }

note-files-lost = The client attached files that could not be passed on: { $files }

note-closed-by-client = The client closed the issue: it is solved.

note-please-close = Please close the issue: it is solved.

note-unreachable = The client cannot be reached in Telegram: the bot is blocked. Notices about this issue do not arrive.

note-rating = The client's rating: { $score }

note-rating-reason =
    The client's rating: { $score }
    Reason: { $reason }

note-rating-changed = The client changed the rating: it was { $before }, now { $score }

## Statuses of ZENLIX

zenlix-free = Free

zenlix-lock = In work

zenlix-waitsuccess = Done, waits to be inspected

zenlix-success = Done

## The menu of commands

command-new = New issue

command-issues = My issues

command-settings = Which notices to send

command-language = Язык · Language

command-my-data = What the bot keeps about me

command-delete-me = Delete my data

command-help = What the bot can do

command-claims = Who waits for a decision

command-invite = Invite a client

command-user = Find a person

command-stats = Figures of a period

command-export = Table of a period's issues

## Reports: text, picture, table

stats-usage =
    How to ask: /stats [period] [company: …] [employee: …] [hours: …]
    Period: today, yesterday, week, last week, month, last month, year, all, 2026-11 or 2026-11-01..2026-11-15
    Example: /stats week company: Daisy hours: mon-fri 9-18

export-caption = { $count ->
        [one] { $days }: { $count } issue
       *[other] { $days }: { $count } issues
    }

export-too-large = The table is too large for Telegram ({ $count } rows). Choose a shorter period.

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
