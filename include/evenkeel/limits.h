/*
 * limits - every input has a named limit here, tested at the limit and one
 * past it (tests/api/test_limits.py; of one module alone, in its unit test).
 */
#ifndef EVENKEEL_LIMITS_H
#define EVENKEEL_LIMITS_H

#define EK_ID_LEN 16 /* record ids, book ids: random bytes */

/* plan */
#define EK_PLAN_MAX         65536 /* bytes of Markdown */
#define EK_PLAN_BULLETS_MAX 400   /* bullets in all sections together */
#define EK_BULLET_MAX       500   /* bytes of one bullet */
#define EK_PLAN_LINKS_MAX   16    /* strategies linked to one sign */

/* instrument */
#define EK_INSTRUMENT_MAX 262144 /* bytes of one Questionnaire file */
#define EK_ITEMS_MAX      64     /* items of one instrument */
#define EK_OPTIONS_MAX    24     /* answer options of one item */
#define EK_ITEM_ID_MAX    64     /* bytes of a linkId or measure name */
#define EK_ITEM_TEXT_MAX  2000   /* bytes of a question or sentence */

/* what a person writes */
#define EK_NOTE_MAX 8192 /* bytes of one note or reflective answer */
#define EK_ASK_MAX  500  /* bytes of one ask */
#define EK_NAME_MAX 64   /* bytes of a person's or thing's name */

/* records and the book */
#define EK_TIME_MS_MAX      253402300799999 /* the last of year 9999 */
#define EK_PAYLOAD_MAX      131072          /* bytes of one encoded payload */
#define EK_MAP_MAX          128             /* pairs in one map field */
#define EK_BOOK_RECORDS_MAX 1000000         /* records in one book */
#define EK_PAD              256             /* step of a sealed row, bytes */
#define EK_COPY_PAD         65536           /* step of the sealed copy, bytes */

/* schedules */
#define EK_RULE_MAX      512   /* bytes of one RRULE */
#define EK_SCHEDULES_MAX 50    /* schedules in force at once */
#define EK_NEXT_MAX      1000  /* `schedule next --rule --count` */
#define EK_UPCOMING_MAX  100   /* the same of one schedule in a book */
#define EK_SNOOZE_MAX    10080 /* minutes; no slot is open for longer */

/* files a person brings */
#define EK_CSV_MAX         (16 * 1024 * 1024) /* bytes */
#define EK_CSV_ROWS_MAX    200000
#define EK_CSV_COLUMNS_MAX 64
#define EK_CSV_CELL_MAX    1024               /* bytes of one cell */
#define EK_IMPORT_MAX      (64 * 1024 * 1024) /* bytes of an archive */

/* the API */
#define EK_HTTP_HEADERS_MAX 8192   /* bytes of request line and headers */
#define EK_HTTP_PATH_MAX    512    /* bytes of the path with its query */
#define EK_HTTP_BODY_MAX    262144 /* bytes, where a route says no other */
#define EK_HTTP_CONNS_MAX   64     /* connections at once */
#define EK_HTTP_HEADER_SECS 5      /* a request must be whole by then */
#define EK_HTTP_IDLE_SECS   60
#define EK_JSON_DEPTH_MAX   16
#define EK_LIST_MAX         1000 /* a list's limit= */

/* the page */
#define EK_FORM_FIELDS_MAX 512               /* of one form */
#define EK_FORM_NAME_MAX   80                /* bytes of a field's name */
#define EK_PAGE_MAX        (4 * 1024 * 1024) /* bytes of one page */
#define EK_PAGE_LINK_SECS  60                /* a link is good for */
#define EK_PAGE_IDLE_SECS  600               /* a session ends after */
#define EK_PAGE_EARLY_SECS 10     /* the screen is cleared before that by */
#define EK_PAGE_AFTER_SECS 60     /* the port is held after the last one */
#define EK_DRAFT_MAX       524288 /* bytes of one draft */
#define EK_DRAFTS_MAX      16     /* check-ins begun at once */
#define EK_DRAFT_SECS      (12 * 3600) /* an abandoned one is kept for */
#define EK_DRAFT_AT_SECS   3600        /* she is at it so long after a step */

#endif
