/*
 * plan_lang - the plan's headings in every shipped language, as data.
 *
 * The first language is the one fallen back to.  To add one: a row here, and
 * nothing else.  A heading is matched word by word (plan_words.c), which
 * leaves case, punctuation, emoji and spacing out of account.
 */
#include <string.h>

#include "core/plan_impl.h"

struct lang {
	const char *code;
	const char *title;
	const char *headings[PLAN_SECTIONS];
};

static const struct lang langs[] = {
    {"en", "My plan",
	{
	    [PLAN_WELL] = "When I am well at work",
	    [PLAN_NOT_WELL] = "When I am not doing so well",
	    [PLAN_WEARS] = "Situations that wear on me",
	    [PLAN_SIGNS] = "Early warning signs",
	    [PLAN_HELPS] = "What helps me",
	    [PLAN_PEOPLE] = "People I can turn to",
	    [PLAN_BEST] = "How I work best",
	    [PLAN_SUPPORT] = "Support I want from my supervisor",
	    [PLAN_HARD] = "When it gets hard",
	    [PLAN_AFTER] = "After time away",
	    [PLAN_ROLE] = "My role",
	    [PLAN_REVIEW] = "Review",
	}},
    {"zh", "我的计划",
	{
	    [PLAN_WELL] = "我工作状态好的时候",
	    [PLAN_NOT_WELL] = "我状态不太好的时候",
	    [PLAN_WEARS] = "让我感到消耗的情形",
	    [PLAN_SIGNS] = "早期预警信号",
	    [PLAN_HELPS] = "对我有帮助的做法",
	    [PLAN_PEOPLE] = "我可以求助的人",
	    [PLAN_BEST] = "最适合我的工作方式",
	    [PLAN_SUPPORT] = "我希望从主管那里得到的支持",
	    [PLAN_HARD] = "难熬的时候",
	    [PLAN_AFTER] = "离开一段时间回来之后",
	    [PLAN_ROLE] = "我的角色",
	    [PLAN_REVIEW] = "回顾",
	}},
    {"ms", "Pelan saya",
	{
	    [PLAN_WELL] = "Apabila keadaan saya baik di tempat kerja",
	    [PLAN_NOT_WELL] = "Apabila keadaan saya kurang baik",
	    [PLAN_WEARS] = "Situasi yang meletihkan saya",
	    [PLAN_SIGNS] = "Tanda amaran awal",
	    [PLAN_HELPS] = "Perkara yang membantu saya",
	    [PLAN_PEOPLE] = "Orang yang boleh saya hubungi",
	    [PLAN_BEST] = "Cara kerja yang terbaik bagi saya",
	    [PLAN_SUPPORT] = "Sokongan yang saya mahu daripada penyelia saya",
	    [PLAN_HARD] = "Apabila keadaan menjadi sukar",
	    [PLAN_AFTER] = "Selepas tempoh tidak bekerja",
	    [PLAN_ROLE] = "Peranan saya",
	    [PLAN_REVIEW] = "Semakan",
	}},
    {"ta", "என் திட்டம்",
	{
	    [PLAN_WELL] = "நான் வேலையில் நன்றாக இருக்கும்போது",
	    [PLAN_NOT_WELL] = "நான் அவ்வளவு நன்றாக இல்லாதபோது",
	    [PLAN_WEARS] = "என்னைச் சோர்வடையச் செய்யும் சூழ்நிலைகள்",
	    [PLAN_SIGNS] = "ஆரம்ப எச்சரிக்கை அறிகுறிகள்",
	    [PLAN_HELPS] = "எனக்கு உதவுபவை",
	    [PLAN_PEOPLE] = "நான் உதவிக்கு நாடக்கூடியவர்கள்",
	    [PLAN_BEST] = "நான் சிறப்பாக வேலை செய்யும் விதம்",
	    [PLAN_SUPPORT] = "என் மேற்பார்வையாளரிடமிருந்து நான் விரும்பும் ஆதரவு",
	    [PLAN_HARD] = "நிலைமை கடினமாகும்போது",
	    [PLAN_AFTER] = "சிறிது காலம் விலகியிருந்த பிறகு",
	    [PLAN_ROLE] = "என் பங்கு",
	    [PLAN_REVIEW] = "மறுஆய்வு",
	}},
};

#define LANGS (sizeof(langs) / sizeof(langs[0]))

/* Other ways the same heading is written. */
static const struct other {
	enum plan_section section;
	const char *lang, *text;
} others[] = {
    {PLAN_WELL, "en", "When I'm well at work"},
    {PLAN_NOT_WELL, "en", "When I'm not doing so well"},
    {PLAN_SIGNS, "en", "My early warning signs"},
    {PLAN_REVIEW, "en", "Review date"},
    {PLAN_REVIEW, "zh", "回顾日期"},
    {PLAN_REVIEW, "ms", "Tarikh semakan"},
    {PLAN_REVIEW, "ta", "மறுஆய்வு தேதி"},
};

