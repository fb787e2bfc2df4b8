#!/usr/bin/env python3
"""Plays a day of a help desk against an Okdesk account, with nothing but the reference of its REST API v1.

    python3 okdesk_story.py BASE_URL TOKEN [INITIAL...]

BASE_URL is the account's address, with or without /api/v1; TOKEN the key of an administrator. INITIAL are the ids of
the issues the account holds before the story; without them, whatever it holds is fine. The story leaves its records
in the account; every run makes new ones, so it can be repeated.

Where the reference is definite an assert says what it says, with the section. Where it is uncertain, each of its
readings passes. Prints `N passed, 0 failed` and exits with 0, or tells what differed and exits with 1.
"""

import sys
import time
import traceback
from types import SimpleNamespace

import okdesk_story_issues
import okdesk_story_records
import okdesk_story_work
from okdesk_client import Okdesk, Unreachable


def main(arguments):
    if len(arguments) < 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    base_url, token, *initial = arguments
    moment = time.time_ns() // 1_000_000
    story = SimpleNamespace(
        api=Okdesk(base_url, token), initial=[int(one) for one in initial], stamp=f"{moment:x}", number=moment % 10**7
    )
    chapters = okdesk_story_issues.OPENING + okdesk_story_records.CHAPTERS
    chapters += okdesk_story_issues.CHAPTERS + okdesk_story_work.CHAPTERS
    failed = 0
    for chapter in chapters:
        try:
            chapter(story)
        except Exception as error:  # each chapter speaks for itself; later ones may lack what this one was to leave
            failed += 1
            frames = traceback.extract_tb(error.__traceback__)
            at = next(frame for frame in reversed(frames) if frame.name == chapter.__name__)
            what = f"{type(error).__name__}: {error}"
            print(f"{chapter.__name__}, line {at.lineno}: {what}\n    {at.line}", file=sys.stderr)
            if isinstance(error, Unreachable):
                return 1
    print(f"{len(chapters) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
