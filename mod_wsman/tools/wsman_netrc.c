/* wsman_netrc.c - the netrc file (ftp(1)): machine, default, login, password,
 * account, macdef.
 */
#include "wsman_secret.h"

#include <string.h>
#include <strings.h>

#define BLANK " \t\r\n"

typedef struct entry_t {
    int matches; /* it is of this host, or the default */
    const char *login;
    const char *password;
} entry_t;

typedef struct words_t {
    char *at;
    char stop; /* what ended the last word */
} words_t;

/** The next word, which ends with a NUL afterwards; "quoted words" may have
 *  blanks and \" in them. */
static char *next_word(words_t *words)
{
    char *word = words->at + strspn(words->at, BLANK), *from, *to;
    if (!*word)
        return NULL;
    if (*word != '"') {
        words->at = word + strcspn(word, BLANK);
    } else {
        for (from = to = ++word; *from && *from != '"'; from++) {
            from += *from == '\\' && from[1];
            *to++ = *from;
        }
        words->at = from;
        *to = '\0';
    }
    words->stop = *words->at;
    if (words->stop)
        *words->at++ = '\0';
    return word;
}

/** A macro goes on until an empty line. */
static void skip_macro(words_t *words)
{
    char *end = strstr(words->at, "\n\n");
    words->at = end ? end : words->at + strlen(words->at);
}

/** A comment goes on until the end of its line. */
static void skip_comment(words_t *words)
{
    if (words->stop != '\n')
        words->at += strcspn(words->at, "\n");
}

static int take_if_right(const entry_t *entry, const char **user,
                         const char **password)
{
    if (!entry->matches || !entry->password)
        return 0;
    if (*user && (!entry->login || strcmp(*user, entry->login)))
        return 0;
    if (!*user && !entry->login)
        return 0;
    *user = entry->login;
    *password = entry->password;
    return 1;
}

int wsman_netrc_find(const char **user, const char **password, char *text,
                     const char *host)
{
    entry_t entry = {0};
    words_t words = {.at = text};
    char *word, *value;
    while ((word = next_word(&words))) {
        if (*word == '#') {
            skip_comment(&words);
        } else if (!strcmp(word, "machine") || !strcmp(word, "default")) {
            if (take_if_right(&entry, user, password))
                return 1;
            memset(&entry, 0, sizeof(entry));
            value = *word == 'm' ? next_word(&words) : NULL;
            entry.matches = !value || !strcasecmp(value, host);
        } else if (!strcmp(word, "login")) {
            entry.login = next_word(&words);
        } else if (!strcmp(word, "password")) {
            entry.password = next_word(&words);
        } else if (!strcmp(word, "account")) {
            next_word(&words);
        } else if (!strcmp(word, "macdef")) {
            skip_macro(&words);
        }
    }
    return take_if_right(&entry, user, password);
}
