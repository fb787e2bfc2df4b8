//! The list of everything the bot can say.

use super::{Arg, Words};
use crate::telegram::Rich;

macro_rules! texts {
    (
        messages { $($message:ident($($message_arg:ident),*);)* }
        labels { $($label:ident($($label_arg:ident),*);)* }
    ) => {
        /// Every text with the names of what it is given.
        pub(super) const ALL: &[(&str, &[&str])] = &[
            $((stringify!($message), &[$(stringify!($message_arg)),*]),)*
            $((stringify!($label), &[$(stringify!($label_arg)),*]),)*
        ];

        /// Messages: formatted, what is given to them is escaped.
        impl Words<'_> {
            $(pub(crate) fn $message(self, $($message_arg: impl Into<Arg>),*) -> Rich {
                let arguments = vec![$((stringify!($message_arg), $message_arg.into())),*];
                Rich::from_html(&self.format(stringify!($message), arguments, true))
            })*
        }

        /// Labels of buttons, short notes, and what staff read in Okdesk: plain text.
        impl Words<'_> {
            $(pub(crate) fn $label(self, $($label_arg: impl Into<Arg>),*) -> String {
                let arguments = vec![$((stringify!($label_arg), $label_arg.into())),*];
                self.format(stringify!($label), arguments, false)
            })*
        }
    };
}