static const struct section {
	const char *key;
	char letter;
} sections[PLAN_SECTIONS] = {
    [PLAN_WELL] = {"well", 'w'},
    [PLAN_NOT_WELL] = {"not-well", 'n'},
    [PLAN_WEARS] = {"wears", 't'},
    [PLAN_SIGNS] = {"signs", 's'},
    [PLAN_HELPS] = {"helps", 'h'},
    [PLAN_PEOPLE] = {"people", 'p'},
    [PLAN_BEST] = {"best", 'b'},
    [PLAN_SUPPORT] = {"support", 'm'},
    [PLAN_HARD] = {"hard", 'd'},
    [PLAN_AFTER] = {"after", 'a'},
    [PLAN_ROLE] = {"role", 'r'},
    [PLAN_REVIEW] = {"review", 'v'},
};

static size_t
lang_index(const char *code)
{
	size_t i;

	for (i = 0; code != NULL && i < LANGS; i++)
		if (strcmp(langs[i].code, code) == 0)
			return i;
	return 0;
}

const char *
plan_lang_code(size_t lang)
{
	return langs[lang].code;
}

const char *
plan_title(const char *lang)
{
	return langs[lang_index(lang)].title;
}

const char *
plan_heading(enum plan_section section, const char *lang)
{
	return langs[lang_index(lang)].headings[section];
}

const char *
plan_section_key(enum plan_section section)
{
	return sections[section].key;
}

char
plan_section_letter(enum plan_section section)
{
	return sections[section].letter;
}

const char *const *
plan_langs(void)
{
	static const char *const codes[] = {"en", "zh", "ms", "ta", NULL};

	_Static_assert(sizeof(codes) / sizeof(codes[0]) == LANGS + 1,
	    "one code a language");
	return codes;
}

static bool
next_spoken(const char *text, size_t len, size_t *at, struct plan_word *ret)
{
	while (plan_word_next(text, len, at, ret))
		if (!ret->symbol)
			return true;
	return false;
}

static bool
same_words(const char *text, size_t len, const char *heading)
{
	size_t heading_len = strlen(heading), i = 0, k = 0;
	struct plan_word a, b;
	bool more_a, more_b;

	for (;;) {
		more_a = next_spoken(text, len, &i, &a);
		more_b = next_spoken(heading, heading_len, &k, &b);
		if (!more_a || !more_b)
			return more_a == more_b;
		if (a.hash != b.hash)
			return false;
	}
}

static bool
is_ascii_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

/* Most headings differ in their first letter; this spares folding and hashing
 * them, which every reading of a plan would pay for. */
static bool
begins_otherwise(const char *text, size_t len, const char *heading)
{
	size_t i = 0;

	while (
	    i < len && (unsigned char)text[i] < 0x80 && !is_ascii_word(text[i]))
		i++;
	return i < len && is_ascii_word(text[i]) &&
	       (text[i] | 0x20) != (heading[0] | 0x20);
}

static bool
match(const char *text, size_t len, enum plan_section *ret_section,
    size_t *ret_lang)
{
	size_t lang, i;

	for (lang = 0; lang < LANGS; lang++) {
		for (i = 0; i < PLAN_SECTIONS; i++) {
			if (begins_otherwise(
				text, len, langs[lang].headings[i]))
				continue;
			if (!same_words(text, len, langs[lang].headings[i]))
				continue;
			*ret_section = (enum plan_section)i;
			*ret_lang = lang;
			return true;
		}
	}
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (begins_otherwise(text, len, others[i].text) ||
		    !same_words(text, len, others[i].text))
			continue;
		*ret_section = others[i].section;
		*ret_lang = lang_index(others[i].lang);
		return true;
	}
	return false;
}

/* Where a note to the heading begins: "(…)", also full-width. */
static size_t
before_bracket(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (text[i] == '(' ||
		    (len - i >= 3 && memcmp(text + i, "\xEF\xBC\x88", 3) == 0))
			return i;
	return len;
}

static size_t
before_digits(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (text[i] >= '0' && text[i] <= '9')
			return i;
	return len;
}

/* "3. What helps me" */
static size_t
after_number(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && text[i] >= '0' && text[i] <= '9')
		i++;
	return i < len && (text[i] == '.' || text[i] == ')') ? i + 1 : 0;
}

bool
plan_heading_match(const char *text, size_t len, enum plan_section *ret_section,
    size_t *ret_lang)
{
	size_t skip = after_number(text, len), part, lang;
	enum plan_section section;

	text += skip;
	len -= skip;
	if (match(text, len, ret_section, ret_lang))
		return true;
	part = before_bracket(text, len);
	if (part < len && match(text, part, ret_section, ret_lang))
		return true;
	part = before_digits(text, len);
	if (part == len || !match(text, part, &section, &lang) ||
	    section != PLAN_REVIEW)
		return false;
	*ret_section = section;
	*ret_lang = lang;
	return true;
}