texts! {
    messages {
        // Beginning
        consent();
        consent_refused();
        start_first();
        party_ask();
        inn_ask();
        inn_wrong();
        too_many_tries();
        company_known(inn);
        company_unknown(inn);
        phone_ask();
        phone_not_own();
        phone_wrong();
        phone_unverified(phone);
        phone_thanks();
        searching();
        search_failed();
        name_ask();
        name_wrong();
        name_refused();
        registering();
        still_creating();
        registration_delayed();
        registration_failed();
        registration_cancelled();
        several_contacts();
        several_contacts_wait();
        phone_not_wanted();
        staff_will_ask();
        number_passed_on();
        number_waits();
        number_rejected();
        claim_waits();
        company_joined(company);
        company_rejected();
        code_wrong();
        welcome(name);
        welcome_company(name, company);
        welcome_claimed(name);
        place_choose(page, pages);
        place_ask();
        place_saved(place);
        place_chosen(place);
        // Everyday
        menu(name);
        help();
        help_staff();
        command_unknown();
        nothing_to_cancel();
        cancelled();
        language_ask();
        group_only_private();
        group_help();
        group_unbound(minutes);
        group_who_are_you();
        group_link_usage();
        group_link_unknown();
        group_contact_unknown();
        group_bound_issue(number, title);
        group_bound_company(company);
        group_not_bound();
        group_unlinked();
        missed(count);
        settings();
        my_data();
        delete_ask();
        deleted();
        too_fast();
        // New issues
        issue_ask();
        draft_ready(text);
        draft_discarded();
        loose(text);
        issue_too_old(number);
        issue_written(text);
        issue_created(number, title, time);
        issue_delayed(title);
        issue_failed(title);
        kind_unsupported();
        file_too_large(name, limit);
        files_lost(number, files);
        lost_too_large(name);
        lost_gone(name);
        lost_refused(name);
        // A help desk that takes nothing
        one_way_start();
        one_way_welcome(address);
        one_way_help();
        one_way_refused();
        one_way_invite_usage();
        // Lists and cards
        list_open();
        list_closed();
        list_company_open();
        list_company_closed();
        list_line(number, title, status);
        list_empty();
        card_head(number, title, status);
        card_kind(name);
        card_assignee(name);
        card_company(name);
        card_created(time);
        card_deadline(time);
        card_completed(time);
        card_age(time);
        issue_unknown_message();
        desk_silent();
        desk_failed();
        close_ask(number);
        portal_link();
        portal_plain();
        // Comments
        comment_ask(number);
        comment_written(number, text);
        comment_added(number);
        comment_delayed(number);
        comment_failed(number, text);
        comment_issue_gone(number);
        // Notices
        comment_head(author);
        comment_came(author, number, title);
        files_came(author, number, title);
        files_caption(number, author);
        away(time);
        status_changed(number, title, status);
        created_for_you(number, title, status);
        created_for_group(number, title, status);
        assignee_changed(number, title, name);
        deadline_changed(number, title, time);
        // Ratings
        rate_ask();
        rating_thanks();
        reason_ask();
        // For the people in charge
        admin_several_contacts(phone, contacts);
        claim_contact(phone);
        claim_number(name, phone);
        claim_company(name, phone, contact, company, inn);
        claim_candidate(contact, name, company);
        claim_nobody();
        claim_confirmed(name, time);
        claim_rejected(name, time);
        claims_none();
        invite_usage();
        invite_nobody();
        invite_several();
        invitation(name, hours, link, code);
        invitation_code(name, hours, code);
        admin_failure(call, field, detail);
        admin_silent();
        admin_unsent(detail);
        admin_unhandled();
        admin_again(count);
        user_usage();
        user_none();
        user_head(id);
        user_phone(phone);
        user_unlinked();
        user_agreed(time);
        user_unreachable();
        user_blocked();
        user_must_agree();
        you_are_unlinked();
        you_are_blocked();
        admin_low_score(number, title, score);
        admin_low_reason(number, reason);
    }
    labels {
        moment_format();
        files_count(count);
        comment_of_files(files);
        comment_said_by(name, text);
        image();
        staff_member();
        cancel();
        skip();
        agree();
        refuse();
        policy();
        begin();
        ask_staff();
        claim_pick(contact, name);
        user_unlink();
        user_block();
        user_unblock();
        user_in_charge();
        claim_yes();
        claim_no();
        claim_new();
        claim_gone();
        claim_done(name);
        party_person();
        party_company();
        inn_other();
        confirm_yes();
        phone_share();
        page_back();
        page_on();
        place_other();
        menu_new();
        menu_open();
        menu_closed();
        menu_company();
        menu_own();
        menu_portal();
        menu_language();
        menu_settings();
        setting_created(state);
        setting_assignee(state);
        setting_deadline(state);
        setting_night(state);
        setting_followed(state);
        delete_yes();
        delete_no();
        menu_back();
        language_set();
        send();
        discard();
        make_issue();
        add_to(number);
        sending();
        already_sent();
        button_unknown();
        button_expired();
        issue_number(number);
        issue_label(number, title);
        issue_unknown();
        title_of_file(name);
        title_unknown();
        reply();
        open();
        open_in_portal();
        open_portal();
        comment();
        refresh();
        mute();
        unmute();
        muted();
        unmuted();
        close();
        close_yes();
        close_no();
        closing_already();
        to_list();
        card_unchanged();
        desk_silent_note();
        score_5();
        score_4();
        score_3();
        score_2();
        score_1();
        rating_result(score);
        rating_same();
        rating_closed();
        rating_thanks_note();
        note_claims_company(inn, company);
        note_unknown_company(inn);
        note_place(place);
        note_follows(number);
        note_corrected(text);
        note_files_lost(files);
        note_closed_by_client();
        note_please_close();
        note_unreachable();
        note_rating(score);
        note_rating_reason(score, reason);
        note_rating_changed(before, score);
        // Statuses of ZENLIX, which have codes only
        zenlix_free();
        zenlix_lock();
        zenlix_waitsuccess();
        zenlix_success();
        // The menu of commands
        command_new();
        command_issues();
        command_settings();
        command_language();
        command_my_data();
        command_delete_me();
        command_help();
        command_claims();
        command_invite();
        command_user();
        command_stats();
        command_export();
        // Reports
        stats_usage();
        export_caption(days, count);
        export_too_large(count);
        stats_days(from, to);
        stats_since(from);
        stats_until(to);
        stats_always();
        stats_company(name);
        stats_assignee(name);
        stats_hours(hours);
        stats_nothing();
        stats_created(count);
        stats_completed(count);
        stats_reopened(count);
        stats_first_answer(median, most);
        stats_completion(median, most);
        stats_ratings(count, average);
        stats_no_ratings();
        stats_share(percent);
        stats_portal(list);
        stats_portal_rate(rate);
        stats_words(list);
        stats_kinds(list);
        stats_companies();
        stats_assignees();
        stats_group(name, created, completed);
        stats_group_rated(name, created, completed, average);
        stats_more(count);
        stats_without();
        duration_none();
        duration_minutes(small);
        duration_hours(great, small);
        duration_days(great, small);
        chart_title(days);
        chart_created();
        chart_completed();
        chart_average();
        chart_first_answer();
        chart_completion();
        chart_ratings();
        chart_by_day();
        chart_by_week();
        chart_by_month();
        chart_by_year();
        column_number();
        column_link();
        column_title();
        column_type();
        column_company();
        column_assignee();
        column_status();
        column_created();
        column_first_answer();
        column_completed();
        column_reopened();
        column_rating();
        column_rated();
        column_reason();
        column_portal_rating();
    }
}
